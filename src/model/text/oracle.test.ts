/** The normaliser against the parser and printer of TypeScript, over all the source of this project. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { ts } from 'ts-morph';
import { expect, it } from 'vitest';
import { normaliseText } from './normalise.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const files = globSync(['src/**/*.ts', 'dsl-examples/**/*.ts'], { cwd: root });
const read = (file: string): string => readFileSync(root + file, 'utf8');
const parse = (text: string): ts.SourceFile => ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, true);
// The code of a system stands in modules, where `await` is no name.
const asModule = (text: string): ts.SourceFile => parse(`${text}\nexport {};`);

/** What a syntax tree says: its kinds, and the values of its leaves; for an empty statement, nothing. */
function meaning(node: ts.Node): string {
  if (ts.isSemicolonClassElement(node) || node.kind === ts.SyntaxKind.EndOfFileToken) return '';
  if (node.kind === ts.SyntaxKind.EmptyStatement && (ts.isBlock(node.parent) || ts.isSourceFile(node.parent)))
    return '';
  // The first line of a union may begin with its mark.
  if ((ts.isUnionTypeNode(node) || ts.isIntersectionTypeNode(node)) && node.types.length === 1)
    return meaning(node.types[0] as ts.Node);
  // A formatter may put parentheses around the whole of what an arrow, `return` or `throw` gives.
  if (ts.isParenthesizedExpression(node) || ts.isParenthesizedTypeNode(node)) {
    const { parent } = node;
    const isWhole =
      ts.isArrowFunction(parent) ||
      ts.isReturnStatement(parent) ||
      ts.isThrowStatement(parent) ||
      ts.isFunctionTypeNode(parent);
    if (isWhole) return meaning(ts.isParenthesizedExpression(node) ? node.expression : node.type);
  }
  const children: string[] = [];
  ts.forEachChild(node, (child) => void children.push(meaning(child)));
  const value =
    ts.isIdentifier(node) ||
    ts.isPrivateIdentifier(node) ||
    ts.isLiteralExpression(node) ||
    ts.isTemplateMiddleOrTemplateTail(node)
      ? node.text
      : '';
  // A name is a name, with quotes or without; a template without holes is a string.
  const isKey =
    ts.isPropertyName(node) &&
    (ts.isPropertyAssignment(node.parent) || ts.isPropertySignature(node.parent)) &&
    node.parent.name === node;
  const isText =
    ts.isStringLiteral(node) ||
    (node.kind === ts.SyntaxKind.NoSubstitutionTemplateLiteral && !ts.isTaggedTemplateExpression(node.parent));
  const kind = isKey && !ts.isComputedPropertyName(node) ? 'name' : isText ? 'string' : node.kind;
  const flags = ts.isVariableDeclarationList(node) ? node.flags & ts.NodeFlags.BlockScoped : 0;
  const operator = ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node) ? node.operator : '';
  return `(${kind} ${flags}${operator} ${JSON.stringify(value)} ${children.join('')})`;
}

/** Is this TypeScript, as far as a parser knows? */
function isSound(file: ts.SourceFile): boolean {
  const { parseDiagnostics } = file as unknown as { readonly parseDiagnostics: readonly unknown[] };
  const isEmptyList = (node: ts.Node): boolean =>
    (ts.isVariableDeclarationList(node) && node.declarations.length === 0) ||
    (ts.forEachChild(node, isEmptyList) ?? false);
  return parseDiagnostics.length === 0 && !isEmptyList(file);
}

it('prints every file as it prints what the printer of TypeScript makes of it', () => {
  const printer = ts.createPrinter({ removeComments: true });
  const different = files.filter((file) => {
    const text = read(file);
    // The printer keeps neither the commas in front of a hole nor empty lines; it does keep all that counts.
    return normaliseText(text) !== normaliseText(printer.printFile(parse(text)));
  });
  expect(different).toEqual([]);
});

it('never prints alike what TypeScript reads differently', () => {
  const pieces = files.flatMap((file) => {
    const statements: string[] = [];
    ts.forEachChild(parse(read(file)), (node) => {
      const text = node.getText();
      if (text !== '' && text.length < 600) statements.push(text);
    });
    return statements;
  });
  const noise = [
    '',
    ' ',
    '\n',
    ';',
    ',',
    '!',
    '++',
    '-',
    '(',
    ')',
    '|',
    '`',
    '/',
    "'a'",
    'a',
    '[',
    '{',
    '}',
    '=>',
    '.',
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...pieces),
      fc.nat(),
      fc.nat({ max: 3 }),
      fc.constantFrom(...noise),
      (text, at, cut, put) => {
        const position = at % (text.length + 1);
        const edited = text.slice(0, position) + put + text.slice(position + cut);
        // In a type, and only there, a line break ends it before a bracket: nobody writes that, and tokens cannot tell.
        if (/\n\s*\[/.test(edited) && !/\n\s*\[/.test(text)) return;
        const [before, after] = [asModule(text), asModule(edited)];
        if (!isSound(after) || meaning(before) === meaning(after)) return;
        expect({ edited, print: normaliseText(edited) }).not.toEqual({ edited, print: normaliseText(text) });
      },
    ),
    { numRuns: 3_000, endOnFailure: true, seed: 7 },
  );
});
