import { ts } from '../syntax/typescript.js';
import { findExport } from '../files/imports.ts';
import type { Reading } from '../reading.ts';
import { dslName } from '../syntax/dsl-name.ts';
import type { Behind, Module, Site, ValueBinding } from '../syntax/module.ts';
import { bare, behind } from '../value/follow.ts';

/** What the package exports for declarations. */
const verbs = ['event', 'task', 'agent', 'resource', 'flow', 'machine'] as const;
/** The kind of a definition: the name of the function that makes it. */
export type Verb = (typeof verbs)[number];

/** Is this the name of a function that makes a definition? */
export function isVerb(name: string): name is Verb {
  return verbs.some((verb) => verb === name);
}

/** A call of one of the package's functions. */
export interface DslCall {
  /** The function's own name, whatever it is called in the file. */
  readonly verb: string;
  /** The call that has the name and options, in the file where it stands. */
  readonly head: Site<ts.CallExpression>;
  /** The call of `.states(…)` after `machine(…)`. */
  readonly states?: ts.CallExpression;
}

/** The call of the package's function that an expression is. */
export function dslCall(reading: Reading, module: Module, expression: ts.Expression): DslCall | undefined {
  const node = bare(expression);
  if (!ts.isCallExpression(node)) return undefined;
  const verb = dslName(module, node.expression);
  if (verb !== undefined) return { verb, head: { module, node } };
  if (!ts.isPropertyAccessExpression(node.expression) || node.expression.name.text !== 'states') return undefined;
  const head = machineHead(reading, { module, node: node.expression.expression });
  return head === undefined ? undefined : { verb: 'machine', head, states: node };
}

/** `machine(…)`, or the constant that holds it until its states are given. */
export function machineHead(reading: Reading, site: Site<ts.Expression>): Site<ts.CallExpression> | undefined {
  const { module } = site;
  const node = bare(site.node);
  if (ts.isCallExpression(node)) return dslName(module, node.expression) === 'machine' ? { module, node } : undefined;
  if (!ts.isIdentifier(node)) return undefined;
  const found = behind(reading, module, node.text);
  if (found?.kind !== 'declared' || found.binding.value?.kind !== 'const') return undefined;
  const { initializer } = found.binding.value.declaration;
  const call = initializer && bare(initializer);
  return call !== undefined && ts.isCallExpression(call) && dslName(found.module, call.expression) === 'machine'
    ? { module: found.module, node: call }
    : undefined;
}

/** A definition as the source declares it. */
export interface Definition extends DslCall {
  readonly verb: Verb;
  readonly module: Module;
  /** The declaration `name = task(…)`. */
  readonly declaration: ts.VariableDeclaration;
  /** The statement around it. */
  readonly statement: ts.VariableStatement;
}

/** The definition that a constant is, if it is one. A machine without its states is none yet. */
export function definitionOf(
  reading: Reading,
  module: Module,
  value: ValueBinding | undefined,
): Definition | undefined {
  if (value?.kind !== 'const' || value.declaration.initializer === undefined) return undefined;
  const { declaration, statement } = value;
  const found = dslCall(reading, module, value.declaration.initializer);
  const verb = verbs.find((known) => known === found?.verb);
  if (found === undefined || verb === undefined || (verb === 'machine' && found.states === undefined)) return undefined;
  return { ...found, verb, module, declaration, statement };
}

/** The definition that an expression names: a constant, an import of one, or a member of a namespace import. */
export function definitionBehind(reading: Reading, site: Site<ts.Expression>, depth = 0): Definition | undefined {
  const { module } = site;
  const node = bare(site.node);
  if (depth > 20) return undefined;
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    const owner = behind(reading, module, node.expression.text);
    return owner?.kind === 'module'
      ? definitionIn(reading, findExport(reading, owner.module, node.name.text), depth)
      : undefined;
  }
  if (!ts.isIdentifier(node)) return undefined;
  return definitionIn(reading, behind(reading, module, node.text), depth);
}

function definitionIn(reading: Reading, found: Behind | undefined, depth: number): Definition | undefined {
  if (found?.kind === 'expression') return definitionBehind(reading, found.site, depth + 1);
  if (found?.kind !== 'declared' || found.binding.value?.kind !== 'const') return undefined;
  const own = definitionOf(reading, found.module, found.binding.value);
  const { initializer } = found.binding.value.declaration;
  if (own !== undefined || initializer === undefined) return own;
  // `const charge = chargeCard;`
  return definitionBehind(reading, { module: found.module, node: initializer }, depth + 1);
}
