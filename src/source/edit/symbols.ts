import { parseText } from '../syntax/parse-text.ts';
import { ts } from '../syntax/typescript.js';
import { candidates } from '../files/imports.ts';
import { applyEdits, type TextEdit } from '../save/edits.ts';
import { namesOf } from '../save/pieces.ts';
import { dirname, resolve } from 'node:path';

/** Files by absolute path. */
export type Texts = ReadonlyMap<string, string>;

const settings: ts.CompilerOptions = {
  noLib: true,
  types: [],
  allowImportingTsExtensions: true,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  target: ts.ScriptTarget.ESNext,
};

/** Where else the declaration of a name is referred to, in all files; only those files exist. */
function referencesIn(texts: Texts, path: string, offset: number): readonly ts.RenameLocation[] {
  const host: ts.LanguageServiceHost = {
    getCompilationSettings: () => settings,
    getScriptFileNames: () => [...texts.keys()],
    getScriptVersion: () => '1',
    getScriptSnapshot: (file) => {
      const text = texts.get(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => dirname(path),
    getDefaultLibFileName: () => 'none.d.ts',
    fileExists: (file) => texts.has(file),
    readFile: (file) => texts.get(file),
    // What a comment says stays: it may be the description of something.
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
    resolveModuleNameLiterals: (literals, from) =>
      literals.map(({ text }) => {
        const found = text.startsWith('.')
          ? candidates(resolve(dirname(from), text)).find((candidate) => texts.has(candidate))
          : undefined;
        if (found === undefined) return { resolvedModule: undefined };
        const extension = found.endsWith('.mts') ? ts.Extension.Mts : ts.Extension.Ts;
        return { resolvedModule: { resolvedFileName: found, extension, isExternalLibraryImport: false } };
      }),
  };
  const service = ts.createLanguageService(host);
  try {
    const preferences = { providePrefixAndSuffixTextForRename: true };
    return service.findRenameLocations(path, offset, false, false, preferences) ?? [];
  } finally {
    service.dispose();
  }
}

/**
 * Gives what is declared at an offset another name, wherever it is referred to: in other files and in types, too. What
 * is called the same and is something else keeps its name, and so do members: `{ placed }` becomes `{ placed: ordered }`.
 * Nothing is given where the new name means something already.
 */
export function renameSymbol(texts: Texts, path: string, offset: number, to: string): Texts | undefined {
  const first = referencesIn(texts, path, offset);
  if (first.length === 0) return undefined;
  const next = renameAll(texts, first, to);
  const isTaken = [...next].some(([file, text]) => {
    const before = texts.get(file) ?? '';
    const count = text === before ? 0 : declarations(before, to);
    return count > 0 && declarations(text, to) > count;
  });
  if (isTaken) return undefined;
  const isSure = !first.some(({ fileName }) => isUsed(texts.get(fileName) ?? '', to));
  // Where there are such names already, all that was renamed, and nothing else, must still be one thing.
  return isSure || referencesIn(next, path, movedOffset(first, path, offset, to)).length === first.length
    ? next
    : undefined;
}

/** Where a declaration stands when those before it in its file are renamed. */
function movedOffset(locations: readonly ts.RenameLocation[], path: string, offset: number, to: string): number {
  const before = locations.filter(({ fileName, textSpan }) => fileName === path && textSpan.start < offset);
  const growth = before.map(
    ({ textSpan, prefixText = '', suffixText = '' }) =>
      prefixText.length + to.length + suffixText.length - textSpan.length,
  );
  return growth.reduce((sum, each) => sum + each, offset);
}

function renameAll(texts: Texts, locations: readonly ts.RenameLocation[], to: string): Texts {
  const edits = new Map<string, TextEdit[]>();
  const exported: { readonly path: string; readonly at: number }[] = [];
  for (const { fileName, textSpan, prefixText = '', suffixText = '' } of locations) {
    const own = edits.get(fileName) ?? [];
    edits.set(fileName, own);
    own.push({ start: textSpan.start, end: textSpan.start + textSpan.length, text: `${prefixText}${to}${suffixText}` });
    if (suffixText.startsWith(' as ')) exported.push({ path: fileName, at: textSpan.start });
  }
  let next = new Map([...texts].map(([path, text]) => [path, applyEdits(text, edits.get(path) ?? [])]));
  // `export { charge }` is `export { pay as charge }` now: who imports it shall call it `pay`, too.
  for (const { path, at } of exported) {
    const before = (edits.get(path) ?? []).filter(({ start }) => start < at);
    const moved = before.reduce((sum, { start, end, text }) => sum + text.length - (end - start), at);
    const offset = moved + to.length + ' as '.length;
    const others = referencesIn(next, path, offset);
    if (others.some(({ fileName }) => fileName !== path && isUsed(next.get(fileName) ?? '', to))) continue;
    const again = renameAll(next, others, to);
    const twice = `${to} as ${to}`;
    next = new Map(again);
    const text = next.get(path) ?? '';
    const place = text.indexOf(twice, Math.max(0, moved - to.length));
    if (place >= 0) next.set(path, text.slice(0, place) + to + text.slice(place + twice.length));
  }
  return next;
}

/** How often a file declares or imports a name. */
function declarations(text: string, name: string): number {
  if (!text.includes(name)) return 0;
  const source = parseText(text);
  const imported = (statement: ts.ImportDeclaration): readonly string[] => {
    const { name: whole, namedBindings: more } = statement.importClause ?? {};
    const listed =
      more === undefined ? [] : ts.isNamedImports(more) ? more.elements.map((each) => each.name) : [more.name];
    return [...(whole === undefined ? [] : [whole]), ...listed].map((each) => each.text);
  };
  return source.statements
    .flatMap((statement) => (ts.isImportDeclaration(statement) ? imported(statement) : namesOf(statement)))
    .filter((each) => each === name).length;
}

/** Is there a name like this that is not the name of a member? */
function isUsed(text: string, name: string): boolean {
  if (!text.includes(name)) return false;
  const source = parseText(text);
  const visit = (node: ts.Node): boolean => {
    if (ts.isIdentifier(node)) return node.text === name;
    const isMember = ts.isPropertyAccessExpression(node) || ts.isPropertyAssignment(node);
    return (
      ts.forEachChild(node, (child) => (isMember && child === node.name ? undefined : visit(child) || undefined)) ===
      true
    );
  };
  return visit(source);
}
