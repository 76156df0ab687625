import { dirname, join, relative } from 'node:path/posix';
import { ts } from '../syntax/typescript.js';
import type { ImportNode, LocalNode } from '../../model/index.ts';
import { namesIn } from '../../model/text/code.ts';
import { declarationTexts } from '../../model/text/declarations.ts';
import { normaliseText } from '../../model/text/normalise.ts';
import { packageName } from '../syntax/dsl-name.ts';
import type { Module } from '../syntax/module.ts';
import { docRange } from './description.ts';
import { applyEdits, type TextEdit } from './edits.ts';
import { rearranged } from './items.ts';
import type { Job } from './job.ts';
import { merge } from './merge.ts';
import { parse } from './parse.ts';
import { refersTo } from './refers.ts';
import { inStyle, type Style } from './style.ts';

/** Changes the declarations that the code reaches, where they stand. */
export function changeLocals(job: Job): void {
  for (const [name, after] of Object.entries(job.after.locals)) {
    const before = Object.hasOwn(job.before.locals, name) ? job.before.locals[name] : undefined;
    if (before === undefined || normaliseText(before.text) === normaliseText(after.text)) continue;
    const found = statementOf(job, before);
    const [was, will] = [parse(before.text), parse(after.text)];
    if (found === undefined) continue;
    const { module, statement } = found;
    const [old, next] = [initializerOf(was.source.statements[0]), initializerOf(will.source.statements[0])];
    const own = initializerOf(statement);
    const style = job.style(module);
    if (
      own !== undefined &&
      old !== undefined &&
      next !== undefined &&
      was.source.statements.length === 1 &&
      will.source.statements.length === 1
    ) {
      const wanted = { before: { source: was.source, node: old }, after: { source: will.source, node: next } };
      job.edit(module, merge({ source: module.source, node: own }, wanted, style));
      continue;
    }
    const isExported =
      ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.[0]?.kind === ts.SyntaxKind.ExportKeyword;
    const start = statement.getStart(module.source);
    job.edit(module, [
      { start, end: statement.end, text: `${isExported ? 'export ' : ''}${inStyle(will, style, '')}` },
    ]);
  }
}

function statementOf(
  job: Job,
  { location, name }: LocalNode,
): { readonly module: Module; readonly statement: ts.Statement } | undefined {
  const module = job.all().find(({ file }) => file === location.file);
  const value = module?.bindings.get(name)?.value;
  if (module === undefined || value === undefined) return undefined;
  if (value.kind === 'const' || value.kind === 'let') return { module, statement: value.statement };
  const [statement, second] = 'statements' in value ? value.statements : [];
  return statement === undefined || second !== undefined ? undefined : { module, statement };
}

function initializerOf(statement: ts.Statement | undefined): ts.Expression | undefined {
  if (statement === undefined || !ts.isVariableStatement(statement)) return undefined;
  const [only, second] = statement.declarationList.declarations;
  return second === undefined ? only?.initializer : undefined;
}

/** Imports and declares what the new texts of a file name and the file does not have. */
export function bringWhatIsNeeded(job: Job, module: Module): void {
  const edits = job.edits.get(module) ?? [];
  const own = job.names(module);
  const imports = new Map<string, ImportNode>();
  const locals = new Map<string, LocalNode>();
  const look = (name: string): void => {
    const isUnused = own.imports.get(name)?.from === packageName && !job.words.has(name);
    if (isUnused || module.bindings.has(name) || imports.has(name) || locals.has(name)) return;
    const known = own.imports.get(name);
    if (known !== undefined) {
      const from = typeof known.from === 'string' ? known.from : specifier(module, known.from.file);
      const { location } = job.after;
      imports.set(name, { kind: 'import', name, imported: known.imported, from, typeOnly: false, location });
    } else if (Object.hasOwn(job.after.imports, name)) {
      const node = job.after.imports[name] as ImportNode;
      const from = node.from.startsWith('.')
        ? specifier(module, join(dirname(node.location.file), node.from))
        : node.from;
      imports.set(name, { ...node, from });
    } else if (Object.hasOwn(job.after.locals, name)) {
      const node = job.after.locals[name] as LocalNode;
      locals.set(name, node);
      namesIn(node.text).forEach(look);
    }
  };
  const old = refersTo(module.source);
  // A declaration may be called like something that only a lambda has had.
  const isNew = (name: string): boolean =>
    Object.hasOwn(job.after.locals, name) && !Object.hasOwn(job.before.locals, name);
  for (const name of refersTo(parse(applyEdits(module.text, edits)).source))
    if (!old.has(name) || isNew(name)) look(name);
  const before = [
    ...declare(job, module, edits, [...locals.values()]),
    ...importEdits(module, job.style(module), [...imports.values()], edits),
  ];
  job.edits.set(module, [...before, ...edits]);
}

