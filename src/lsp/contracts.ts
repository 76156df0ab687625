/** Files beside a system that name what it declares by the contracts generated from it: tasks, most of all. */
import type { SystemModel } from '../model/index.ts';
import { pathName } from '../model/edit/path.ts';
import { camelCase } from '../model/text/names.ts';
import type { Entity } from '../source/places/entity.ts';
import { isMemberName, tokenAt, tokensOf } from '../source/places/tokens.ts';
import { parseText } from '../source/syntax/parse-text.ts';
import { ts } from '../source/syntax/typescript.js';

/** A change of a text, by UTF-16 offsets. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const kinds = ['events', 'tasks', 'flows'] as const;

/** What a name in a file stands for that imports contracts. */
export function contractAt(
  system: SystemModel,
  text: string,
  offset: number,
): { readonly entity: Entity; readonly start: number; readonly end: number } | undefined {
  const source = parseText(text);
  const token = tokenAt(source, offset);
  if (token === undefined || isMemberName(token)) return undefined;
  const imported = importsOf(source).find(({ local }) => local.text === token.text)?.imported.text;
  for (const kind of kinds) {
    const name = Object.keys(system[kind]).find((each) => camelCase(each) === imported);
    if (name === undefined) continue;
    const entity = { kind: kind.slice(0, -1) as Entity['kind'], name, path: `${kind}.${pathName(name)}` };
    return { entity, start: token.start, end: token.end };
  }
  return undefined;
}

/** The changes of a file that imports contracts, when what one was made of gets another name. */
export function renameContract(text: string, from: string, to: string): readonly TextChange[] {
  const source = parseText(text);
  const [before, after] = [camelCase(from), camelCase(to)];
  const found = importsOf(source).find(({ imported }) => imported.text === before);
  if (found === undefined || before === after) return [];
  const { imported, local } = found;
  const change = (node: ts.Node): TextChange => ({ start: node.getStart(source), end: node.end, text: after });
  // `import { chargeCard as charge }`: the rest of the file calls it `charge`.
  if (imported !== local) return [change(imported)];
  return tokensOf(source, before)
    .filter((token) => ts.isIdentifier(token.node) && !isMemberName(token))
    .map(({ node, around: [parent] }) => {
      const isShort = parent !== undefined && ts.isShorthandPropertyAssignment(parent);
      return isShort ? { ...change(node), text: `${before}: ${after}` } : change(node);
    });
}

interface Imported {
  /** What the module calls it, and what the file does. The same node where they are one. */
  readonly imported: ts.Identifier | ts.StringLiteral;
  readonly local: ts.Identifier;
}

/** What a file imports from generated contracts. */
function importsOf(source: ts.SourceFile): readonly Imported[] {
  return source.statements.flatMap((statement): Imported[] => {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return [];
    const named = statement.importClause?.namedBindings;
    if (!/\/contracts\.[jt]s$/.test(statement.moduleSpecifier.text) || named === undefined) return [];
    if (!ts.isNamedImports(named)) return [];
    return named.elements.map(({ name, propertyName }) => ({ imported: propertyName ?? name, local: name }));
  });
}
