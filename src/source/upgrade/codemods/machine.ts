import { ts } from '../../syntax/typescript.js';
import { packageName } from '../../syntax/dsl-name.ts';
import type { Module } from '../../syntax/module.ts';
import type { Change, Codemod, Rewrite } from '../codemod.ts';

/** `process(…)`, the word of earlier systems for what lives long, is `machine(…)`: `process` is a global of Node. */
export const processIsMachine: Codemod = {
  version: '0.1.0',
  name: 'process-is-machine',
  description: '`process(…)` of the package becomes `machine(…)`',
  apply({ module }) {
    const rewrites = [...module.bindings.values()].map(({ name, value }): Rewrite => {
      if (value?.kind !== 'import' || value.from !== packageName) return [];
      const { imported, declaration } = value;
      if (imported === '*') return members(module, name);
      if (imported !== 'process' || !ts.isImportSpecifier(declaration)) return [];
      const specifier = { start: declaration.getStart(module.source), end: declaration.end };
      // Under a name of its own only the import changes.
      if (declaration.propertyName !== undefined) return [{ ...specifier, text: `machine as ${name}` }];
      const there = module.bindings.get('machine')?.value;
      const isOurs = there?.kind === 'import' && there.from === packageName && there.imported === 'machine';
      if (there !== undefined && !isOurs) return [{ ...specifier, text: 'machine as process' }];
      const uses = calls(module, (callee) => ts.isIdentifier(callee) && callee.text === 'process');
      return [isOurs ? withoutComma(module, declaration) : { ...specifier, text: 'machine' }, ...uses];
    });
    return rewrites.filter(({ length }) => length > 0);
  },
};

/** The calls of `namespace.process(…)`. */
function members(module: Module, namespace: string): readonly Change[] {
  return calls(
    module,
    (callee) =>
      ts.isPropertyAccessExpression(callee) &&
      callee.name.text === 'process' &&
      ts.isIdentifier(callee.expression) &&
      callee.expression.text === namespace,
  );
}

/** What declares stands at the top level, or is a part of what does: `const head = process(…)`, `process(…).states(…)`. */
function calls(module: Module, isIt: (callee: ts.Expression) => boolean): readonly Change[] {
  const found: Change[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) return;
    if (ts.isCallExpression(node) && isIt(node.expression)) {
      const { end } = node.expression;
      found.push({ start: end - 'process'.length, end, text: 'machine' });
    }
    ts.forEachChild(node, look);
  };
  ts.forEachChild(module.source, look);
  return found;
}

/** `machine` is imported already: the other import goes. */
function withoutComma(module: Module, specifier: ts.ImportSpecifier): Change {
  const start = specifier.getStart(module.source);
  const after = /^\s*,\s*/.exec(module.text.slice(specifier.end))?.[0];
  if (after !== undefined) return { start, end: specifier.end + after.length, text: '' };
  const before = /,\s*$/.exec(module.text.slice(0, start))?.[0] ?? '';
  return { start: start - before.length, end: specifier.end, text: '' };
}
