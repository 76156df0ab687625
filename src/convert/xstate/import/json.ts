/** JSON that knows where each of its parts stands. */
export type JsonNode =
  | { readonly kind: 'object'; readonly members: readonly JsonMember[]; readonly start: number; readonly end: number }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[]; readonly start: number; readonly end: number }
  | {
      readonly kind: 'value';
      readonly value: string | number | boolean | null;
      readonly start: number;
      readonly end: number;
    };

export interface JsonMember {
  readonly key: string;
  /** Of the key. */
  readonly start: number;
  readonly end: number;
  readonly value: JsonNode;
}

/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Text that is not JSON, or too deep. */
export class JsonProblem {
  readonly at: number;
  readonly message: string;
  readonly isDeep: boolean;

  constructor(at: number, message: string, isDeep = false) {
    this.at = at;
    this.message = message;
    this.isDeep = isDeep;
  }
}

// Deeper than any machine, and less deep than the stack.
const deepest = 500;
const space = /[ \t\n\r]*/y;
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y; // eslint-disable-line no-control-regex
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const word = /true|false|null/y;

/** Reads JSON, strictly. */
export function parseJson(text: string): JsonNode | JsonProblem {
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const next = (): string => {
    take(space);
    return text.charAt(at);
  };
  const wrong = (expected: string): JsonProblem => {
    const found = next();
    return new JsonProblem(at, `Expected ${expected}, but found ${found === '' ? 'the end' : `'${found}'`}.`);
  };
  const value = (depth: number): JsonNode => {
    const first = next();
    const start = at;
    if (depth > deepest) throw new JsonProblem(at, `It is nested more than ${deepest} levels deep.`, true);
    if (first === '{' || first === '[') {
      at += 1;
      const members: JsonMember[] = [];
      const items: JsonNode[] = [];
      const close = first === '{' ? '}' : ']';
      for (let isFirst = true; next() !== close; isFirst = false) {
        if (!isFirst) {
          if (next() !== ',') throw wrong(`',' or '${close}'`);
          at += 1;
        }
        next();
        if (first === '[') items.push(value(depth + 1));
        else members.push(member(depth));
      }
      at += 1;
      return first === '{' ? { kind: 'object', members, start, end: at } : { kind: 'array', items, start, end: at };
    }
    const literal = take(first === '"' ? string : /[-\d]/.test(first) ? number : word);
    if (literal === undefined) throw wrong('a value');
    return { kind: 'value', value: JSON.parse(literal) as string | number | boolean | null, start, end: at };
  };
  const member = (depth: number): JsonMember => {
    const start = at;
    const key = take(string);
    if (key === undefined) throw wrong('a name in double quotes');
    const end = at;
    if (next() !== ':') throw wrong("':'");
    at += 1;
    return { key: JSON.parse(key) as string, start, end, value: value(depth + 1) };
  };
  try {
    const root = value(0);
    return next() === '' ? root : wrong('the end');
  } catch (thrown) {
    if (thrown instanceof JsonProblem) return thrown;
    throw thrown;
  }
}

/** The value without its places. Of a member that is there twice the last counts, as in JavaScript. */
export function plain(node: JsonNode): Json {
  if (node.kind === 'value') return node.value;
  if (node.kind === 'array') return node.items.map(plain);
  return Object.fromEntries(node.members.map(({ key, value }) => [key, plain(value)]));
}

/** The members in the order that JavaScript gives them: whole numbers first. */
export function membersOf(node: JsonNode | undefined): readonly JsonMember[] {
  if (node?.kind !== 'object') return [];
  const byKey = new Map(node.members.map((member) => [member.key, member]));
  const order = Object.keys(Object.fromEntries([...byKey.keys()].map((key) => [key, 0])));
  return order.flatMap((key) => byKey.get(key) ?? []);
}
