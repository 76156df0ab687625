import { dirname, join, resolve } from 'node:path';
import { ts } from '../syntax/typescript.js';
import { candidates } from '../files/imports.ts';
import { declaredFirst } from '../save/declared-first.ts';
import { applyEdits, type TextEdit } from '../save/edits.ts';
import { importEdits, specifier, type Imported } from '../save/needed.ts';
import { namesOf, pieceOf, startWithComments } from '../save/pieces.ts';
import { specifierEdits, statementEdit, type Specifier } from '../save/removed.ts';
import { styleOf } from '../save/style.ts';
import { hasModifier, parseModule, type Module } from '../syntax/module.ts';
import { freeName } from '../../model/text/names.ts';
import type { Source } from './rename.ts';
import { freeIn } from './statements.ts';
import type { Texts } from './symbols.ts';

/** Statements that go to another file, or to another place of theirs. */
export interface Relocation {
  readonly from: Module;
  readonly to: Module;
  /** In the order of the file. */
  readonly statements: readonly ts.Statement[];
  /** What they go before. Default: the end of the file. */
  readonly anchor: ts.Statement | undefined;
}

/** Takes the statements out of their file and puts them into the other one; imports follow in all files. */
export function relocate({ opened, texts }: Source, { from, to, statements, anchor }: Relocation): Texts {
  const next = new Map(texts);
  const names = new Set(statements.flatMap(namesOf));
  const stays = from.source.statements.filter((statement) => !statements.includes(statement));
  const free = new Set(statements.flatMap((statement) => [...freeIn(statement)]));
  const used = new Set(stays.flatMap((statement) => [...freeIn(statement)]));
  const inCode = new Set(
    stays.filter((statement) => !ts.isExportDeclaration(statement)).flatMap((statement) => [...freeIn(statement)]),
  );
  const style = styleOf(to.text, to.source);
  const needsExport = (statement: ts.Statement): boolean =>
    from !== to &&
    namesOf(statement).some((name) => used.has(name)) &&
    !hasModifier(statement, ts.SyntaxKind.ExportKeyword);
  const pieces = statements.map((statement) => pieceOf(from, statement, needsExport(statement) ? 'export ' : ''));
  const text = pieces.map((piece) => piece.replaceAll(/\r\n|\n/g, style.eol)).join(style.eol + style.eol);
  const gone = statements.map((statement) => statementEdit(from, statement, startWithComments(from, statement)));
  const place = insertion(to, text, anchor, style.eol);
  if (from === to) return next.set(from.path, declaredFirst(from.text, applyEdits(from.text, [...gone, place]), style));

  const isFrom = (module: Module, path: string): boolean =>
    path.startsWith('.') && candidates(resolve(dirname(module.path), path)).includes(from.path);
  const wanted = new Map<Module, Imported[]>();
  for (const module of opened.reading.modules.values()) {
    if (module === undefined) continue;
    const own: Imported[] = [];
    const again: string[] = [];
    const isGone = (statement: ts.ImportDeclaration | ts.ExportDeclaration, each: Specifier): boolean => {
      const path = statement.moduleSpecifier;
      const imported = (each.propertyName ?? each.name).text;
      if (path === undefined || !ts.isStringLiteral(path)) {
        // `export { pay }` in the file that it leaves.
        const isOwn = module === from && names.has(imported);
        if (isOwn) again.push(bindingOf(imported, each.name.text));
        return isOwn;
      }
      // What only the moved statements use is imported no longer.
      if (module === from && ts.isImportDeclaration(statement))
        return free.has(each.name.text) && !used.has(each.name.text);
      if (!isFrom(module, path.text) || !names.has(imported)) return false;
      if (module === to) return true;
      if (ts.isExportDeclaration(statement)) again.push(bindingOf(imported, each.name.text));
      else {
        const typeOnly = each.isTypeOnly || statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
        own.push({ name: each.name.text, imported, from: specifier(module, to.file), typeOnly });
      }
      return true;
    };
    const edits: TextEdit[] = [...specifierEdits(module, styleOf(module.text, module.source), isGone)];
    if (module === from) {
      edits.push(...gone);
      for (const name of names)
        if (inCode.has(name))
          own.push({ name, imported: name, from: specifier(from, to.file), typeOnly: isTypeName(from, name) });
    }
    if (module === to) edits.push(place);
    for (const { node, name } of module === from ? [] : throughWhole(module, (path) => isFrom(module, path), names)) {
      const local = module === to ? name : freeName(name, identifiersIn(module));
      edits.push({ start: node.getStart(module.source), end: node.end, text: local });
      if (module !== to) own.push({ name: local, imported: name, from: specifier(module, to.file), typeOnly: false });
    }
    if (own.length > 0) wanted.set(module, own);
    if (edits.length > 0) next.set(module.path, applyEdits(module.text, edits));
    if (again.length > 0)
      next.set(
        module.path,
        withExport(next.get(module.path) ?? module.text, module, again, specifier(module, to.file)),
      );
  }
  wanted.set(
    to,
    [...free].flatMap((name) => importedBy(from, to, name, names)),
  );
  for (const [module, nodes] of wanted) {
    const { module: now } = parseModule(module, next.get(module.path) ?? module.text);
    const missing = nodes.filter(({ name }) => !now.bindings.has(name));
    next.set(module.path, applyEdits(now.text, importEdits(now, styleOf(now.text, now.source), missing)));
  }
  return exported(
    next,
    from,
    [...free].filter((name) => !names.has(name) && isLocal(from, name)),
  );
}

