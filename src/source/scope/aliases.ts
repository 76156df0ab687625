/** Other names for what does not belong to a piece of source: what is changed through them is changed all the same. */
import { ts } from '../syntax/typescript.js';
import { boundNames } from '../syntax/module.ts';
import { bare } from '../value/follow.ts';
import type { Frame } from './frame.ts';

// Methods of lists that give one of the items, and those that hand items to a function: as which of its parameters.
const giving = new Set(['find', 'findLast', 'at', 'get']);
const handing: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    'forEach map filter some every find findIndex findLast findLastIndex flatMap'.split(' ').map((name) => [name, 0]),
  ),
  reduce: 1,
  reduceRight: 1,
};

/** Of what outside of the piece this expression is a part, as the name that it begins with; of its own, of nothing. */
export function partOf(
  node: ts.Expression,
  frame: Frame,
  isHandedIn: (frame: Frame, name: string) => boolean,
): string | undefined {
  // Without recursion: chains of `||` may be as long as a file.
  const open = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const inner = bare(next);
    if (ts.isIdentifier(inner)) {
      const of = named(inner.text, frame, isHandedIn);
      if (of !== undefined) return of;
    } else open.push(...maybeSame(inner));
  }
  return undefined;
}

function named(name: string, frame: Frame, isHandedIn: (frame: Frame, name: string) => boolean): string | undefined {
  for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) {
    if (at.values.has(name)) return at.parts.get(name) ?? (isHandedIn(frame, name) ? name : undefined);
  }
  return name;
}

/** The expressions of which this one may be a part, the last to be looked at first. */
function maybeSame(node: ts.Expression): readonly ts.Expression[] {
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) return [node.expression];
  if (ts.isConditionalExpression(node)) return [node.whenFalse, node.whenTrue];
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    if (kind === ts.SyntaxKind.QuestionQuestionToken || kind === ts.SyntaxKind.BarBarToken)
      return [node.right, node.left];
    return kind === ts.SyntaxKind.AmpersandAmpersandToken ? [node.right] : [];
  }
  const list = listBehind(node);
  return list === undefined ? [] : [list];
}

/** The list of which a call such as `list.find(…)` gives an item. */
export function listBehind(node: ts.Expression): ts.Expression | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  return giving.has(node.expression.name.text) ? node.expression.expression : undefined;
}

/** Notes that a binding takes parts out of something. What `...rest` gathers is a new object or list. */
export function noteParts(name: ts.BindingName, of: string, frame: Frame): void {
  if (ts.isIdentifier(name)) frame.parts.set(name.text, of);
  else
    for (const element of name.elements)
      if (ts.isBindingElement(element) && element.dotDotDotToken === undefined) noteParts(element.name, of, frame);
}

/** The parameter of a function that gets the items of the list whose method is called with it. */
export function itemParameter({
  expression,
  arguments: [given],
}: ts.CallExpression): ts.ParameterDeclaration | undefined {
  if (!ts.isPropertyAccessExpression(expression) || given === undefined) return undefined;
  const { text } = expression.name;
  const index = Object.hasOwn(handing, text) ? handing[text] : undefined;
  const callback = bare(given);
  const isFunction = ts.isArrowFunction(callback) || ts.isFunctionExpression(callback);
  return isFunction && index !== undefined ? callback.parameters[index] : undefined;
}

/** The names that a parameter binds: what a function must not change when it is given what is not its caller's own. */
export const namesOf = ({ name }: ts.ParameterDeclaration): ReadonlySet<string> =>
  new Set(boundNames(name).map(({ text }) => text));
