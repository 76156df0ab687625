import { ts } from '../../syntax/typescript.js';
import { bare } from '../../value/follow.ts';
import type { Module } from '../../syntax/module.ts';
import type { Change, Codemod, Refused } from '../codemod.ts';
import { memberNamed, memberOf, rename } from '../object.ts';

const kinds = [
  ['flow', 'flows'],
  ['task', 'tasks'],
  ['machine', 'machines'],
] as const;

/** XState invokes a source; here a state runs a flow, a task or a machine that the machine's head names. */
export const invokeIsRun: Codemod = {
  version: '0.1.0',
  name: 'invoke-is-run',
  description:
    "`invoke: { src: 'charge' }` of a state becomes `run: { task: 'charge' }`, by what the machine's head says that `charge` is",
  apply({ module, refused }) {
    return refused.flatMap((found) => {
      const { code, message } = found.diagnostic;
      if (code !== 'MR1102' || !/^State '.*' has no option 'invoke'\.$/s.test(message)) return [];
      const { member, object } = memberOf(found) ?? {};
      if (member === undefined || object === undefined || !ts.isPropertyAssignment(member)) return [];
      if (memberNamed(object, 'run') !== undefined) return [];
      const head = headAround(module, found);
      const given = bare(member.initializer);
      const items = ts.isArrayLiteralExpression(given) ? given.elements.map(bare) : [given];
      const sources = items.map((item) => sourceOf(module, head, item));
      // All of them or none: half of it would be a state with both.
      return sources.some((source) => source === undefined)
        ? []
        : [[rename(module, member, 'run'), ...sources.filter((source) => source !== undefined)]];
    });
  },
};

/** `src: 'charge'` as `task: 'charge'`, where the head has one of that name. */
function sourceOf(
  module: Module,
  head: ts.ObjectLiteralExpression | undefined,
  item: ts.Expression,
): Change | undefined {
  if (head === undefined || !ts.isObjectLiteralExpression(item)) return undefined;
  const src = memberNamed(item, 'src');
  if (src === undefined || !ts.isPropertyAssignment(src)) return undefined;
  const name = bare(src.initializer);
  if (!ts.isStringLiteralLike(name)) return undefined;
  const found = kinds.filter(([, list]) => {
    const named = memberNamed(head, list);
    const value = named !== undefined && ts.isPropertyAssignment(named) ? bare(named.initializer) : undefined;
    return value !== undefined && ts.isObjectLiteralExpression(value) && memberNamed(value, name.text) !== undefined;
  });
  const [kind] = found.length === 1 ? (found[0] ?? []) : [];
  return kind === undefined ? undefined : rename(module, src, kind);
}

/** The options of the machine whose states these are: `machine('order', { … }).states(…)`, or a constant of the head. */
function headAround(module: Module, { around }: Refused): ts.ObjectLiteralExpression | undefined {
  for (const node of around) {
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) continue;
    if (node.expression.name.text !== 'states') continue;
    let head = bare(node.expression.expression);
    if (ts.isIdentifier(head)) {
      const value = module.bindings.get(head.text)?.value;
      if (value?.kind !== 'const' || value.declaration.initializer === undefined) return undefined;
      head = bare(value.declaration.initializer);
    }
    const options = ts.isCallExpression(head) ? head.arguments[1] : undefined;
    const object = options === undefined ? undefined : bare(options);
    return object !== undefined && ts.isObjectLiteralExpression(object) ? object : undefined;
  }
  return undefined;
}
