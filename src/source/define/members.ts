import { ts } from '../syntax/typescript.js';
import { findExport, moduleBehind } from '../files/imports.ts';
import type { Reading } from '../reading.ts';
import { dslName } from '../syntax/dsl-name.ts';
import { startOf } from '../syntax/location.ts';
import type { Module, Site } from '../syntax/module.ts';
import { bare, behind } from '../value/follow.ts';
import { definitionOf, dslCall, isVerb, type Definition } from './dsl-call.ts';
import { nameOf } from './reference.ts';
import { reportUnknownFunctions } from './unknown-functions.ts';

/** A definition that belongs to the system, under its name. */
export interface Member {
  readonly definition: Definition;
  readonly name: string;
}

/**
 * The definitions that the given files export, each once, in the order of the files and of the exports. Names are
 * unique in a system: of two definitions with one name the first stays and the second is reported.
 */
export function membersOf(reading: Reading, modules: readonly Module[]): readonly Member[] {
  const seen = new Set<ts.Node>();
  const byName = new Map<string, Member>();
  for (const module of modules) {
    for (const definition of exportedDefinitions(reading, module, new Set())) {
      if (seen.has(definition.declaration)) continue;
      seen.add(definition.declaration);
      const name = nameOf(reading, definition);
      if (name === undefined) continue;
      const earlier = byName.get(name);
      if (earlier === undefined) byName.set(name, { definition, name });
      else {
        const other = earlier.definition;
        reading.report('MR1113', nameSite(definition), `The name '${name}' is used twice.`, {
          hint: 'Events, tasks, agents, resources, flows and machines of a system share one set of names.',
          related: [{ message: `'${name}' is first used here, by ${other.verb} '${name}'`, site: nameSite(other) }],
        });
      }
    }
  }
  const heads = new Set([...byName.values()].map(({ definition }) => definition.head.node));
  for (const module of modules) {
    reportMisplaced(reading, module, seen, heads);
    reportUnknownFunctions(reading, module);
  }
  return [...byName.values()];
}

function nameSite({ head }: Definition): Site {
  return { module: head.module, node: head.node.arguments[0] ?? head.node };
}

function* exportedDefinitions(reading: Reading, module: Module, through: ReadonlySet<Module>): Iterable<Definition> {
  for (const exported of module.exports.keys()) {
    const found = findExport(reading, module, exported);
    if (found?.kind !== 'declared') continue;
    const definition = definitionOf(reading, found.module, found.binding.value);
    if (definition !== undefined) yield definition;
  }
  for (const { from, node } of module.stars) {
    const target = moduleBehind(reading, { module, node }, from);
    if (target === undefined || target === 'outside' || through.has(target)) continue;
    yield* exportedDefinitions(reading, target, new Set([...through, module]));
  }
}

/** Reports definitions of a file that do not get into the system: not exported, or not constants of their own. */
function reportMisplaced(
  reading: Reading,
  module: Module,
  members: ReadonlySet<ts.Node>,
  heads: ReadonlySet<ts.Node>,
): void {
  for (const statement of module.source.statements) {
    if (!ts.isVariableStatement(statement)) {
      if (!reportInside(reading, module, statement) && !isDeclaration(statement))
        reportIdle(reading, module, statement);
      continue;
    }
    for (const { name, initializer } of statement.declarationList.declarations) {
      const value = ts.isIdentifier(name) ? module.bindings.get(name.text)?.value : undefined;
      const definition = definitionOf(reading, module, value);
      const found =
        value?.kind === 'const' && initializer !== undefined ? dslCall(reading, module, initializer) : undefined;
      if (definition !== undefined) {
        if (!members.has(definition.declaration)) notExported(reading, definition, (name as ts.Identifier).text);
      } else if (found?.verb !== 'machine') {
        if (initializer !== undefined && !reportInside(reading, module, initializer))
          reportMade(reading, module, initializer);
      } else if (!heads.has(found.head.node)) {
        const hint = "Add `.states('first', { first: { … } })`.";
        reading.report('MR1103', found.head, `Machine '${(name as ts.Identifier).text}' has no states.`, { hint });
      }
    }
  }
}

/**
 * Reports every definition somewhere inside: in a function, in an object, as a statement of its own. Was there one?
 */
