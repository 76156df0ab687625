import { nearest } from '../../../core/index.ts';
import type { Diagnostic, ExpressionNode, LocalNode, Location, TaskNode } from '../../../model/index.ts';
import { camelCase, freeName, propertyKey, quote } from '../../../model/text/names.ts';
import { membersOf, type Json, type JsonMember, type JsonNode } from './json.ts';

/** A span of the text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One import: what was found so far, and what is to be said about it. */
export class Importing {
  readonly diagnostics: Diagnostic[] = [];
  readonly locals: Record<string, LocalNode> = {};
  readonly tasks: Record<string, TaskNode> = {};
  /** The names that transitions, actions and actors use for events: as they are there, and as definitions. */
  readonly events = new Map<string, { readonly name: string; readonly at: Location }>();
  readonly stateMeta: Record<string, Json> = {};
  readonly #file: string;
  readonly #lines: readonly number[];
  readonly #functions = new Map<string, string>();
  readonly #constants = new Map<string, string>();
  readonly #names = new Set<string>(['z']);

  constructor(file: string, text: string) {
    this.#file = file;
    this.#lines = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  }

  /** Line and column of a span. */
  location({ start, end }: Span): Location {
    const from = this.#place(start);
    const to = this.#place(end);
    return { file: this.#file, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
  }

  #place(offset: number): { readonly line: number; readonly column: number } {
    let low = 0;
    let high = this.#lines.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#lines[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#lines[low] ?? 0) + 1 };
  }

  report(code: string, severity: Diagnostic['severity'], at: Span, message: string, hint?: string): undefined {
    this.diagnostics.push({ code, severity, message, ...this.location(at), ...(hint === undefined ? {} : { hint }) });
    return undefined;
  }

  /** Something has the wrong type. */
  wrong(at: JsonNode, expected: string): undefined {
    return this.report('MR1751', 'error', at, `Expected ${expected} here.`);
  }

  /** Something that there is no equivalent for: it is left out. */
  without(at: Span, what: string, hint: string): undefined {
    return this.report('MR1754', 'warning', at, `${what} has no equivalent: it is left out.`, hint);
  }

  /** Something that is left for people to fill in. */
  unfinished(at: Span, message: string, hint: string): void {
    this.report('MR1755', 'info', at, message, hint);
  }

  /** The members of an object by key; says which of them are not known. */
  members(node: JsonNode, known: readonly string[], what: string): ReadonlyMap<string, JsonMember> {
    const found = new Map(membersOf(node).map((member) => [member.key, member]));
    for (const [key, member] of found) {
      if (known.includes(key)) continue;
      const old = formerly[key];
      const guess = nearest(key, known);
      const hint = old ?? (guess === undefined ? `Known are: ${known.join(', ')}.` : `Did you mean '${guess}'?`);
      this.report('MR1752', old === undefined ? 'warning' : 'error', member, `${what} has no '${key}'.`, hint);
    }
    return found;
  }

  text(member: JsonMember | undefined, what: string): string | undefined {
    if (member === undefined) return undefined;
    const { value } = member;
    return value.kind === 'value' && typeof value.value === 'string' ? value.value : this.wrong(value, what);
  }

  /** The alias of an event; its definition gets a name that can be one. */
  event(type: string, at: Span): string {
    if (!this.events.has(type)) {
      const name = definitionName(type, new Set([...this.events.values()].map((each) => each.name)));
      this.events.set(type, { name, at: this.location(at) });
    }
    return type;
  }

  /** What calls of an event call it. */
  constant(event: string): string {
    const before = this.#constants.get(event);
    if (before !== undefined) return before;
    const constant = freeName(camelCase(event), this.#names);
    this.#names.add(constant);
    this.#constants.set(event, constant);
    return constant;
  }

  /** A task that is to be written. */
  task(source: string, at: Span): string {
    const known = Object.values(this.tasks).find(({ metadata }) => metadata?.['src'] === source);
    if (known !== undefined) return known.name;
    const name = definitionName(source, new Set(Object.keys(this.tasks)));
    const location = this.location(at);
    const schema = { kind: 'schema', text: 'z.any()', uses: ['z'], location } as const;
    const metadata = { src: source };
    this.tasks[name] = { kind: 'task', name, input: schema, output: schema, metadata, location };
    const hint = 'Say in its schemas what it takes and gives; `dsl compile --stubs` writes a file for its code.';
    this.unfinished(at, `The actor '${source}' becomes the task '${name}', which is still to be written.`, hint);
    return name;
  }

  /** A function that throws until somebody fills it in, called with the scope and, when there are any, parameters. */
  placeholder(
    what: 'guard' | 'action' | 'delay',
    type: string,
    parameters: Json | undefined,
    at: Span,
  ): ExpressionNode {
    const location = this.location(at);
    const name = this.#function(what, type, at);
    if (parameters === undefined) return { kind: 'expression', text: name, uses: [name], location };
    const body = `${name}(scope, ${literal(parameters)})`;
    const lambda = { parameter: 'scope', body, block: false };
    return { kind: 'expression', text: `(scope) => ${body}`, uses: [name], lambda, location };
  }

  #function(what: 'guard' | 'action' | 'delay', type: string, at: Span): string {
    const key = `${what} ${type}`;
    const before = this.#functions.get(key);
    if (before !== undefined) return before;
    const name = freeName(camelCase(type), this.#names);
    this.#names.add(name);
    this.#functions.set(key, name);
    const text = `/** Fill in: ${gives[what]}. */\nfunction ${name}(..._: readonly unknown[]): never {\n  throw new Error(${JSON.stringify(`The ${what} '${type.replaceAll(/\s+/g, ' ')}' is not filled in.`)});\n}`;
    this.locals[name] = { kind: 'local', name, text, typeOnly: false, uses: [], location: this.location(at) };
    const hint = `The function '${name}' ${hints[what]}`;
    this.unfinished(at, `The ${what} '${type}' is only named here: it throws until it is filled in.`, hint);
    return name;
  }
}

const gives = {
  guard: 'true or false',
  action: 'the fields of the context that change',
  delay: "a duration, such as '5s'",
} as const;
const hints = {
  guard: 'gets the scope, `{ context, event }`, and gives true or false. While it throws it does not hold.',
  action:
    'gives the fields of the context that change. For an effect write `emit`, `raise`, `start` or `send` where it is used.',
  delay: "gives a duration, such as '5s', or milliseconds.",
} as const;

/** What XState 4 calls otherwise. Left out it would change the machine. */
const formerly: Readonly<Record<string, string>> = {
  cond: "XState 5 calls it 'guard'.",
  in: "XState 5 asks with the guard 'stateIn'.",
  internal: "XState 5 stays inside by default; 'reenter: true' leaves.",
  activities: "XState 5 has 'invoke' for that.",
  services: 'XState 5 calls them actors.',
};

/** A name that a definition can have. */
export function definitionName(wanted: string, taken: ReadonlySet<string>): string {
  const words = wanted.replaceAll(/[^\w.-]+/g, '_').replace(/^(?![A-Za-z_])/, '_');
  for (let name = words, next = 2; ; name = `${words}_${next++}`) if (!taken.has(name)) return name;
}

/** A JSON value as source. */
export function literal(value: Json): string {
  if (typeof value === 'string') return quote(value);
  if (value === null || typeof value !== 'object') return Object.is(value, -0) ? '-0' : String(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  const members = Object.entries(value as { [key: string]: Json }).map(
    ([key, inner]) => `${propertyKey(key)}: ${literal(inner)}`,
  );
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** A lambda that gives a constant. */
export function constantLambda(value: Json, location: Location): ExpressionNode {
  const text = literal(value);
  const lambda = { parameter: '', reads: [], body: text, block: false };
  return { kind: 'expression', text: `() => ${text.startsWith('{') ? `(${text})` : text}`, uses: [], lambda, location };
}