/** How a file names another one that it imports. */
export function specifier(module: Pick<Module, 'file'>, file: string): string {
  const path = relative(dirname(module.file), file);
  return path.startsWith('.') ? path : `./${path}`;
}

/** New declarations, before the first text that names one. */
function declare(
  job: Job,
  module: Module,
  edits: readonly TextEdit[],
  locals: readonly LocalNode[],
): readonly TextEdit[] {
  const names = new Set(locals.map(({ name }) => name));
  const [first] = edits
    .filter(({ text }) => [...namesIn(text)].some((name) => names.has(name)))
    .toSorted((a, b) => a.start - b.start);
  if (first === undefined || locals.length === 0) return [];
  const { eol } = job.style(module);
  const text = declarationTexts(locals)
    .map((each) => inStyle(parse(each), job.style(module), ''))
    .join(eol);
  const around = module.source.statements.find(
    (node) => node.getStart(module.source) < first.start && first.start < node.end,
  );
  if (around === undefined) {
    const isBehind = /^\s/.test(first.text);
    const at = first.start;
    return [{ start: at, end: at, text: isBehind ? `${eol}${eol}${text}` : `${text}${eol}${eol}` }];
  }
  const at = docRange(module, around)?.pos ?? around.getStart(module.source);
  return [{ start: at, end: at, text: `${text}${eol}${eol}` }];
}

/** A name that a file shall import. */
export type Imported = Pick<ImportNode, 'name' | 'imported' | 'from' | 'typeOnly'>;

/**
 * Imports names into a file: into an import that is there for the same module, or behind the last one. An import that
 * `others` change already is left to them.
 */
export function importEdits(
  module: Module,
  style: Style,
  nodes: readonly Imported[],
  others: readonly TextEdit[] = [],
): readonly TextEdit[] {
  const edits: TextEdit[] = [];
  const lines: string[] = [];
  const statements = module.source.statements.filter(ts.isImportDeclaration);
  for (const from of new Set(nodes.map((node) => node.from))) {
    for (const typeOnly of [false, true]) {
      const wanted = nodes.filter((node) => node.from === from && node.typeOnly === typeOnly);
      const named = wanted.filter(({ imported }) => imported !== '*' && imported !== 'default');
      const bindings = named.map(({ name, imported }) => (name === imported ? name : `${imported} as ${name}`));
      const there = statements.find((node) => {
        const clause = node.importClause?.namedBindings;
        const isType = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
        if (others.some(({ start, end }) => start < node.end && end > node.getStart(module.source))) return false;
        const isSame =
          ts.isStringLiteral(node.moduleSpecifier) && node.moduleSpecifier.text === from && isType === typeOnly;
        return isSame && clause !== undefined && ts.isNamedImports(clause) && clause.elements.length > 0;
      });
      const clause = there?.importClause?.namedBindings;
      if (clause !== undefined && ts.isNamedImports(clause) && bindings.length > 0) {
        const spans = clause.elements.map((node) => ({ start: node.getStart(module.source), end: node.end }));
        const placed = [...spans.map((_, at) => ({ at, edits: [] })), ...bindings.map((text) => ({ text }))];
        const items = { start: clause.elements.pos, end: clause.end - 1, spans, separator: ',' as const };
        edits.push(rearranged(module.text, items, placed, style.unit, style));
      } else if (bindings.length > 0) lines.push(line(`{ ${bindings.join(', ')} }`, from, typeOnly));
      for (const { name, imported } of wanted) {
        if (imported === '*') lines.push(line(`* as ${name}`, from, typeOnly));
        if (imported === 'default') lines.push(line(name, from, typeOnly));
      }
    }
  }
  if (lines.length === 0) return edits;
  const styled = lines
    .map((each) => inStyle(parse(each), style, ''))
    .map((each) => (style.semicolons ? each : each.replace(/;$/, '')));
  const text = styled.join(style.eol);
  const last = statements.at(-1);
  const [first] = module.source.statements;
  // The last import may be about to go, with its line.
  const gone = last && others.find(({ start, end }) => start < last.end && last.end < end);
  if (gone !== undefined) return [...edits, { start: gone.end, end: gone.end, text: text + style.eol }];
  const at = last === undefined ? (first?.getStart(module.source) ?? module.text.length) : last.end;
  return [...edits, { start: at, end: at, text: last === undefined ? text + style.eol : style.eol + text }];
}

function line(what: string, from: string, typeOnly: boolean): string {
  return `import ${typeOnly ? 'type ' : ''}${what} from '${from}';`;
}
