import { readFileSync } from 'node:fs';
import { ts } from '../../source/syntax/typescript.js';

/**
 * Where a config says something: the place of a member or item of its default export, or of as much of the path as it
 * spells out. What is computed has the place of the expression. The parser is loaded by who asks: only what is wrong has
 * to be found.
 */
export function placeInConfig(
  file: string,
  path: readonly PropertyKey[],
): { readonly line: number; readonly column: number } {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  let at: ts.Node = defaultExport(source) ?? source;
  let shown = at;
  for (const key of path) {
    const value = plain(at, source);
    if (ts.isArrayLiteralExpression(value)) {
      const item = value.elements[Number(key)];
      if (item === undefined) break;
      [at, shown] = [item, item];
    } else if (ts.isObjectLiteralExpression(value)) {
      const member = value.properties.find(
        ({ name }) => name !== undefined && 'text' in name && name.text === String(key),
      );
      if (member === undefined) break;
      shown = member;
      at = ts.isPropertyAssignment(member)
        ? member.initializer
        : ts.isShorthandPropertyAssignment(member)
          ? member.name
          : member;
    } else break;
  }
  const { line, character } = source.getLineAndCharacterOfPosition(shown.getStart(source));
  return { line: line + 1, column: character + 1 };
}

function defaultExport(source: ts.SourceFile): ts.Node | undefined {
  const found = source.statements.find(
    (statement): statement is ts.ExportAssignment => ts.isExportAssignment(statement) && !statement.isExportEquals,
  );
  return found?.expression;
}

/** What a value is without what is around it: types, brackets, `defineConfig`, the name of a constant of the file. */
function plain(node: ts.Node, source: ts.SourceFile): ts.Node {
  let value = node;
  // A constant that is made of itself has no end.
  for (let steps = 0; steps < 20; steps++) {
    if (ts.isParenthesizedExpression(value) || ts.isAsExpression(value) || ts.isSatisfiesExpression(value))
      value = value.expression;
    else if (ts.isCallExpression(value) && value.arguments[0] !== undefined) value = value.arguments[0];
    else if (ts.isIdentifier(value)) {
      const declared = declaration(value.text, source);
      if (declared === undefined) return value;
      value = declared;
    } else return value;
  }
  return value;
}

function declaration(name: string, source: ts.SourceFile): ts.Node | undefined {
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    const found = statement.declarationList.declarations.find(
      (one) => ts.isIdentifier(one.name) && one.name.text === name,
    );
    if (found?.initializer !== undefined) return found.initializer;
  }
  return undefined;
}
