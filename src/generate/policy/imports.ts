import { isBuiltin } from 'node:module';
import { nearest } from '../../core/index.ts';
import { ts } from '../../source/syntax/typescript.js';
import type { PolicySubject, Tell } from './check.ts';
import { clocks, importable } from './names.ts';
import type { ParsedCode } from './parse.ts';

/** Only what the subject lists is imported, and of Node only what reaches nothing. */
export function judgeImports({ source }: ParsedCode, { imports }: PolicySubject, tell: Tell): void {
  const allowed = new Set(imports);
  for (const statement of source.statements) {
    const from =
      ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement) ? statement.moduleSpecifier : undefined;
    if (from === undefined || !ts.isStringLiteral(from)) continue;
    const { text } = from;
    if (isBuiltin(text)) {
      const names = allowed.has(text) ? importable.get(text) : undefined;
      if (names === undefined) {
        tell(
          from,
          'MR5031',
          `The module '${text}' of Node is not among those that this task may import.`,
          'A task reaches the world through its context: ctx.fetch, ctx.fs, ctx.env, ctx.resource.',
        );
      } else for (const [name, node] of namesOf(statement)) judgeName(text, name, names, node, tell);
    } else if (!allowed.has(text)) {
      const like = nearest(text, imports);
      tell(
        from,
        'MR5031',
        `The module '${text}' is not among those that this task may import.`,
        like === undefined ? `It may import: ${imports.join(', ')}.` : `Did you mean '${like}'?`,
      );
    } else if (ts.isImportDeclaration(statement) && statement.importClause === undefined)
      tell(statement, 'MR5031', `'${text}' is imported for its side effects only.`, 'Import the names that are used.');
    else {
      const names = importable.get(text);
      if (names !== undefined) for (const [name, node] of namesOf(statement)) judgeName(text, name, names, node, tell);
    }
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportTypeNode(node))
      tell(node, 'MR5031', "'import()' of a type is not taken.", 'Import the type at the top.');
    ts.forEachChild(node, visit);
  };
  visit(source);
}

function judgeName(from: string, name: string, names: ReadonlySet<string>, node: ts.Node, tell: Tell): void {
  if (names.has('*') || names.has(name)) return;
  const random = /^(random|generate|webcrypto|getRandom)/.test(name);
  if (from === 'node:crypto' && random)
    tell(
      node,
      'MR5040',
      `'${name}' of '${from}' gives something else each time.`,
      `Use ${clocks.get('crypto.randomUUID')}.`,
    );
  else
    tell(
      node,
      'MR5031',
      `${name === '*' || name === 'default' ? 'The whole module' : `'${name}'`} of '${from}' is not imported.`,
      `Of it these may be imported by name: ${[...names].join(', ')}.`,
    );
}

/** The names under which the other module knows what is imported. */
function namesOf(statement: ts.Statement): readonly (readonly [string, ts.Node])[] {
  if (ts.isExportDeclaration(statement)) return [['*', statement]];
  const clause = ts.isImportDeclaration(statement) ? statement.importClause : undefined;
  if (clause === undefined || clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return [];
  const names: [string, ts.Node][] = clause.name === undefined ? [] : [['default', clause.name]];
  const { namedBindings } = clause;
  if (namedBindings !== undefined && ts.isNamespaceImport(namedBindings)) names.push(['*', namedBindings]);
  else
    for (const element of namedBindings?.elements.filter((one) => !one.isTypeOnly) ?? [])
      names.push([(element.propertyName ?? element.name).text, element]);
  return names;
}
