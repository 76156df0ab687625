import { ts } from './typescript.js';

/** What a top-level name of a file stands for as a value. */
export type ValueBinding =
  | {
      readonly kind: 'const' | 'let' | 'pattern' | 'ambient';
      readonly declaration: ts.VariableDeclaration;
      readonly statement: ts.VariableStatement;
    }
  | { readonly kind: 'function' | 'class' | 'enum' | 'namespace'; readonly statements: ts.Statement[] }
  | {
      readonly kind: 'import';
      /** The name in the other module; `default` and `*` as in JavaScript. */
      readonly imported: string;
      readonly from: string;
      readonly typeOnly: boolean;
      readonly declaration: ts.Node;
    };

/** A top-level name of a file. */
export interface Binding {
  readonly name: string;
  value?: ValueBinding;
  /** Interfaces and type aliases of this name. */
  readonly types: ts.Statement[];
}

/** What stands behind one exported name. */
export interface Export {
  /** The top-level name in this file, or the name in `from`. */
  readonly name: string;
  /** Re-exported from this specifier. */
  readonly from?: string;
  /** The expression of `export default …`. */
  readonly expression?: ts.Expression;
  readonly node: ts.Node;
}

/** One parsed source file with its top-level names. */
export interface Module {
  /** Absolute. */
  readonly path: string;
  /** Relative to the folder of the entry file, with forward slashes. */
  readonly file: string;
  /** Relative to the working directory, for diagnostics. */
  readonly display: string;
  readonly text: string;
  readonly source: ts.SourceFile;
  readonly bindings: ReadonlyMap<string, Binding>;
  readonly exports: ReadonlyMap<string, Export>;
  readonly stars: readonly { readonly from: string; readonly node: ts.Node }[];
  /** Default exports after the first. */
  readonly moreDefaults: readonly ts.Statement[];
}

/** A node and the file it stands in. */
export interface Site<N extends ts.Node = ts.Node> {
  readonly module: Module;
  readonly node: N;
}

/** What a name leads to: a declaration, a whole module (a namespace import), a default export, or nothing known. */
export type Behind =
  | { readonly kind: 'declared'; readonly module: Module; readonly binding: Binding }
  | { readonly kind: 'module'; readonly module: Module }
  | { readonly kind: 'expression'; readonly site: Site<ts.Expression> }
  | { readonly kind: 'outside'; readonly from: string; readonly imported: string };

/** A problem that the parser found, by offset. */
export interface SyntaxProblem {
  readonly start: number;
  readonly length: number;
  readonly message: string;
}

/** What a file is by its text alone, whoever reads it. */
export interface ParsedFile extends Pick<
  Module,
  'text' | 'source' | 'bindings' | 'exports' | 'stars' | 'moreDefaults'
> {
  readonly problems: readonly SyntaxProblem[];
}

/** Parses a file. JSDoc is read from the text when it is needed: parsing it costs more than all the rest. */
export function parseFile(path: string, text: string): ParsedFile {
  const source = ts.createSourceFile(
    path,
    text,
    { languageVersion: ts.ScriptTarget.ESNext, jsDocParsingMode: ts.JSDocParsingMode.ParseNone },
    false,
    ts.ScriptKind.TS,
  );
  // The parser keeps its problems on the file; the public way to them builds a whole program first.
  const { parseDiagnostics } = source as ts.SourceFile & {
    readonly parseDiagnostics: readonly ts.DiagnosticWithLocation[];
  };
  const problems = parseDiagnostics.map(({ start, length, messageText }) => ({
    start,
    length,
    message: ts.flattenDiagnosticMessageText(messageText, '\n'),
  }));
  return { text, source, ...topLevel(source), problems };
}

/** Parses a file, and gives it the names that it is known by. */
export function parseModule(
  names: Pick<Module, 'path' | 'file' | 'display'>,
  text: string,
): { readonly module: Module; readonly problems: readonly SyntaxProblem[] } {
  const { problems, ...parsed } = parseFile(names.path, text);
  return { module: { ...names, ...parsed }, problems };
}

