import { ts } from '../../source/syntax/typescript.js';

/** A module with what its names mean. */
export interface ParsedCode {
  readonly source: ts.SourceFile;
  readonly problems: readonly ts.DiagnosticWithLocation[];
  /** The declarations that a name stands for; empty for one that the module does not declare. */
  declarationsOf(name: ts.Identifier): readonly ts.Declaration[];
}

/** Parses one module by itself: nothing is looked up in other files. */
export function parseCode(code: string): ParsedCode {
  const path = '/task.ts';
  const source = ts.createSourceFile(path, code, { languageVersion: ts.ScriptTarget.ESNext }, true, ts.ScriptKind.TS);
  const { parseDiagnostics } = source as ts.SourceFile & {
    readonly parseDiagnostics: readonly ts.DiagnosticWithLocation[];
  };
  const program = ts.createProgram({
    rootNames: [path],
    options: { noLib: true, noResolve: true, types: [], target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext },
    host: {
      getSourceFile: (name) => (name === path ? source : undefined),
      getDefaultLibFileName: () => '/lib.d.ts',
      writeFile: () => {},
      getCurrentDirectory: () => '/',
      getCanonicalFileName: (name) => name,
      useCaseSensitiveFileNames: () => true,
      getNewLine: () => '\n',
      fileExists: (name) => name === path,
      readFile: () => undefined,
    },
  });
  const checker = program.getTypeChecker();
  return {
    source,
    problems: parseDiagnostics,
    declarationsOf(name) {
      const symbol = ts.isShorthandPropertyAssignment(name.parent)
        ? checker.getShorthandAssignmentValueSymbol(name.parent)
        : checker.getSymbolAtLocation(name);
      return symbol?.declarations ?? [];
    },
  };
}
