import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { canonicalJson, MillraceError } from '../../core/index.ts';
import type { ContextItem } from './item.ts';

/** How much of an output is passed on: all, some fields, an outline, or only where it is. */
export type RoutePolicy = 'full' | 'summary' | 'ref' | { readonly fields: readonly string[] };

/** A task whose output another one gets. */
export interface Dependency {
  readonly id: string;
  /** `full` when left out. */
  readonly policy?: RoutePolicy;
  /** What the dependent takes of it: members that the schema does not have are left out. */
  readonly input?: z.ZodType;
  /** How far away it is; 1 when left out. */
  readonly distance?: number;
}

/** An output as it is passed on. */
export interface RoutedOutput {
  readonly id: string;
  readonly value: unknown;
}

/**
 * The outputs of the declared dependencies and of no others, in the order in which they are declared, as much of each
 * as its policy says.
 *
 * @throws MillraceError MR4093 when one has no output, MR4094 when an output is not what the dependent takes.
 * @example
 * ```ts
 * import { routeOutputs } from 'millrace/llm';
 *
 * routeOutputs([{ id: 'search', policy: { fields: ['title'] } }], { search: { title: 'A', body: '…' }, other: 1 });
 * // [{ id: 'search', value: { title: 'A' } }]
 * ```
 */
export function routeOutputs(
  dependencies: readonly Dependency[],
  outputs: Readonly<Record<string, unknown>>,
): readonly RoutedOutput[] {
  return dependencies.map(({ id, policy = 'full', input }) => {
    if (!Object.hasOwn(outputs, id) || outputs[id] === undefined)
      throw new MillraceError(
        `The output of '${id}' is needed, and there is none: it has not been done, or gave nothing.`,
        { code: 'MR4093', retryable: false, fault: 'input', details: { id } },
      );
    const value = input === undefined ? outputs[id] : projected(id, outputs[id], input);
    return { id, value: shown(id, value, policy) };
  });
}

/** Outputs as items of a context, each once. What is too much is reduced to its outline first. */
export function outputItems(
  dependencies: readonly Dependency[],
  outputs: Readonly<Record<string, unknown>>,
): readonly ContextItem[] {
  return routeOutputs(dependencies, outputs).map(({ id, value }, index) => {
    const text = typeof value === 'string' ? value : canonicalJson(value);
    const short = outline(value);
    const summary = typeof short === 'string' ? short : canonicalJson(short);
    const { distance = 1 } = dependencies[index]!;
    return { id, kind: 'output', text, distance, ...(summary.length < text.length ? { summary } : {}) };
  });
}

function projected(id: string, value: unknown, input: z.ZodType): unknown {
  const result = input.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.map(String).join('.') || 'it'}: ${message}`);
  throw mismatch(id, problems);
}

function shown(id: string, value: unknown, policy: RoutePolicy): unknown {
  if (policy === 'full') return value;
  if (policy === 'summary') return outline(value);
  if (policy === 'ref') {
    const hash = createHash('sha256').update(canonicalJson(value)).digest('hex');
    return { ref: id, sha256: hash };
  }
  const whole = value !== null && typeof value === 'object' ? (value as Readonly<Record<string, unknown>>) : {};
  const missing = policy.fields.filter((field) => !Object.hasOwn(whole, field));
  if (missing.length > 0)
    throw mismatch(
      id,
      missing.map((field) => `${field}: is not there`),
    );
  return Object.fromEntries(policy.fields.map((field) => [field, whole[field]]));
}

function mismatch(id: string, problems: readonly string[]): MillraceError {
  return new MillraceError(`The output of '${id}' is not what is taken of it: ${problems.join('; ')}.`, {
    code: 'MR4094',
    retryable: false,
    fault: 'input',
    details: { id, problems },
  });
}

// So much of a value that one sees what it is.
const [longest, most, deepest] = [80, 3, 3];

/** A value cut down to its shape: beginnings of texts, and of lists, which say how much there is. The same each time. */
export function outline(value: unknown, depth = 0): unknown {
  if (typeof value === 'string')
    return value.length <= longest ? value : `${value.slice(0, longest).toWellFormed()}… (${value.length} characters)`;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    if (depth >= deepest) return `(${value.length} entries)`;
    const first = value.slice(0, most).map((entry) => outline(entry, depth + 1));
    return value.length <= most ? first : [...first, `… (${value.length} entries)`];
  }
  const entries = Object.entries(value);
  if (depth >= deepest) return `(${entries.length} members)`;
  return Object.fromEntries(entries.map(([key, member]) => [key, outline(member, depth + 1)]));
}