function reportInside(reading: Reading, module: Module, node: ts.Node): boolean {
  let found = false;
  const visit = (inner: ts.Node): void => {
    const verb = ts.isCallExpression(inner) ? dslName(module, inner.expression) : undefined;
    if (verb === undefined || !isVerb(verb)) return ts.forEachChild(inner, visit);
    found = true;
    const site = { module, node: inner };
    const hint = `Write \`export const name = ${verb}('name', { … })\` at the top level of the file.`;
    reading.report('MR1121', site, `This ${verb} is not a constant of its own, so the system would not have it.`, {
      hint,
    });
  };
  visit(node);
  return found;
}

/** Reports a definition that a function of another file makes: `export const ship = makeTask('ship')`. */
function reportMade(reading: Reading, module: Module, initializer: ts.Expression): void {
  const node = bare(initializer);
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return;
  const maker = behind(reading, module, node.expression.text);
  if (maker?.kind !== 'declared' || maker.module === module) return;
  const { value } = maker.binding;
  const made = value === undefined ? [] : 'statements' in value ? value.statements : [value.declaration];
  const verb = made.map((inner) => verbInside(maker.module, inner)).find((inner) => inner !== undefined);
  if (verb === undefined) return;
  const message = `A function makes this ${verb}, so the system would not have it.`;
  const hint = `Write \`export const name = ${verb}('name', { … })\`, with what they share in a constant.`;
  reading.report('MR1121', { module, node }, message, { hint });
}

function verbInside(module: Module, node: ts.Node): string | undefined {
  const verb = ts.isCallExpression(node) ? dslName(module, node.expression) : undefined;
  return verb !== undefined && isVerb(verb) ? verb : ts.forEachChild(node, (inner) => verbInside(module, inner));
}

function isDeclaration(statement: ts.Statement): boolean {
  return (
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isEnumDeclaration(statement) ||
    ts.isModuleDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isImportDeclaration(statement) ||
    ts.isImportEqualsDeclaration(statement) ||
    ts.isExportDeclaration(statement) ||
    ts.isExportAssignment(statement) ||
    ts.isNamespaceExportDeclaration(statement) ||
    ts.isEmptyStatement(statement) ||
    (ts.isExpressionStatement(statement) && ts.isStringLiteral(statement.expression))
  );
}

/** Reports a statement that would never run: the file is read, not executed. */
function reportIdle(reading: Reading, module: Module, node: ts.Statement): void {
  // What the parser stumbled over is no statement of the user's; of a second system was said that it is one.
  if (reading.diagnostics.some(({ code, file }) => code === 'MR1006' && file === module.display)) return;
  if (ts.isExpressionStatement(node) && dslCall(reading, module, node.expression)?.verb === 'system') return;
  reading.report('MR1123', { module, node }, 'This statement declares nothing, and the file is never run.', {
    hint: 'Take it out. Work is done in the implementations of tasks; a file that declares has only declarations, imports and exports.',
  });
}

function notExported(reading: Reading, { module, declaration, statement, verb }: Definition, name: string): void {
  const start = startOf({ module, node: statement });
  reading.report(
    'MR1013',
    { module, node: declaration.name },
    `${capital(verb)} '${name}' is declared but not exported, so it does not belong to the system.`,
    {
      hint: `Write \`export const ${name} = …\`.`,
      fix: { title: `Export '${name}'`, edits: [{ file: module.display, start, end: start, text: 'export ' }] },
    },
  );
}

/** Reports references to definitions of files that do not belong to the system. */
export function reportStrangers(reading: Reading, members: readonly Member[], modules: readonly Module[]): void {
  const own = new Set<ts.Node>(members.map(({ definition }) => definition.declaration));
  for (const [declaration, { definition, name, site }] of reading.mentioned) {
    // Those of the system's own files were reported where they are declared.
    if (own.has(declaration) || modules.includes(definition.module)) continue;
    reading.report(
      'MR1014',
      site,
      `${capital(definition.verb)} '${name}' is declared in '${definition.module.file}', which is no part of the system.`,
      {
        hint: 'Add the file to `parts` of the system, or re-export the definition.',
        related: [{ message: `'${name}' is declared here`, site: nameSite(definition) }],
      },
    );
  }
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
