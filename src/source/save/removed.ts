import { ts } from '../syntax/typescript.js';
import type { Definition } from '../define/dsl-call.ts';
import { dslName } from '../syntax/dsl-name.ts';
import type { Module } from '../syntax/module.ts';
import { findExport } from '../files/imports.ts';
import { bare, behind } from '../value/follow.ts';
import { docRange } from './description.ts';
import type { TextEdit } from './edits.ts';
import { rearranged } from './items.ts';
import type { Job } from './job.ts';
import type { Style } from './style.ts';
import { pastLineComments } from './trivia.ts';

/** Takes definitions out of their files, each with the comment above it, and whatever exports or imports them. */
export function removeDefinitions(job: Job): void {
  const names = new Set(job.changes.removed.map(({ name }) => name));
  const gone = job.opened.members.filter(({ name }) => names.has(name)).map(({ definition }) => definition);
  const declarations = new Set<ts.VariableDeclaration>();
  const modules = new Map<ts.VariableDeclaration, Module>();
  for (const definition of gone) {
    for (const [declaration, module] of [
      [definition.declaration, definition.module] as const,
      ...apartOf(job, definition),
    ]) {
      declarations.add(declaration);
      modules.set(declaration, module);
    }
  }
  for (const module of new Set(modules.values())) {
    for (const statement of module.source.statements) {
      if (!ts.isVariableStatement(statement)) continue;
      const own = statement.declarationList.declarations;
      const kept = own.flatMap((declaration, at) => (declarations.has(declaration) ? [] : [{ at, edits: [] }]));
      if (kept.length === own.length) continue;
      job.edit(module, [
        kept.length === 0
          ? statementEdit(module, statement)
          : listEdit(job.style(module), module, own, own.pos, own.end, kept),
      ]);
    }
  }
  const isGone = new Set(gone.map(({ declaration }) => declaration));
  for (const module of job.all()) removeSpecifiers(job, module, isGone);
}

/** The head of a machine that stands apart, and the parts made for it. */
export function apartOf(
  job: Pick<Job, 'opened'>,
  { declaration, head }: Definition,
): readonly (readonly [ts.VariableDeclaration, Module])[] {
  const { module, node } = head;
  const constants = module.source.statements.flatMap((statement) =>
    ts.isVariableStatement(statement) ? [...statement.declarationList.declarations] : [],
  );
  const own = constants.find(({ initializer }) => initializer !== undefined && bare(initializer) === node);
  if (own === undefined || own === declaration || !ts.isIdentifier(own.name)) return [];
  const { text } = own.name;
  const others = job.opened.members.some(
    ({ definition }) => definition.head.node === node && definition.declaration !== declaration,
  );
  if (others) return [];
  const parts = constants.filter(({ initializer }) => {
    const made = initializer && bare(initializer);
    if (made === undefined || !ts.isCallExpression(made) || dslName(module, made.expression) !== 'part') return false;
    const [first] = made.arguments;
    return first !== undefined && ts.isIdentifier(first) && first.text === text;
  });
  return [own, ...parts].map((each) => [each, module] as const);
}

/** A statement with its comment and its line. */
export function statementEdit(
  module: Pick<Module, 'text' | 'source'>,
  statement: ts.Statement,
  begin: number = startWithDoc(module, statement),
): TextEdit {
  const { text } = module;
  let start = begin;
  let end = pastLineComments(text, statement.end);
  const before = /(?:^|[\n\r])\uFEFF?[^\S\n\r]*$/.test(text.slice(0, start));
  const after = /^[^\S\n\r]*(?:\r\n|[\n\r]|$)/.exec(text.slice(end));
  if (before && after !== null) {
    start -= /[^\S\n\r\uFEFF]*$/.exec(text.slice(0, start))?.[0].length ?? 0;
    end += after[0].length;
    const isEmptyBefore = /(?:^|\n)[^\S\n\r]*(?:\r\n|\n)$/.test(text.slice(0, start));
    if (isEmptyBefore) end += /^[^\S\n\r]*(?:\r\n|[\n\r])/.exec(text.slice(end))?.[0].length ?? 0;
  }
  return { start, end, text: '' };
}

function startWithDoc(module: Pick<Module, 'text' | 'source'>, statement: ts.Statement): number {
  const doc = docRange(module, statement);
  const start = statement.getStart(module.source);
  // A comment with an empty line below it speaks of more than what follows.
  return doc !== undefined && !/\n[^\S\n]*\n/.test(module.text.slice(doc.end, start)) ? doc.pos : start;
}

type Kept = readonly { readonly at: number; readonly edits: readonly TextEdit[] }[];

function listEdit(
  style: Style,
  module: Module,
  nodes: readonly ts.Node[],
  start: number,
  end: number,
  kept: Kept,
): TextEdit {
  const spans = nodes.map((node) => ({ start: node.getStart(module.source), end: node.end }));
  return rearranged(module.text, { start, end, spans, separator: ',' }, kept, '', style);
}

function removeSpecifiers(job: Job, module: Module, gone: ReadonlySet<ts.VariableDeclaration>): void {
  const { reading } = job.opened;
  const edits = specifierEdits(module, job.style(module), (statement, { name }) => {
    const found = ts.isImportDeclaration(statement)
      ? behind(reading, module, name.text)
      : findExport(reading, module, name.text);
    return (
      found?.kind === 'declared' && found.binding.value?.kind === 'const' && gone.has(found.binding.value.declaration)
    );
  });
  if (edits.length > 0) job.edit(module, edits);
}

/** A name in the braces of an import or an export. */
export type Specifier = ts.ImportSpecifier | ts.ExportSpecifier;

/** Takes names out of the imports and exports of a file, and those that have none left. */
export function specifierEdits(
  module: Module,
  style: Style,
  isGone: (statement: ts.ImportDeclaration | ts.ExportDeclaration, specifier: Specifier) => boolean,
): readonly TextEdit[] {
  return module.source.statements.flatMap((statement) => {
    const isImport = ts.isImportDeclaration(statement);
    if (!isImport && !ts.isExportDeclaration(statement)) return [];
    const list = isImport ? statement.importClause?.namedBindings : statement.exportClause;
    if (list === undefined || !(ts.isNamedImports(list) || ts.isNamedExports(list))) return [];
    const elements: readonly Specifier[] = [...list.elements];
    const kept = elements.flatMap((element, at) => (isGone(statement, element) ? [] : [{ at, edits: [] }]));
    if (kept.length === elements.length) return [];
    const isOnly = kept.length === 0 && !(isImport && statement.importClause?.name !== undefined);
    return [
      isOnly
        ? statementEdit(module, statement)
        : listEdit(style, module, elements, list.elements.pos, list.end - 1, kept),
    ];
  });
}
