import { ts } from '../syntax/typescript.js';
import type { ContextNode, SystemModel } from '../../model/index.ts';
import { findExport, moduleBehind } from '../files/imports.ts';
import type { Reading } from '../reading.ts';
import { lambdaOf } from '../scope/expression.ts';
import { dslName } from '../syntax/dsl-name.ts';
import { docOf } from '../syntax/doc.ts';
import { locate, textOf } from '../syntax/location.ts';
import type { Module, Site } from '../syntax/module.ts';
import { options } from '../value/options.ts';
import { bare, behind } from '../value/follow.ts';
import { elements, json, list, literal, members, record, text, wrong, type Reader } from '../value/readers.ts';
import { checkCount, common } from './common.ts';
import { definitionBehind, dslCall } from './dsl-call.ts';
import { budget } from './model.ts';
import { nameOf, targetOf } from './reference.ts';

/** The call `system(name, { … })` and where it was found. */
export interface SystemCall extends Site<ts.CallExpression> {
  /** The statement whose doc comment describes the system. */
  readonly statement: ts.Node;
}

/** Finds the system that a file exports: by default, by name, or as the result of a `create…` function. */
export function findSystem(reading: Reading, module: Module): SystemCall | undefined {
  const found = new Map<ts.Node, SystemCall>();
  for (const name of [...module.exports.keys()].sort((a, b) => Number(b === 'default') - Number(a === 'default'))) {
    const call = systemBehind(reading, module, name);
    if (call !== undefined) found.set(call.node, call);
  }
  const [first, second] = found.values();
  if (first === undefined) return undefined;
  if (second !== undefined) reportSecond(reading, second, first);
  reportOthers(reading, module, first);
  return first;
}

function reportSecond(reading: Reading, second: Site, first: Site): void {
  reading.report('MR1012', second, 'This file declares a second system.', {
    hint: 'One file declares one system; move this one to a file of its own.',
    related: [{ message: 'The first system is here', site: first }],
  });
}

/** Reports every other system of the file, wherever it stands, and default exports after the first. */
function reportOthers(reading: Reading, module: Module, first: SystemCall): void {
  // Without recursion: an expression can be deeper than the stack.
  const open: ts.Node[] = [module.source];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const isSystem = ts.isCallExpression(node) && dslName(module, node.expression) === 'system';
    if (isSystem && node !== first.node) reportSecond(reading, { module, node }, first);
    ts.forEachChild(node, (inner) => void open.push(inner));
  }
  for (const node of module.moreDefaults) {
    if (ts.isExportAssignment(node) && callIn(reading, module, node.expression, node) !== undefined) continue;
    const hint = 'A module has one; give this a name, or take it out.';
    reading.report('MR1122', { module, node }, 'This file has a second default export.', { hint });
  }
}

function systemBehind(reading: Reading, module: Module, exported: string): SystemCall | undefined {
  const entry = module.exports.get(exported);
  if (entry === undefined) return undefined;
  if (entry.expression !== undefined && !ts.isIdentifier(bare(entry.expression))) {
    return callIn(reading, module, entry.expression, entry.node);
  }
  const target =
    entry.expression === undefined
      ? findExport(reading, module, exported)
      : behind(reading, module, (bare(entry.expression) as ts.Identifier).text);
  if (target === undefined && exported === 'default' && ts.isFunctionDeclaration(entry.node))
    return returned(reading, module, entry.node, entry.node);
  if (target?.kind === 'expression') return callIn(reading, target.site.module, target.site.node, target.site.node);
  if (target?.kind !== 'declared') return undefined;
  const { value, name } = target.binding;
  const creates = exported === 'default' || name.startsWith('create') || exported.startsWith('create');
  if (value?.kind === 'const' && value.declaration.initializer !== undefined) {
    const direct = callIn(reading, target.module, value.declaration.initializer, value.statement);
    const lambda = lambdaOf(value.declaration.initializer);
    return (
      direct ??
      (creates && lambda !== undefined ? returned(reading, target.module, lambda, value.statement) : undefined)
    );
  }
  const [statement] = value?.kind === 'function' && creates ? value.statements : [];
  return statement !== undefined && ts.isFunctionDeclaration(statement)
    ? returned(reading, target.module, statement, statement)
    : undefined;
}

function callIn(
  reading: Reading,
  module: Module,
  expression: ts.Expression,
  statement: ts.Node,
): SystemCall | undefined {
  const found = dslCall(reading, module, expression);
  if (found?.verb === 'system') return { ...found.head, statement };
  const lambda = lambdaOf(expression);
  return lambda === undefined ? undefined : returned(reading, module, lambda, statement);
}

