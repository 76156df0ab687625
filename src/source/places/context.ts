import { parseText } from '../syntax/parse-text.ts';
import { ts } from '../syntax/typescript.js';
import { around } from './tokens.ts';

/** What may be written at a place, as far as the text around it shows; the system may be half written. */
export interface Context {
  readonly wanted: 'state' | 'event' | 'step' | 'flow' | 'task' | 'machine' | 'any event' | 'any flow';
  /** The name of the machine or flow around the place. */
  readonly owner: string;
  /** The range of what is there so far, without quotes. */
  readonly start: number;
  readonly end: number;
  /** Does it stand in quotes already? */
  readonly isQuoted: boolean;
  /** Is it a key or a name in a pattern, which needs no quotes? */
  readonly isKey: boolean;
}

/** The context of an offset in a text; nothing where no name of a system belongs. */
export function contextAt(text: string, offset: number): Context | undefined {
  const source = parseText(text);
  const path = around(source, offset);
  const [leaf] = path;
  const owner = ownerOf(path);
  if (leaf === undefined || owner === undefined) return undefined;
  const isQuoted = ts.isStringLiteralLike(leaf);
  const isName = ts.isIdentifier(leaf);
  const begin = isQuoted || isName ? leaf.getStart(source) + (isQuoted ? 1 : 0) : offset;
  const isClosed = isQuoted && leaf.end - leaf.getStart(source) > 1 && /['"`]$/.test(text.slice(0, leaf.end));
  // What is not closed yet goes on to the end of the line, through code that is not meant.
  const open = (): number => offset + (/^[\w$-]*/.exec(text.slice(offset, leaf.end))?.[0].length ?? 0);
  const end = isQuoted ? (isClosed ? leaf.end - 1 : open()) : isName ? leaf.end : offset;
  if (offset < begin || offset > end) return undefined;
  const inner = isQuoted || isName ? path.slice(1) : path;
  const wanted = owner.verb === 'flow' ? inFlow(inner) : inMachine(inner, leaf);
  if (wanted === undefined) return undefined;
  return { ...wanted, owner: owner.name, start: begin, end, isQuoted };
}

function inFlow(path: readonly ts.Node[]): Pick<Context, 'wanted' | 'isKey'> | undefined {
  const pattern = path.findIndex((node) => ts.isObjectBindingPattern(node));
  const isTaken = pattern >= 0 && pattern < 2 && path[pattern + 1] !== undefined && ts.isParameter(path[pattern + 1]!);
  return isTaken ? { wanted: 'step', isKey: true } : undefined;
}

const works = ['flow', 'task', 'machine'] as const;

function inMachine(path: readonly ts.Node[], leaf: ts.Node): Pick<Context, 'wanted' | 'isKey'> | undefined {
  const [parent, next] = path;
  if (parent === undefined) return undefined;
  // A key of `on`: a name that stands alone is a key in the making.
  const object = ts.isObjectLiteralExpression(parent) ? parent : next;
  const isKey =
    ts.isObjectLiteralExpression(parent) ||
    ts.isShorthandPropertyAssignment(parent) ||
    (ts.isPropertyAssignment(parent) && parent.name === leaf);
  if (isKey) {
    const at = path.indexOf(object as ts.Node);
    const key = path[at + 1] === undefined ? undefined : keyOf(path[at + 1]!);
    if (key === 'on') return { wanted: 'event', isKey: true };
    // What a machine takes and runs is said in the options of the machine, not further down.
    const call = path[at + 3];
    const isOption = call !== undefined && ts.isCallExpression(call) && isCallOf(call, 'machine');
    if (isOption && key === 'events') return { wanted: 'any event', isKey: true };
    return isOption && key === 'flows' ? { wanted: 'any flow', isKey: true } : undefined;
  }
  if (ts.isCallExpression(parent) && isCallOf(parent, 'states') && parent.arguments[0] === leaf)
    return { wanted: 'state', isKey: false };
  if (ts.isCallExpression(parent) && ts.isIdentifier(parent.expression) && /^(?:isIn|in)$/.test(parent.expression.text))
    return { wanted: 'state', isKey: false };
  const values = ts.isArrayLiteralExpression(parent) ? path.slice(1) : path;
  const key = values[0] === undefined ? undefined : keyOf(values[0]);
  if (key === 'target' || key === 'initial' || key === 'always' || key === 'onDone' || key === 'onError')
    return { wanted: 'state', isKey: false };
  if (key === 'creates') return { wanted: 'event', isKey: false };
  const work = works.find((each) => each === key);
  if (work !== undefined) return { wanted: work, isKey: false };
  // `on: { opened: 'HERE' }`, `after: { '3s': 'HERE' }`.
  const around = values[2] === undefined ? undefined : keyOf(values[2]);
  return around === 'on' || around === 'after' ? { wanted: 'state', isKey: false } : undefined;
}

function isCallOf({ expression }: ts.CallExpression, name: string): boolean {
  const called = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
  return ts.isIdentifier(called) && called.text === name;
}

function keyOf(node: ts.Node): string | undefined {
  return ts.isPropertyAssignment(node) && 'text' in node.name ? String(node.name.text) : undefined;
}

/** The machine or flow whose declaration is around a place. */
function ownerOf(path: readonly ts.Node[]): { readonly verb: 'machine' | 'flow'; readonly name: string } | undefined {
  const statement = path.findLast((node) => ts.isVariableStatement(node) || ts.isExpressionStatement(node));
  let found: { readonly verb: 'machine' | 'flow'; readonly name: string } | undefined;
  const visit = (node: ts.Node): void => {
    if (found !== undefined) return;
    if (ts.isCallExpression(node)) {
      const { expression } = node;
      const verb = ts.isIdentifier(expression)
        ? expression.text
        : ts.isPropertyAccessExpression(expression)
          ? expression.name.text
          : '';
      const [first] = node.arguments;
      if ((verb === 'machine' || verb === 'flow') && first !== undefined && ts.isStringLiteralLike(first))
        found = { verb, name: first.text };
      // `part(order, …)`: the constant is mostly called like the machine.
      if (verb === 'part' && first !== undefined && ts.isIdentifier(first))
        found = { verb: 'machine', name: first.text.replace(/Machine$/, '') };
    }
    ts.forEachChild(node, visit);
  };
  if (statement !== undefined) visit(statement);
  return found;
}
