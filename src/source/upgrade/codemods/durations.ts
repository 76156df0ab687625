import { ts } from '../../syntax/typescript.js';
import type { Module } from '../../syntax/module.ts';
import type { Codemod, Refused } from '../codemod.ts';

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** Milliseconds as people say them: in the largest unit that leaves nothing over. */
function said(milliseconds: number): string {
  const found = milliseconds === 0 ? undefined : units.find(([, size]) => milliseconds % size === 0);
  return found === undefined ? `${milliseconds}ms` : `${milliseconds / found[1]}${found[0]}`;
}

/** A number where a duration belongs counts milliseconds, as it does in XState, in `setTimeout` and nearly everywhere. */
export const numbersAreDurations: Codemod = {
  version: '0.1.0',
  name: 'numbers-are-durations',
  description: "a number of milliseconds where a duration belongs becomes one: `30000` is `'30s'`",
  apply({ module, refused }) {
    return refused.flatMap((found) => {
      const { diagnostic, node } = found;
      if (diagnostic.code !== 'MR1104' || !diagnostic.message.startsWith('Expected a duration')) return [];
      if (!ts.isNumericLiteral(node) || !isInPlace(module, found)) return [];
      const count = Number(node.text);
      if (!Number.isSafeInteger(count)) return [];
      return [[{ start: node.getStart(module.source), end: node.end, text: `'${said(count)}'` }]];
    });
  },
};

/** A constant may also be what a lambda calculates with: then people have to look. */
function isInPlace(module: Module, { node, around }: Refused): boolean {
  const [parent] = around;
  if (parent === undefined) return false;
  if (ts.isCallExpression(parent)) return parent.expression !== node;
  if (!ts.isPropertyAssignment(parent)) return false;
  const outer = around.find((each) => ts.isCallExpression(each) || ts.isVariableDeclaration(each));
  if (outer === undefined || !ts.isVariableDeclaration(outer) || !ts.isIdentifier(outer.name)) return true;
  const key = 'text' in parent.name ? parent.name.text : undefined;
  return key !== undefined && !isCalculatedWith(module, outer.name.text, key);
}

/** Is `name.key` used as anything but the value of an option? */
function isCalculatedWith({ source }: Module, name: string, key: string): boolean {
  const look = (node: ts.Node, parent: ts.Node): boolean => {
    if (ts.isPropertyAccessExpression(node) && node.name.text === key) {
      if (ts.isIdentifier(node.expression) && node.expression.text === name) return !ts.isPropertyAssignment(parent);
    }
    return ts.forEachChild(node, (child) => look(child, node) || undefined) ?? false;
  };
  return look(source, source);
}
