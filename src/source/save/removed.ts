import { ts } from 'ts-morph';
import type { Definition } from '../define/dsl-call.ts';
import { dslName } from '../syntax/dsl-name.ts';
import type { Module } from '../syntax/module.ts';
import { findExport } from '../files/imports.ts';
import { bare, behind } from '../value/follow.ts';
import { docRange } from './description.ts';
import type { TextEdit } from './edits.ts';
import { rearranged } from './items.ts';
import type { Job } from './job.ts';
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
        kept.length === 0 ? statementEdit(module, statement) : listEdit(job, module, own, own.pos, own.end, kept),
      ]);
    }
  }
  const isGone = new Set(gone.map(({ declaration }) => declaration));
  for (const module of job.all()) removeSpecifiers(job, module, isGone);
}

/** The head of a machine that stands apart, and the parts made for it. */
function apartOf(job: Job, { declaration, head }: Definition): readonly (readonly [ts.VariableDeclaration, Module])[] {
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
function statementEdit(module: Module, statement: ts.Statement): TextEdit {
  const { text, source } = module;
  const doc = docRange(module, statement);
  let start = statement.getStart(source);
  // A comment with an empty line below it speaks of more than what follows.
  if (doc !== undefined && !/\n[^\S\n]*\n/.test(text.slice(doc.end, start))) start = doc.pos;
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

type Kept = readonly { readonly at: number; readonly edits: readonly TextEdit[] }[];

function listEdit(
  job: Job,
  module: Module,
  nodes: readonly ts.Node[],
  start: number,
  end: number,
  kept: Kept,
): TextEdit {
  const spans = nodes.map((node) => ({ start: node.getStart(module.source), end: node.end }));
  return rearranged(module.text, { start, end, spans, separator: ',' }, kept, '', job.style(module));
}

function removeSpecifiers(job: Job, module: Module, gone: ReadonlySet<ts.VariableDeclaration>): void {
  const { reading } = job.opened;
  for (const statement of module.source.statements) {
    const list = ts.isImportDeclaration(statement)
      ? statement.importClause?.namedBindings
      : ts.isExportDeclaration(statement)
        ? statement.exportClause
        : undefined;
    if (list === undefined || !(ts.isNamedImports(list) || ts.isNamedExports(list))) continue;
    const isGone = (name: string): boolean => {
      const found = ts.isImportDeclaration(statement)
        ? behind(reading, module, name)
        : findExport(reading, module, name);
      return (
        found?.kind === 'declared' && found.binding.value?.kind === 'const' && gone.has(found.binding.value.declaration)
      );
    };
    const elements: readonly (ts.ImportSpecifier | ts.ExportSpecifier)[] = [...list.elements];
    const kept = elements.flatMap((element, at) => (isGone(element.name.text) ? [] : [{ at, edits: [] }]));
    if (kept.length === elements.length) continue;
    const isOnly =
      kept.length === 0 && !(ts.isImportDeclaration(statement) && statement.importClause?.name !== undefined);
    job.edit(module, [
      isOnly
        ? statementEdit(module, statement)
        : listEdit(job, module, elements, list.elements.pos, list.end - 1, kept),
    ]);
  }
}
