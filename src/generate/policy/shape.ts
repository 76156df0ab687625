import { dirname, relative, resolve } from 'node:path';
import { ts } from '../../source/syntax/typescript.js';
import type { PolicySubject, Tell } from './check.ts';
import { bare } from './constant.ts';
import type { ParsedCode } from './parse.ts';

/** A module of a task gives one thing: `export default implement(contract, …)`, with the contract that was generated. */
export function judgeShape(parsed: ParsedCode, subject: PolicySubject, tell: Tell): void {
  const { source } = parsed;
  const wanted = `export default implement(${subject.contract}, …)`;
  for (const statement of source.statements) {
    const isValue =
      !ts.isInterfaceDeclaration(statement) &&
      !ts.isTypeAliasDeclaration(statement) &&
      !ts.isExportAssignment(statement);
    const exported =
      ts.canHaveModifiers(statement) &&
      (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if ((exported && isValue) || (ts.isExportDeclaration(statement) && !statement.isTypeOnly))
      tell(statement, 'MR5037', 'A module of a task exports its implementation and nothing else.', `Write ${wanted}.`);
  }
  const defaults = source.statements.filter((one) => ts.isExportAssignment(one));
  const [only, second] = defaults;
  if (only === undefined) return tell(0, 'MR5037', 'The module has no default export.', `Write ${wanted}.`);
  if (second !== undefined) tell(second, 'MR5037', 'The module has a second default export.');
  const call = bare(only.expression);
  if (
    !ts.isCallExpression(call) ||
    !isImported(parsed, call.expression, 'implement', (from) => from === 'millrace/tasks')
  )
    return tell(
      only,
      'MR5037',
      "The default export is no call of 'implement' of 'millrace/tasks'.",
      `Write ${wanted}.`,
    );
  const [contract] = call.arguments;
  const isContracts = (from: string): boolean =>
    relative(resolve(dirname(subject.file), from), subject.contracts) === '';
  if (contract === undefined || !isImported(parsed, contract, subject.contract, isContracts))
    tell(
      contract ?? call,
      'MR5037',
      `What is implemented is not the contract '${subject.contract}' of the generated contracts.`,
      `Write ${wanted}.`,
    );
}

function isImported(parsed: ParsedCode, node: ts.Expression, name: string, fits: (from: string) => boolean): boolean {
  if (!ts.isIdentifier(node)) return false;
  const [declaration, other] = parsed.declarationsOf(node);
  if (declaration === undefined || other !== undefined || !ts.isImportSpecifier(declaration)) return false;
  const from = declaration.parent.parent.parent.moduleSpecifier;
  return (declaration.propertyName ?? declaration.name).text === name && ts.isStringLiteral(from) && fits(from.text);
}

/** The second parameter of the function that implements the task, wherever that function stands. */
export function contextOf(parsed: ParsedCode): ts.ParameterDeclaration | undefined {
  const exported = parsed.source.statements.find((one) => ts.isExportAssignment(one));
  const call = exported === undefined ? undefined : bare(exported.expression);
  if (call === undefined || !ts.isCallExpression(call)) return undefined;
  const given = call.arguments[1] === undefined ? undefined : bare(call.arguments[1]);
  if (given === undefined) return undefined;
  if (ts.isArrowFunction(given) || ts.isFunctionExpression(given)) return given.parameters[1];
  if (!ts.isIdentifier(given)) return undefined;
  for (const declaration of parsed.declarationsOf(given)) {
    if (ts.isFunctionDeclaration(declaration)) return declaration.parameters[1];
    const value =
      ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined
        ? bare(declaration.initializer)
        : undefined;
    if (value !== undefined && (ts.isArrowFunction(value) || ts.isFunctionExpression(value)))
      return value.parameters[1];
  }
  return undefined;
}
