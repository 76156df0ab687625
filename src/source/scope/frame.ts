import { ts } from '../syntax/typescript.js';
import { boundNames } from '../syntax/module.ts';

/** The names that one function or block adds to what it can see. */
export interface Frame {
  readonly values: Set<string>;
  readonly types: Set<string>;
  /** Those of the values that are parts of something from outside, each with the name of that. */
  readonly parts: Map<string, string>;
  readonly parent: Frame | undefined;
  /** Has it a `this` of its own? */
  readonly ownThis: boolean;
}

/** A frame below another. */
export function below(parent: Frame | undefined, ownThis = false): Frame {
  return { values: new Set(), types: new Set(), parts: new Map(), parent, ownThis };
}

/** Does a frame, or one above it, declare this name? */
export function declares(frame: Frame, meaning: 'values' | 'types', name: string): boolean {
  for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) if (at[meaning].has(name)) return true;
  return false;
}

/** Is there a `this` that belongs to the code itself? */
export function hasThis(frame: Frame): boolean {
  for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) if (at.ownThis) return true;
  return false;
}

/** Adds the names that statements declare in their own block. */
export function declareStatements(frame: Frame, statements: readonly ts.Node[]): void {
  for (const statement of statements) {
    if (ts.isVariableStatement(statement)) declareList(frame, statement.declarationList);
    else if (ts.isFunctionDeclaration(statement) && statement.name !== undefined) frame.values.add(statement.name.text);
    else if ((ts.isClassDeclaration(statement) && statement.name !== undefined) || ts.isEnumDeclaration(statement)) {
      frame.values.add((statement.name as ts.Identifier).text);
      frame.types.add((statement.name as ts.Identifier).text);
    } else if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement))
      frame.types.add(statement.name.text);
  }
}

/** Adds the names of `const a = …, { b } = …`. */
export function declareList(frame: Frame, list: ts.VariableDeclarationList): void {
  for (const { name } of list.declarations) for (const { text } of boundNames(name)) frame.values.add(text);
}

/** Adds what a function's body declares with `var`, at any depth. */
export function declareVars(frame: Frame, body: ts.Node): void {
  ts.forEachChild(body, (child) => {
    if (ts.isFunctionLike(child) || ts.isClassLike(child)) return;
    if (ts.isVariableDeclarationList(child) && (child.flags & ts.NodeFlags.BlockScoped) === 0)
      declareList(frame, child);
    declareVars(frame, child);
  });
}

/** Adds type parameters. */
export function declareTypes(frame: Frame, parameters: readonly ts.TypeParameterDeclaration[] | undefined): void {
  for (const parameter of parameters ?? []) frame.types.add(parameter.name.text);
}
