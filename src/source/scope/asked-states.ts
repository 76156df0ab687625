import { ts } from '../syntax/typescript.js';
import { nearest } from '../../core/index.ts';
import type { Reading } from '../reading.ts';
import type { Site } from '../syntax/module.ts';
import { bare } from '../value/follow.ts';

/** Keeps in mind what states a lambda of a machine asks for: `isIn('open')` where `in` is called so, or `scope.in('open')`. */
export function noteAskedStates(
  reading: Reading,
  { module, node }: Site<ts.ArrowFunction | ts.FunctionExpression>,
): void {
  const asked = reading.askedStates;
  const given = node.parameters[0]?.name;
  if (asked === undefined || given === undefined) return;
  const name = ts.isIdentifier(given) ? given.text : renamed(given);
  if (name === undefined || isBoundAgain(node.body, name)) return;
  const visit = (inner: ts.Node): void => {
    const [first] = ts.isCallExpression(inner) ? inner.arguments : [];
    if (ts.isCallExpression(inner) && first !== undefined && isCallee(bare(inner.expression), name, given)) {
      const state = bare(first);
      if (ts.isStringLiteralLike(state)) asked.push({ module, node: state });
    }
    ts.forEachChild(inner, visit);
  };
  visit(node.body);
}

/** Reports the states that were asked for and that the machine does not have. */
export function checkAskedStates(reading: Reading, machine: string, states: readonly string[]): void {
  for (const site of reading.askedStates ?? []) {
    const { text } = site.node;
    if (states.includes(text)) continue;
    const guess = nearest(text, states);
    const known = `Its states are: ${states.join(', ') || 'none'}.`;
    reading.report('MR1127', site, `Machine '${machine}' has no state '${text}'.`, {
      hint: guess === undefined ? known : `Did you mean '${guess}'? ${known}`,
      rename: guess,
    });
  }
}

/** What a lambda calls the `in` of its scope, when it takes the scope apart. */
function renamed(pattern: ts.BindingPattern): string | undefined {
  if (!ts.isObjectBindingPattern(pattern)) return undefined;
  for (const { name, propertyName } of pattern.elements)
    if (propertyName !== undefined && 'text' in propertyName && propertyName.text === 'in' && ts.isIdentifier(name))
      return name.text;
  return undefined;
}

function isCallee(callee: ts.Expression, name: string, given: ts.BindingName): boolean {
  if (!ts.isIdentifier(given)) return ts.isIdentifier(callee) && callee.text === name;
  const member = ts.isPropertyAccessExpression(callee)
    ? callee.name
    : ts.isElementAccessExpression(callee)
      ? callee.argumentExpression
      : undefined;
  if (member === undefined || !('text' in member) || member.text !== 'in') return false;
  const owner = bare((callee as ts.PropertyAccessExpression | ts.ElementAccessExpression).expression);
  return ts.isIdentifier(owner) && owner.text === name;
}

/** Does something inside use the name for a thing of its own? */
function isBoundAgain(node: ts.Node, name: string): boolean {
  const isBinding =
    (ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node) || ts.isFunctionLike(node)) &&
    node.name !== undefined &&
    ts.isIdentifier(node.name) &&
    node.name.text === name;
  return isBinding || ts.forEachChild(node, (inner) => isBoundAgain(inner, name) || undefined) === true;
}
