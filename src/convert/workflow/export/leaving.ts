import type { Diagnostic, Location } from '../../../model/index.ts';
import type { Json } from '../../xstate/import/json.ts';

/** A node of the model, of any kind. */
interface AnyNode {
  readonly location: Location;
}

/** One export: what has no place in the other notation. */
export class Leaving {
  readonly diagnostics: Diagnostic[] = [];
  readonly #notation: string;

  constructor(notation: string) {
    this.#notation = notation;
  }

  lost(location: Location, what: string, severity: Diagnostic['severity'] = 'warning'): undefined {
    const message = `${what} has no place in ${this.#notation}: it is left out.`;
    this.diagnostics.push({ code: 'MR1799', severity, message, ...location });
    return undefined;
  }

  /** Says which members of a node are not among those that are written. */
  rest(node: AnyNode, what: string, written: readonly string[]): void {
    for (const [key, value] of Object.entries(node)) {
      const isNothing = value === undefined || (Array.isArray(value) && value.length === 0);
      if (!isNothing && !['kind', 'name', 'location', ...written].includes(key))
        this.lost(node.location, `'${key}' of ${what}`);
    }
  }

  /** The same for what its metadata says. */
  meta(node: AnyNode & { readonly metadata?: unknown }, what: string, written: readonly string[]): void {
    const keys = Object.keys(record(node.metadata)).filter((key) => !written.includes(key));
    for (const key of keys) this.lost(node.location, `'${key}' in the metadata of ${what}`);
  }
}

/** An object of JSON, or an empty one. */
export function record(value: unknown): Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, Json>) : {};
}

/** The texts of a list. */
export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}

/** The text, if it is one. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Without what is undefined. */
export function compact(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** Undefined instead of a list or an object without members. */
export function filled<T extends object>(value: T): T | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}
