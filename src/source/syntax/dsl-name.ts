import { ts } from './typescript.js';
import type { Module } from './module.ts';

/** The package whose functions declare. */
export const packageName = 'millrace';

/** The package's function that an identifier or `namespace.name` stands for, under its own name. */
export function dslName(module: Module, callee: ts.Expression): string | undefined {
  if (ts.isIdentifier(callee)) {
    const value = module.bindings.get(callee.text)?.value;
    return value?.kind === 'import' && value.from === packageName && value.imported !== '*'
      ? value.imported
      : undefined;
  }
  if (ts.isPropertyAccessExpression(callee) && ts.isIdentifier(callee.expression)) {
    const value = module.bindings.get(callee.expression.text)?.value;
    return value?.kind === 'import' && value.from === packageName && value.imported === '*'
      ? callee.name.text
      : undefined;
  }
  return undefined;
}
