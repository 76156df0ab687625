import { ts } from 'ts-morph';
import type { Reading } from '../reading.ts';
import { findExport } from '../files/imports.ts';
import type { Behind, Module, Site, ValueBinding } from '../syntax/module.ts';
import { bare, behind } from '../value/follow.ts';

/** What the package exports for declarations. */
export const verbs = ['system', 'event', 'task', 'agent', 'resource', 'flow', 'machine'] as const;
export type Verb = (typeof verbs)[number];

/** A call of one of the package's functions. */
export interface DslCall {
  /** The function's own name, whatever it is called in the file. */
  readonly verb: string;
  /** The call that has the name and options. */
  readonly call: ts.CallExpression;
  /** The call of `.states(…)` after `machine(…)`. */
  readonly states?: ts.CallExpression;
}

const packageName = 'millrace';

/** The package's function that an identifier or `namespace.name` stands for. */
export function dslName(module: Module, callee: ts.Expression): string | undefined {
  if (ts.isIdentifier(callee)) {
    const value = module.bindings.get(callee.text)?.value;
    return value?.kind === 'import' && value.from === packageName && value.imported !== '*' ? value.imported : undefined;
  }
  if (ts.isPropertyAccessExpression(callee) && ts.isIdentifier(callee.expression)) {
    const value = module.bindings.get(callee.expression.text)?.value;
    return value?.kind === 'import' && value.from === packageName && value.imported === '*' ? callee.name.text : undefined;
  }
  return undefined;
}

/** The call of the package's function that an expression is. */
export function dslCall(module: Module, expression: ts.Expression): DslCall | undefined {
  const node = bare(expression);
  if (!ts.isCallExpression(node)) return undefined;
  const verb = dslName(module, node.expression);
  if (verb !== undefined) return { verb, call: node };
  if (ts.isPropertyAccessExpression(node.expression)) {
    const head = bare(node.expression.expression);
    if (ts.isCallExpression(head) && dslName(module, head.expression) === 'machine' && node.expression.name.text === 'states') {
      return { verb: 'machine', call: head, states: node };
    }
  }
  return undefined;
}

/** A definition as the source declares it. */
export interface Definition extends DslCall {
  readonly verb: Exclude<Verb, 'system'>;
  readonly module: Module;
  /** The declaration `name = task(…)`. */
  readonly declaration: ts.VariableDeclaration;
  /** The statement around it. */
  readonly statement: ts.VariableStatement;
}

const definitionVerbs: ReadonlySet<string> = new Set(verbs.filter((verb) => verb !== 'system'));

/** The definition that a constant is, if it is one. */
export function definitionOf(module: Module, value: ValueBinding | undefined): Definition | undefined {
  if (value?.kind !== 'const' || value.declaration.initializer === undefined) return undefined;
  const { declaration, statement } = value;
  const found = dslCall(module, value.declaration.initializer);
  if (found === undefined || !definitionVerbs.has(found.verb)) return undefined;
  return { ...found, verb: found.verb as Definition['verb'], module, declaration, statement };
}

/** The definition that an expression names: a constant, an import of one, or a member of a namespace import. */
export function definitionBehind(reading: Reading, site: Site<ts.Expression>, depth = 0): Definition | undefined {
  const { module } = site;
  const node = bare(site.node);
  if (depth > 20) return undefined;
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    const owner = behind(reading, module, node.expression.text);
    return owner?.kind === 'module' ? exportedDefinition(reading, owner.module, node.name.text, depth) : undefined;
  }
  if (!ts.isIdentifier(node)) return undefined;
  return definitionIn(reading, behind(reading, module, node.text), depth);
}

function exportedDefinition(reading: Reading, module: Module, name: string, depth: number): Definition | undefined {
  return definitionIn(reading, findExport(reading, module, name), depth);
}

function definitionIn(reading: Reading, found: Behind | undefined, depth: number): Definition | undefined {
  if (found?.kind === 'expression') return definitionBehind(reading, found.site, depth + 1);
  if (found?.kind !== 'declared' || found.binding.value?.kind !== 'const') return undefined;
  const { declaration } = found.binding.value;
  const own = definitionOf(found.module, found.binding.value);
  if (own !== undefined || declaration.initializer === undefined) return own;
  // `const charge = chargeCard;`
  return definitionBehind(reading, { module: found.module, node: declaration.initializer }, depth + 1);
}
