import { ts } from '../syntax/typescript.js';
import { nearest } from '../../core/index.ts';
import type { Reading } from '../reading.ts';
import { dslName, packageName } from '../syntax/dsl-name.ts';
import type { Module } from '../syntax/module.ts';
import { bare } from '../value/follow.ts';

/** The functions of the package. */
const functions = ['agent', 'defineConfig', 'event', 'failed', 'flow', 'machine', 'part', 'resource', 'system', 'task'];

/** Reports constants that a function declares which the package does not have: they would be no part of the system. */
export function reportUnknownFunctions(reading: Reading, module: Module): void {
  for (const statement of module.source.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { initializer } of statement.declarationList.declarations) {
      const callee = initializer && firstCallee(initializer);
      const name = callee && dslName(module, callee);
      if (callee === undefined || name === undefined || functions.includes(name)) continue;
      const guess = nearest(name, functions);
      const hint =
        name === 'process'
          ? 'It is called `machine` here; `dsl upgrade` rewrites it.'
          : `${guess === undefined ? '' : `Did you mean '${guess}'? `}It has: ${functions.join(', ')}.`;
      reading.report('MR1840', { module, node: callee }, `'${packageName}' has no function '${name}'.`, { hint });
    }
  }
}

/** Of `make(…).more(…)` the function that is called first: `make`. */
function firstCallee(expression: ts.Expression): ts.Expression | undefined {
  let node = bare(expression);
  let callee: ts.Expression | undefined;
  while (ts.isCallExpression(node)) {
    callee = node.expression;
    if (!ts.isPropertyAccessExpression(callee)) return callee;
    node = bare(callee.expression);
  }
  return callee;
}