/** The system that a function gives at its end. */
function returned(
  reading: Reading,
  module: Module,
  node: ts.FunctionLikeDeclaration,
  statement: ts.Node,
): SystemCall | undefined {
  if (node.body === undefined) return undefined;
  if (!ts.isBlock(node.body)) return callIn(reading, module, node.body, statement);
  const last = node.body.statements.at(-1);
  return last !== undefined && ts.isReturnStatement(last) && last.expression !== undefined
    ? callIn(reading, module, last.expression, statement)
    : undefined;
}

/** What a system says about itself, and the modules of its parts. */
export type SystemHead = Pick<SystemModel, 'kind' | 'schemaVersion' | 'name' | 'version' | 'contexts' | 'location'> &
  Partial<Pick<SystemModel, 'description' | 'tags' | 'metadata' | 'hints' | 'retention' | 'budget' | 'access'>>;

/** Reads `system(name, { … })`. */
export function readSystemHead(reading: Reading, found: SystemCall): { head: SystemHead; parts: readonly Module[] } {
  const { module, node, statement } = found;
  const name = nameOf(reading, { head: found, verb: 'system' }) ?? 'unnamed';
  checkCount(reading, found, `system '${name}'`, 2);
  const second = node.arguments[1];
  const readers = {
    version,
    parts,
    contexts,
    retention: record(json),
    budget,
    access: record(json),
    ...common,
  };
  const values = (second && options(reading, { module, node: second }, `system '${name}'`, readers, ['version'])) ?? {};
  const { version: given = '0.0.0', parts: modules = [], contexts: bounded = {}, ...rest } = values;
  const doc = rest.description === undefined ? docOf({ module, node: statement }) : undefined;
  const head = {
    kind: 'system' as const,
    schemaVersion: 1 as const,
    name,
    version: given,
    ...(doc === undefined ? {} : { description: doc }),
    ...rest,
    contexts: bounded,
    location: locate(found),
  };
  return { head, parts: modules };
}

const version: Reader<string> = (reading, site) => {
  const value = literal(reading, site);
  if (value === undefined || /^\d+\.\d+\.\d+(?:[-+].+)?$/.test(value)) return value;
  return wrong(reading, site, "a version such as '1.2.0'");
};

/** The files of `parts`, each named by a namespace import. */
const parts: Reader<readonly Module[]> = (reading, site) =>
  elements(reading, site)?.flatMap((element) => {
    const { module } = element;
    const node = bare(element.node);
    const part = { module, node };
    const value = ts.isIdentifier(node) ? module.bindings.get(node.text)?.value : undefined;
    if (value?.kind !== 'import' || value.imported !== '*') {
      reading.report('MR1119', part, `'${textOf(part)}' is not a file of this system.`, {
        hint: "Import the whole file: `import * as billing from './billing.dsl.ts'`, then `parts: [billing]`.",
      });
      return [];
    }
    const target = moduleBehind(reading, { module, node: value.declaration }, value.from);
    if (target === 'outside') {
      reading.report('MR1119', part, `'${value.from}' is not a relative path.`, {
        hint: "Parts are files of the same project: './billing.dsl.ts'.",
      });
    }
    return target === undefined || target === 'outside' ? [] : [target];
  });

/** A member of a context: a definition, or its name. */
const memberName: Reader<string> = (reading, site) => {
  const found = definitionBehind(reading, site);
  if (found === undefined) return literal(reading, site);
  return targetOf(reading, site, found, ['event', 'task', 'agent', 'resource', 'flow', 'machine'])?.name;
};

export const contexts: Reader<Readonly<Record<string, ContextNode>>> = (reading, site) => {
  const found = members(reading, site, 'an object of contexts');
  if (found === undefined) return undefined;
  const entries = found.map(({ key, name, value }) => [key, context(reading, key, name, value)] as const);
  return Object.fromEntries(entries);
};

function context(reading: Reading, name: string, at: Site, value: Site<ts.Expression>): ContextNode {
  const readers = {
    description: text,
    members: list(memberName),
    responsibilities: list(text),
    dependencies: list(literal),
  };
  const { members: found = [], ...rest } = options(reading, value, `context '${name}'`, readers, ['members']) ?? {};
  return { kind: 'context', name, ...rest, members: found, location: locate(at, value.node) };
}
