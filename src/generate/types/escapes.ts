import type { Diagnostic } from '../../model/index.ts';
import { ts } from '../../source/syntax/typescript.js';
import { problemIn } from '../codes.ts';
import { bare, keyOf } from '../policy/constant.ts';

/** Ways around the type checker that code may not take: with one of them, that it type-checks would say nothing. */
export function typeEscapes(code: string, file: string): readonly Diagnostic[] {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const zod = zodIn(source);
  const problems: Diagnostic[] = [];
  const add = (at: number, message: string, hint?: string, mr = 'MR5011'): void => {
    const { line, character } = source.getLineAndCharacterOfPosition(at);
    problems.push(problemIn(file, mr, message, { line: line + 1, column: character + 1 }, hint));
  };
  for (const { pos, text } of commentsOf(code)) {
    if (/@ts-(?:ignore|expect-error|nocheck|check)\b/.test(text)) add(pos, 'A comment switches the type checker off.');
    if (/^\/\/\/\s*<(?:reference|amd)/.test(text)) add(pos, 'A comment takes in other declarations.');
  }
  const visit = (node: ts.Node): void => {
    const at = node.getStart(source);
    if (node.kind === ts.SyntaxKind.AnyKeyword)
      add(at, "The type 'any' is not taken.", "Use 'unknown', and check it with zod.");
    else if (ts.isAsExpression(node) && !ts.isConstTypeReference(node.type))
      add(at, "A type assertion ('as') is not taken.", 'Check the value with zod, or narrow it.');
    else if (ts.isTypeAssertionExpression(node)) add(at, "A type assertion ('<T>x') is not taken.");
    else if (ts.isNonNullExpression(node))
      add(at, "A non-null assertion ('!') is not taken.", 'Look whether it is there.');
    else if (ts.isModuleDeclaration(node)) add(at, "'declare module', 'declare global' and namespaces are not taken.");
    else if (hasDeclare(node)) add(at, "'declare' is not taken: what it says is not checked.");
    else if (zod !== undefined && ts.isCallExpression(node) && memberOf(node.expression, zod) === 'any')
      add(at, "What 'z.any()' takes is 'any' afterwards.", "Say what it is, or 'z.unknown()'.");
    else if (
      zod !== undefined &&
      ts.isCallExpression(node) &&
      node.arguments.length === 0 &&
      memberOf(node.expression, zod) === 'custom'
    )
      add(at, "'z.custom()' without a check takes everything for what is said.", 'Say what it is.');
    else if (ts.isTypePredicateNode(node))
      add(at, "A type predicate ('x is T') is not taken: nobody checks that it is true.", 'Check the value with zod.');
    else if (isUntyped(node) && !isChecked(node, source))
      add(
        at,
        `What ${node.expression.getText(source)}() gives is 'any': it has to be checked before it is used.`,
        'Hand it to a zod schema at once: `Shape.parse(…)`; or keep it as `unknown`.',
        'MR5012',
      );
    ts.forEachChild(node, visit);
  };
  visit(source);
  return problems;
}

/** The comments of a text. Texts and templates in it are passed by. */
export function commentsOf(code: string): readonly { readonly pos: number; readonly text: string }[] {
  const source = ts.createSourceFile('comments.ts', code, ts.ScriptTarget.Latest, true);
  const seen = new Map<number, string>();
  const take = (node: ts.Node): void => {
    const ranges = [
      ...(ts.getLeadingCommentRanges(code, node.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(code, node.getEnd()) ?? []),
    ];
    for (const { pos, end } of ranges) seen.set(pos, code.slice(pos, end));
    for (const child of node.getChildren(source)) take(child);
  };
  // The children of a template are its pieces: what looks like a comment in one is text.
  take(source);
  const texts: (readonly [number, number])[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node))
      texts.push([node.getStart(source), node.getEnd()]);
    if (ts.isRegularExpressionLiteral(node)) texts.push([node.getStart(source), node.getEnd()]);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...seen]
    .filter(([pos]) => !texts.some(([start, end]) => pos >= start && pos < end))
    .sort(([first], [second]) => first - second)
    .map(([pos, text]) => ({ pos, text }));
}

function hasDeclare(node: ts.Node): boolean {
  return (
    ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword)
  );
}

/** Calls that give `any`, whatever comes: `JSON.parse`, however it is written. */
function isUntyped(node: ts.Node): node is ts.CallExpression {
  return ts.isCallExpression(node) && memberOf(node.expression, 'JSON') === 'parse';
}

/** The name of the member of `of` that an expression asks for. */
function memberOf(node: ts.Expression, of: string): string | undefined {
  const inner = bare(node);
  if (!ts.isPropertyAccessExpression(inner) && !ts.isElementAccessExpression(inner)) return undefined;
  const whole = bare(inner.expression);
  if (!ts.isIdentifier(whole) || whole.text !== of) return undefined;
  return ts.isPropertyAccessExpression(inner) ? inner.name.text : keyOf(inner.argumentExpression);
}

/** Under which name the module knows zod. */
function zodIn(source: ts.SourceFile): string | undefined {
  for (const one of source.statements) {
    if (!ts.isImportDeclaration(one) || !ts.isStringLiteral(one.moduleSpecifier)) continue;
    const bindings = one.importClause?.namedBindings;
    if (one.moduleSpecifier.text !== 'zod' || bindings === undefined || !ts.isNamedImports(bindings)) continue;
    for (const { name, propertyName } of bindings.elements) if ((propertyName ?? name).text === 'z') return name.text;
  }
  return undefined;
}

/** Is it handed on to something, or kept as `unknown`? */
function isChecked(node: ts.CallExpression, source: ts.SourceFile): boolean {
  let outer: ts.Node = node.parent;
  while (ts.isParenthesizedExpression(outer) || ts.isAwaitExpression(outer)) outer = outer.parent;
  if (ts.isCallExpression(outer))
    return outer.arguments.some((argument) => argument.pos <= node.pos && node.end <= argument.end);
  if (ts.isVariableDeclaration(outer)) return outer.type?.getText(source) === 'unknown';
  return ts.isSatisfiesExpression(outer) ? outer.type.getText(source) === 'unknown' : false;
}