function topLevel(source: ts.SourceFile): Pick<Module, 'bindings' | 'exports' | 'stars' | 'moreDefaults'> {
  const bindings = new Map<string, Binding>();
  const exports = new Map<string, Export>();
  const stars: { from: string; node: ts.Node }[] = [];
  const moreDefaults: ts.Statement[] = [];
  const at = (name: string): Binding => {
    let binding = bindings.get(name);
    if (binding === undefined) bindings.set(name, (binding = { name, types: [] }));
    return binding;
  };
  const exported = (name: string, node: ts.Node): void => void exports.set(name, { name, node });
  const byDefault = (statement: ts.Statement, found: Export): void => {
    if (exports.has('default')) moreDefaults.push(statement);
    else exports.set('default', found);
  };

  for (const statement of source.statements) {
    const isExported = hasModifier(statement, ts.SyntaxKind.ExportKeyword);
    const isDefault = hasModifier(statement, ts.SyntaxKind.DefaultKeyword);
    if (ts.isVariableStatement(statement)) {
      const { declarationList } = statement;
      const kind = hasModifier(statement, ts.SyntaxKind.DeclareKeyword)
        ? 'ambient'
        : (declarationList.flags & ts.NodeFlags.Const) === 0
          ? 'let'
          : 'const';
      for (const declaration of declarationList.declarations) {
        const plain = ts.isIdentifier(declaration.name);
        for (const name of boundNames(declaration.name)) {
          at(name.text).value = { kind: plain || kind === 'let' ? kind : 'pattern', declaration, statement };
          if (isExported) exported(name.text, declaration);
        }
      }
    } else if (ts.isImportDeclaration(statement)) {
      for (const { name, ...value } of importedNames(statement)) at(name).value = value;
    } else if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) {
      at(statement.name.text).types.push(statement);
      if (isExported) exported(statement.name.text, statement);
    } else if (
      ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isEnumDeclaration(statement) ||
      ts.isModuleDeclaration(statement)
    ) {
      const name = statement.name?.text;
      if (isDefault) byDefault(statement, { name: name ?? 'default', node: statement });
      if (name === undefined) continue;
      const binding = at(name);
      const kind = ts.isFunctionDeclaration(statement)
        ? 'function'
        : ts.isClassDeclaration(statement)
          ? 'class'
          : ts.isEnumDeclaration(statement)
            ? 'enum'
            : 'namespace';
      if (binding.value !== undefined && 'statements' in binding.value) binding.value.statements.push(statement);
      else binding.value = { kind, statements: [statement] };
      if (isExported && !isDefault) exported(name, statement);
    } else if (ts.isExportAssignment(statement)) {
      byDefault(statement, { name: 'default', expression: statement.expression, node: statement });
    } else if (ts.isExportDeclaration(statement)) {
      const from =
        statement.moduleSpecifier !== undefined && ts.isStringLiteral(statement.moduleSpecifier)
          ? statement.moduleSpecifier.text
          : undefined;
      const clause = statement.exportClause;
      if (clause === undefined) {
        if (from !== undefined) stars.push({ from, node: statement });
      } else if (ts.isNamespaceExport(clause)) {
        if (from !== undefined) exports.set(clause.name.text, { name: '*', from, node: clause });
      } else {
        for (const element of clause.elements) {
          const name = (element.propertyName ?? element.name).text;
          exports.set(element.name.text, { name, node: element, ...(from === undefined ? {} : { from }) });
        }
      }
    }
  }
  return { bindings, exports, stars, moreDefaults };
}

type ImportedName = { readonly name: string } & Extract<ValueBinding, { kind: 'import' }>;

function importedNames(statement: ts.ImportDeclaration): ImportedName[] {
  const { importClause, moduleSpecifier } = statement;
  if (importClause === undefined || !ts.isStringLiteral(moduleSpecifier)) return [];
  const from = moduleSpecifier.text;
  const whole = importClause.phaseModifier === ts.SyntaxKind.TypeKeyword;
  const made = (name: ts.Identifier, imported: string, typeOnly: boolean, declaration: ts.Node): ImportedName => ({
    name: name.text,
    kind: 'import',
    imported,
    from,
    typeOnly,
    declaration,
  });
  const names: ImportedName[] = [];
  if (importClause.name !== undefined) names.push(made(importClause.name, 'default', whole, importClause));
  const { namedBindings } = importClause;
  if (namedBindings !== undefined && ts.isNamespaceImport(namedBindings)) {
    names.push(made(namedBindings.name, '*', whole, namedBindings));
  } else if (namedBindings !== undefined) {
    for (const element of namedBindings.elements) {
      names.push(made(element.name, (element.propertyName ?? element.name).text, whole || element.isTypeOnly, element));
    }
  }
  return names;
}

/** The identifiers that a declaration's name binds: one, or those of a destructuring pattern. */
export function boundNames(name: ts.BindingName): ts.Identifier[] {
  if (ts.isIdentifier(name)) return [name];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}

/** Has the statement this keyword before it? */
export function hasModifier(statement: ts.Statement, kind: ts.SyntaxKind): boolean {
  return (
    ts.canHaveModifiers(statement) && (ts.getModifiers(statement)?.some((modifier) => modifier.kind === kind) ?? false)
  );
}
