import { propertyKey } from '../../../model/text/names.ts';
import type { ExpressionNode, LambdaParts, Location } from '../../../model/index.ts';

/** What the lambdas of a machine are given, in the order in which they name it. */
const scopeNames = ['context', 'event', 'output', 'error', 'item', 'index', 'instanceId', 'now', 'in'] as const;
/** A name of a lambda's scope. */
export type ScopeName = (typeof scopeNames)[number];

/**
 * A place in text where a name of the scope stands. Which parameter a lambda has, and under which names, is only known
 * when all of its text is.
 */
export const scoped = (name: ScopeName): string => `⟦${name}⟧`;
const mark = /⟦(\w+)⟧/g;

/** Code of a document as code of a lambda. */
export interface Value {
  /** As an expression, with {@link scoped} names. */
  readonly text: string;
  /** The same as statements that return it. */
  readonly block?: string;
  /** Names that the code declares for itself. */
  readonly declared: ReadonlySet<string>;
  /** The variables of the document that evaluating it changes. */
  readonly changes: readonly string[];
  /** Can it not throw? */
  readonly safe: boolean;
  /** Does it give a boolean, as far as can be seen? */
  readonly boolean: boolean;
  /** It always throws, and this is why. */
  readonly failure?: string;
}

/** A value whose text is given. */
export function plain(text: string, more: Partial<Value> = {}): Value {
  return { text, declared: new Set(), changes: [], safe: true, boolean: false, ...more };
}

/** A value put together of others. */
export function combined(parts: readonly Value[], text: string, more: Partial<Value> = {}): Value {
  const failed = parts.find(({ failure }) => failure !== undefined);
  return {
    text,
    declared: new Set(parts.flatMap(({ declared }) => [...declared])),
    changes: [...new Set(parts.flatMap(({ changes }) => changes))],
    safe: parts.every(({ safe }) => safe),
    boolean: false,
    ...(failed?.failure === undefined ? {} : { failure: failed.failure }),
    ...more,
  };
}

/** An object literal. */
export function objectOf(members: readonly (readonly [string, Value])[]): Value {
  const text = members.map(([key, { text: value }]) => (key === value ? key : `${propertyKey(key)}: ${value}`));
  return combined(
    members.map(([, value]) => value),
    members.length === 0 ? '{}' : `{ ${text.join(', ')} }`,
  );
}

/** The lambda that gives a value. */
export function lambdaOf(value: Value, location: Location): ExpressionNode {
  const { block, declared } = value;
  const whole = value.failure !== undefined ? `throw new ${value.failure};` : (block ?? value.text);
  const isBlock = value.failure !== undefined || block !== undefined;
  const { parameter, reads, text: body } = settleNames(isBlock ? blockText(whole) : whole, declared);
  const shown = !isBlock && body.startsWith('{') ? `(${body})` : body;
  const lambda: LambdaParts = { parameter, ...(reads === undefined ? {} : { reads }), body, block: isBlock };
  return { kind: 'expression', text: `(${parameter}) => ${shown}`, uses: [], lambda, location };
}

/** The text of a value as the argument of a call, and the parameter of the lambda around it. */
export function settleNames(
  marked: string,
  declared: ReadonlySet<string>,
): { readonly parameter: string; readonly reads?: readonly string[]; readonly text: string } {
  const found = new Set([...marked.matchAll(mark)].map(([, name = '']) => name));
  const names = scopeNames.filter((name) => found.has(name));
  const called = (name: string): string => {
    const own = name === 'in' ? 'isIn' : name;
    return declared.has(own) ? `${own}_` : own;
  };
  const members = names.map((name) => (called(name) === name ? name : `${name}: ${called(name)}`));
  const isPlain = names.every((name) => called(name) === name);
  return {
    parameter: members.length === 0 ? '' : `{ ${members.join(', ')} }`,
    ...(isPlain ? { reads: names } : {}),
    text: marked.replaceAll(mark, (_, name: string) => called(name)),
  };
}

function blockText(statements: string): string {
  const lines = statements.split('\n');
  if (lines.length === 1 && statements.length < 80) return `{ ${statements} }`;
  return `{\n${lines.map((line) => (line === '' ? '' : `  ${line}`)).join('\n')}\n}`;
}
