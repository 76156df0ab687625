import { ts } from '../syntax/typescript.js';
import { normaliseText } from '../../model/text/normalise.ts';
import { bare } from '../value/follow.ts';
import { textOf, type Code } from './code.ts';
import { skipTrivia } from './trivia.ts';

/** One item of a list. */
export interface Item extends Code {
  readonly start: number;
  /** What tells it from the others; nothing for a spread, or what else is not known from the text. */
  readonly key: string | undefined;
  /** What it holds, when that can be changed without it. */
  readonly value?: Code;
}

/** An object, an array, a call or a chain of calls, as the items between two places. */
export interface List {
  readonly kind: 'object' | 'array' | 'call' | 'chain';
  /** What stands before the items and is not one of them. */
  readonly head: string;
  readonly start: number;
  readonly end: number;
  readonly items: readonly Item[];
  /** Are its items states? */
  readonly isStates?: boolean;
  /** Are the names of its members the user's own, such as those of states and events? */
  readonly isOwnNames?: boolean;
}

/** What stands around a list: the member that holds it. */
export type Role = 'states' | 'names';

/** What the value of a member is. */
export function roleOf({ key }: Item): Role | undefined {
  if (key === 'states') return 'states';
  return key !== undefined && /^(?:on|events|flows|tasks|machines)$/.test(key) ? 'names' : undefined;
}

/** The items of a piece of code, if it is one that has some. */
export function listOf(code: Code, role?: Role): List | undefined {
  const { source, start } = code;
  const node = start === undefined && ts.isExpression(code.node) ? bare(code.node) : code.node;
  const chain = start === undefined ? chainOf({ source, node }) : undefined;
  if (chain !== undefined) return chain;
  const item = (inner: ts.Node, key: string | undefined, value: ts.Node | undefined = inner): Item => ({
    source,
    node: inner,
    start: inner.getStart(source),
    key,
    ...(value === undefined ? {} : { value: { source, node: value } }),
  });
  if (ts.isObjectLiteralExpression(node)) {
    const items = node.properties.map((member) =>
      item(member, keyOf(member), ts.isPropertyAssignment(member) ? member.initializer : undefined),
    );
    return {
      kind: 'object',
      head: '',
      start: node.properties.pos,
      end: node.end - 1,
      items: plain(items),
      isStates: role === 'states',
      isOwnNames: role === 'names',
    };
  }
  if (ts.isArrayLiteralExpression(node)) {
    const items = node.elements.map((element) => {
      const isPlain = !ts.isSpreadElement(element) && !ts.isOmittedExpression(element);
      return item(element, isPlain ? normaliseText(textOf({ source, node: element })) : undefined);
    });
    return { kind: 'array', head: '', start: node.elements.pos, end: node.end - 1, items };
  }
  if (!ts.isCallExpression(node)) return undefined;
  const callee =
    ts.isPropertyAccessExpression(node.expression) && start !== undefined ? node.expression.name : node.expression;
  const items = node.arguments.map((argument, index) =>
    item(argument, ts.isSpreadElement(argument) ? undefined : `${index}`),
  );
  const head = normaliseText(textOf({ source, node: callee }));
  return { kind: 'call', head, start: node.arguments.pos, end: node.end - 1, items };
}

/** A shorthand member, and `undefined` where there is no value: the member is changed as a whole. */
function plain(items: readonly Item[]): readonly Item[] {
  return items.map(({ value, ...rest }) =>
    value === undefined || value.node === rest.node ? rest : { ...rest, value },
  );
}

/** The name of a member, when it is written down. */
export function keyOf(member: ts.ObjectLiteralElementLike): string | undefined {
  const { name } = member;
  if (name === undefined) return undefined;
  if (ts.isComputedPropertyName(name)) {
    const inner = bare(name.expression);
    return ts.isStringLiteralLike(inner) ? inner.text : undefined;
  }
  return 'text' in name ? name.text : undefined;
}

/** `base.a(…).b(…)`: the links, each from its dot to its closing bracket. */
function chainOf({ source, node }: Code): List | undefined {
  const links: { readonly call: ts.CallExpression; readonly callee: ts.PropertyAccessExpression }[] = [];
  let at: ts.Node = node;
  for (;;) {
    const inner: ts.Node = ts.isExpression(at) ? bare(at) : at;
    if (!ts.isCallExpression(inner)) break;
    const callee = bare(inner.expression);
    if (!ts.isPropertyAccessExpression(callee) || callee.questionDotToken !== undefined) break;
    // In `(a.b)(…)` a link would not end with its call.
    if (inner !== at || callee !== inner.expression)
      if (links.length > 0 || callee !== inner.expression) return undefined;
    links.unshift({ call: inner, callee });
    at = callee.expression;
  }
  if (links.length === 0) return undefined;
  const counts = new Map<string, number>();
  let previous = '';
  const items = links.map(({ call, callee }): Item => {
    const [first] = call.arguments;
    const id = first !== undefined && ts.isStringLiteralLike(first) ? first.text : '';
    const verb = callee.name.text;
    const named = verb === 'undo' ? `undo of ${previous}` : `${verb} ${id}`;
    const count = (counts.get(named) ?? 0) + 1;
    counts.set(named, count);
    previous = named;
    const start = skipTrivia(source.text, callee.expression.end);
    return {
      source,
      node: call,
      start,
      key: count === 1 ? named : `${named} ${count}`,
      value: { source, node: call, start },
    };
  });
  return { kind: 'chain', head: normaliseText(textOf({ source, node: at })), start: at.end, end: node.end, items };
}
