import { ts } from '../syntax/typescript.js';
import { namesOf } from '../save/pieces.ts';
import type { Module } from '../syntax/module.ts';
import { walk, type Observer } from '../scope/walk.ts';

const silent: Omit<Observer, 'free'> = {
  freeMember() {},
  whole() {},
  current() {},
  change() {},
  collection() {},
  format() {},
  self() {},
  asynchronous() {},
  moduleOnly() {},
};

/** The names of its file that a statement refers to, those that it declares itself left out. */
export function freeIn(statement: ts.Statement): ReadonlySet<string> {
  const found = new Set<string>();
  const observer: Observer = { ...silent, free: ({ text }) => void found.add(text) };
  if (ts.isVariableStatement(statement)) {
    for (const { initializer, type } of statement.declarationList.declarations)
      for (const node of [initializer, type]) if (node !== undefined) walk(node, observer);
  } else if (ts.isExportAssignment(statement)) walk(statement.expression, observer);
  else if (ts.isExportDeclaration(statement)) {
    const { exportClause, moduleSpecifier } = statement;
    if (moduleSpecifier === undefined && exportClause !== undefined && ts.isNamedExports(exportClause))
      for (const { name, propertyName } of exportClause.elements) found.add((propertyName ?? name).text);
  } else if (!ts.isImportDeclaration(statement)) walk(statement, observer);
  for (const name of namesOf(statement)) found.delete(name);
  return found;
}

/** The statements of a file that declare a name. */
export function declaring({ source }: Module, name: string): readonly ts.Statement[] {
  return source.statements.filter((statement) => namesOf(statement).includes(name));
}