function isLocal(module: Module, name: string): boolean {
  const binding = module.bindings.get(name);
  return binding !== undefined && binding.value?.kind !== 'import';
}

function isTypeName(module: Module, name: string): boolean {
  return module.bindings.get(name)?.value === undefined;
}

function bindingOf(imported: string, name: string): string {
  return imported === name ? name : `${imported} as ${name}`;
}

/** What the moved statements need of their old file, seen from the new one. */
function importedBy(from: Module, to: Module, name: string, names: ReadonlySet<string>): readonly Imported[] {
  const binding = from.bindings.get(name);
  if (binding === undefined || names.has(name)) return [];
  const { value } = binding;
  if (value?.kind !== 'import')
    return [{ name, imported: name, from: specifier(to, from.file), typeOnly: isTypeName(from, name) }];
  const { imported, typeOnly } = value;
  const path = value.from.startsWith('.') ? join(dirname(from.file), value.from) : value.from;
  const isOwn = value.from.startsWith('.') && candidates(resolve(dirname(from.path), value.from)).includes(to.path);
  if (isOwn && imported === name) return [];
  return [{ name, imported, from: value.from.startsWith('.') ? specifier(to, path) : path, typeOnly }];
}

function insertion(to: Module, text: string, anchor: ts.Statement | undefined, eol: string): TextEdit {
  if (anchor !== undefined) {
    const start = startWithComments(to, anchor);
    return { start, end: start, text: `${text}${eol}${eol}` };
  }
  const end = to.text.trimEnd().length;
  return { start: end, end: to.text.length, text: `${end === 0 ? '' : eol + eol}${text}${eol}` };
}

function withExport(text: string, { source, text: old }: Module, names: readonly string[], from: string): string {
  const { eol, quote, semicolons } = styleOf(old, source);
  const line = `export { ${names.join(', ')} } from ${quote}${from}${quote}${semicolons ? ';' : ''}`;
  return `${text.trimEnd()}${eol}${eol}${line}${eol}`;
}

/** `billing.charge`, where `billing` is the whole file. */
function throughWhole(
  { bindings, source }: Module,
  isFrom: (path: string) => boolean,
  names: ReadonlySet<string>,
): readonly { readonly node: ts.PropertyAccessExpression; readonly name: string }[] {
  const isWhole = (name: string): boolean => {
    const value = bindings.get(name)?.value;
    return value?.kind === 'import' && value.imported === '*' && isFrom(value.from);
  };
  const found: { readonly node: ts.PropertyAccessExpression; readonly name: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression) && isWhole(node.expression.text))
      if (names.has(node.name.text)) found.push({ node, name: node.name.text });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Every name in a file, whatever it is the name of. */
function identifiersIn({ source }: Module): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    // A member is called through its owner.
    if (ts.isPropertyAccessExpression(node)) return visit(node.expression);
    if (ts.isIdentifier(node)) found.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Exports what another file needs now. */
function exported(texts: Texts, { path, file, display }: Module, names: readonly string[]): Texts {
  const { module } = parseModule({ path, file, display }, texts.get(path) ?? '');
  const wanted = names.filter((name) => !module.exports.has(name));
  const edits = module.source.statements.flatMap((statement) => {
    if (
      !namesOf(statement).some((name) => wanted.includes(name)) ||
      hasModifier(statement, ts.SyntaxKind.ExportKeyword)
    )
      return [];
    const start = statement.getStart(module.source);
    return [{ start, end: start, text: 'export ' }];
  });
  return new Map([...texts, [path, applyEdits(module.text, edits)]]);
}
