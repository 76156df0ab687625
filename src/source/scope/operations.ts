import { ts } from '../syntax/typescript.js';
import { bare } from '../value/follow.ts';

/** Methods that change a list in place. */
export const mutators = new Set(['push', 'pop', 'shift', 'unshift', 'splice', 'sort', 'reverse', 'fill', 'copyWithin']);
/** The same of Maps and Sets, which other things have, too. */
export const collectionMutators = new Set(['set', 'add', 'delete', 'clear', 'append']);
/** Methods that take the present time when they get none. */
export const formatting = new Set(['format', 'formatToParts']);

/** Functions of `Object` and `Reflect` that change what they are given first. */
const changing = new Set(['assign', 'defineProperty', 'defineProperties', 'setPrototypeOf', 'set', 'deleteProperty']);

/** What a call such as `Object.assign(x, …)` changes, and its name. */
export function changedByCall({
  expression,
  arguments: given,
}: ts.CallExpression): [ts.Expression, string] | undefined {
  if (!ts.isPropertyAccessExpression(expression) || !ts.isIdentifier(expression.expression)) return undefined;
  const name = `${expression.expression.text}.${expression.name.text}`;
  const [target] = given;
  const changes = /^(Object|Reflect)\./.test(name) && changing.has(expression.name.text);
  return changes && target !== undefined ? [target, name] : undefined;
}

/** Operators that only compare. */
export const comparing: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.InstanceOfKeyword,
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
]);

/** The name that a chain of members begins with. */
export function rootOf(node: ts.Expression): ts.Identifier | undefined {
  let inner = bare(node);
  while (ts.isPropertyAccessExpression(inner) || ts.isElementAccessExpression(inner)) inner = bare(inner.expression);
  return ts.isIdentifier(inner) ? inner : undefined;
}

/** What an assignment's left side changes: one place, or those of a destructuring pattern. */
export function targets(left: ts.Expression): ts.Expression[] {
  if (ts.isArrayLiteralExpression(left)) {
    return left.elements.flatMap((element) => targets(ts.isSpreadElement(element) ? element.expression : element));
  }
  if (ts.isObjectLiteralExpression(left)) {
    return left.properties.flatMap((member) => {
      if (ts.isPropertyAssignment(member)) return targets(member.initializer);
      if (ts.isShorthandPropertyAssignment(member)) return [member.name];
      return ts.isSpreadAssignment(member) ? targets(member.expression) : [];
    });
  }
  if (ts.isBinaryExpression(left)) return targets(left.left);
  return [left];
}
