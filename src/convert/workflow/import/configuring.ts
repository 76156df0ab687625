import { nearest } from '../../../core/index.ts';
import type { Diagnostic, ImportNode, SchemaNode } from '../../../model/index.ts';
import { camelCase, freeName } from '../../../model/text/names.ts';
import { definitionName, Importing, type Span } from '../../xstate/import/importing.ts';
import { JsonProblem, plain, type Json, type JsonMember, type JsonNode } from '../../xstate/import/json.ts';

/** What came of a part of a configuration: its members by key. */
export type Members = ReadonlyMap<string, JsonMember>;

/** One import of a workflow configuration: all definitions share one set of names. */
export class Configuring extends Importing {
  readonly #taken = new Set<string>();
  readonly #called = new Set<string>(['z', 'input', 'scope']);

  override wrong(at: Span, expected: string): undefined {
    return this.report('MR1791', 'error', at, `Expected ${expected} here.`);
  }

  override members(node: JsonNode, known: readonly string[], what: string): Members {
    if (node.kind !== 'object') {
      this.wrong(node, `${what.charAt(0).toLowerCase()}${what.slice(1)}, with members,`);
      return new Map();
    }
    const found = new Map<string, JsonMember>();
    for (const member of node.members) {
      const { key } = member;
      if (found.has(key)) this.report('MR1794', 'error', member, `${what} has '${key}' twice.`);
      found.set(key, member);
      if (known.includes(key)) continue;
      const guess = nearest(key, known);
      const hint = guess === undefined ? `Known are: ${known.join(', ')}.` : `Did you mean '${guess}'?`;
      this.report('MR1792', 'warning', member, `${what} has no '${key}': it is left out.`, hint);
    }
    return found;
  }

  /** The members of a table whose keys are names. */
  named(member: JsonMember | undefined, what: string): readonly JsonMember[] {
    if (member === undefined) return [];
    const { value } = member;
    if (value.kind !== 'object') return this.wrong(value, `a table of ${what}`) ?? [];
    const seen = new Set<string>();
    return value.members.filter((each) => {
      const isNew = !seen.has(each.key);
      if (!isNew) this.report('MR1794', 'error', each, `'${each.key}' is there twice among the ${what}.`);
      seen.add(each.key);
      return isNew && this.isName(each.key, each);
    });
  }

  /** Objects of the model are kept by name: there this one would not be a name. */
  isName(name: string, at: Span): boolean {
    if (name !== '' && name !== '__proto__') return true;
    this.report('MR1791', 'error', at, `'${name}' cannot be a name.`);
    return false;
  }

  texts(member: JsonMember | undefined, what: string): readonly { readonly text: string; readonly at: JsonNode }[] {
    if (member === undefined) return [];
    if (member.value.kind !== 'array') return this.wrong(member.value, `a list of ${what}`) ?? [];
    return member.value.items.flatMap((at) => {
      if (at.kind === 'value' && typeof at.value === 'string') return [{ text: at.value, at }];
      this.wrong(at, 'a text');
      return [];
    });
  }

  /** A number above 0. */
  count(member: JsonMember | undefined, what: string, whole = true): number | undefined {
    if (member === undefined) return undefined;
    const { value } = member;
    const isNumber = value.kind === 'value' && typeof value.value === 'number' && value.value > 0;
    if (isNumber && (!whole || Number.isInteger(value.value))) return value.value as number;
    return this.wrong(value, `${what}: a ${whole ? 'whole number' : 'number'} above 0`);
  }

  /** A table of plain values, as it is. */
  table(member: JsonMember | undefined): Readonly<Record<string, Json>> | undefined {
    if (member === undefined) return undefined;
    if (member.value.kind !== 'object') return this.wrong(member.value, 'a table');
    return plain(member.value) as Readonly<Record<string, Json>>;
  }

  unknown(name: string, at: Span, what: string, known: readonly string[], of = ''): undefined {
    const guess = nearest(name, known);
    const hint =
      guess !== undefined
        ? `Did you mean '${guess}'?`
        : known.length === 0
          ? `There is no ${what} at all.`
          : `Known are: ${known.join(', ')}.`;
    const all = known.length === 0 ? '' : ` There are: ${known.join(', ')}.`;
    return this.report('MR1793', 'error', at, `${of}'${name}' is no ${what}.${guess === undefined ? '' : all}`, hint);
  }

  /** The name of a definition: as wanted, unless another has it. */
  define(wanted: string, at: Span, otherwise = wanted): string {
    const first = definitionName(wanted, new Set());
    const name = this.#taken.has(first) ? definitionName(otherwise, this.#taken) : first;
    this.#taken.add(name);
    if (name !== wanted) {
      const message = `'${wanted}' is called '${name}': names of definitions are unique, and made of letters, digits, '_', '.' and '-'.`;
      this.report('MR1759', 'info', at, message);
    }
    return name;
  }

  override event(type: string, at: Span): string {
    if (!this.events.has(type)) this.events.set(type, { name: this.define(type, at), at: this.location(at) });
    return type;
  }

  /** What a call of a task calls it. */
  callee(task: string): string {
    const name = freeName(camelCase(task), this.#called);
    this.#called.add(name);
    return name;
  }

  schema(text: string, at: Span): SchemaNode {
    return { kind: 'schema', text, uses: ['z'], location: this.location(at) };
  }

  get hasErrors(): boolean {
    return this.diagnostics.some(({ severity }: Diagnostic) => severity === 'error');
  }
}

/** The root of a document, unless it cannot be read. */
export function rootOf(to: Configuring, root: JsonNode | JsonProblem, language: string): JsonNode | undefined {
  if (!(root instanceof JsonProblem)) return root;
  const [code, prefix] = root.isDeep ? ['MR1756', ''] : ['MR1790', `This is not ${language}: `];
  return to.report(code, 'error', { start: root.at, end: root.at + 1 }, `${prefix}${root.message}`);
}

/** The file's name without folder and suffix. */
export function baseName(file: string, otherwise: string): string {
  const base = file.replace(/^.*[\\/]/, '').replace(/\..*$/, '');
  return base === '' ? otherwise : base;
}

/** Lambdas and schemas of what is imported need zod. */
export function zodImport(to: Configuring): { readonly z: ImportNode } {
  const location = to.location({ start: 0, end: 0 });
  return { z: { kind: 'import', name: 'z', imported: 'z', from: 'zod', typeOnly: false, location } };
}
