import { ts } from '../syntax/typescript.js';
import type { ExpressionNode, LambdaParts, SchemaNode } from '../../model/index.ts';
import type { Reading } from '../reading.ts';
import { locate, textOf } from '../syntax/location.ts';
import { boundNames, type Binding, type Site } from '../syntax/module.ts';
import { bare, behind } from '../value/follow.ts';
import { wrong, type Reader } from '../value/readers.ts';
import { noteAskedStates } from './asked-states.ts';
import { checkJsonSchema } from './json-schema.ts';
import { reach } from './reach.ts';

/** A lambda of the source. */
export type Lambda = ts.ArrowFunction | ts.FunctionExpression;

/** Is this a lambda? Parentheses and assertions around it do not count. */
export function lambdaOf(node: ts.Expression): Lambda | undefined {
  const inner = bare(node);
  return ts.isArrowFunction(inner) || ts.isFunctionExpression(inner) ? inner : undefined;
}

/** A lambda, or the name of a function. */
export const expression: Reader<ExpressionNode> = (reading, site) => {
  const lambda = lambdaOf(site.node);
  if (lambda !== undefined) return lambdaExpression(reading, { module: site.module, node: lambda });
  const node = bare(site.node);
  if (!ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node)) {
    return wrong(
      reading,
      { module: site.module, node },
      'a lambda',
      'Write `({ … }) => …`, or the name of a function.',
    );
  }
  const inner = { module: site.module, node };
  const found = ts.isIdentifier(node) ? behind(reading, site.module, node.text) : undefined;
  if (found?.kind === 'declared' && isPlainValue(found.binding))
    return wrong(reading, inner, 'a lambda', `'${textOf(inner)}' is no function.`);
  return { kind: 'expression', text: textOf(inner), uses: reach(reading, [inner]), location: locate(inner) };
};

/** Is this a constant that is certainly no function? */
function isPlainValue({ value }: Binding): boolean {
  const initializer = value?.kind === 'const' ? value.declaration.initializer : undefined;
  if (initializer === undefined) return false;
  const node = bare(initializer);
  return (
    ts.isLiteralExpression(node) ||
    ts.isObjectLiteralExpression(node) ||
    ts.isArrayLiteralExpression(node) ||
    node.kind === ts.SyntaxKind.TrueKeyword ||
    node.kind === ts.SyntaxKind.FalseKeyword
  );
}

/** A lambda as the model has it. */
export function lambdaExpression(reading: Reading, site: Site<Lambda>): ExpressionNode | undefined {
  const parts = partsOf(reading, site);
  if (parts === undefined) return undefined;
  const uses = reach(reading, [site], givenNames(site.node));
  return { kind: 'expression', text: textOf(site), uses, lambda: parts, location: locate(site) };
}

/** The names that a lambda's parameter binds. */
export function givenNames(lambda: Lambda): ReadonlySet<string> {
  return new Set(lambda.parameters.flatMap((parameter) => boundNames(parameter.name).map(({ text }) => text)));
}

/** Takes a lambda apart. */
export function partsOf(reading: Reading, site: Site<Lambda>): LambdaParts | undefined {
  const { module, node } = site;
  noteAskedStates(reading, site);
  const [parameter, second] = node.parameters;
  if (second !== undefined) {
    return reading.report('MR1111', { module, node: second }, 'A lambda gets one parameter, its scope.', {
      hint: 'Take what you need out of it: `({ input, payment }) => …`.',
    });
  }
  if (node.asteriskToken !== undefined) {
    return reading.report('MR1111', site, 'A generator function cannot be used as a lambda.', {
      hint: 'Write `({ … }) => …`.',
    });
  }
  if (parameter?.dotDotDotToken !== undefined || parameter?.initializer !== undefined) {
    return reading.report(
      'MR1111',
      { module, node: parameter },
      'The parameter of a lambda can have neither `...` nor a default.',
      {
        hint: 'The scope is always given: write `({ … }) => …`.',
      },
    );
  }
  const reads = parameter === undefined ? [] : plainNames(parameter.name);
  const block = ts.isBlock(node.body);
  const body = ts.isBlock(node.body) ? node.body : unwrapped(node.body);
  return {
    parameter: parameter === undefined ? '' : textOf({ module, node: parameter }),
    ...(reads === undefined ? {} : { reads }),
    body: textOf({ module, node: body }),
    block,
  };
}

/** Takes off the parentheses around an expression, unless they hold a comma together. */
export function unwrapped(node: ts.Expression): ts.Expression {
  let inner = node;
  while (ts.isParenthesizedExpression(inner) && !isComma(inner.expression)) inner = inner.expression;
  return inner;
}

function isComma(node: ts.Expression): boolean {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.CommaToken;
}

function plainNames(name: ts.BindingName): readonly string[] | undefined {
  if (!ts.isObjectBindingPattern(name)) return undefined;
  const names: string[] = [];
  for (const element of name.elements) {
    const plain =
      element.propertyName === undefined && element.dotDotDotToken === undefined && element.initializer === undefined;
    if (!plain || !ts.isIdentifier(element.name)) return undefined;
    names.push(element.name.text);
  }
  return names;
}

/** A schema, kept as text. What is stored is read through it. */
export const schema: Reader<SchemaNode> = (reading, site) => schemaFor(reading, site, 'read');

/** The schema of a context, which comes back just as it was stored. */
export const contextSchema: Reader<SchemaNode> = (reading, site) => schemaFor(reading, site, 'as it is');

function schemaFor(reading: Reading, site: Site<ts.Expression>, kept: 'read' | 'as it is'): SchemaNode | undefined {
  const node = bare(site.node);
  const inner = { module: site.module, node };
  const isSchema =
    ts.isIdentifier(node) ||
    ts.isPropertyAccessExpression(node) ||
    ts.isCallExpression(node) ||
    ts.isElementAccessExpression(node);
  if (!isSchema || (ts.isIdentifier(node) && node.text === 'undefined'))
    return wrong(reading, inner, 'a zod schema', 'For example `z.object({ id: z.string() })`.');
  checkJsonSchema(reading, inner, kept);
  return { kind: 'schema', text: textOf(inner), uses: reach(reading, [inner]), location: locate(inner) };
}

/** What stands for a schema that could not be read, so that the other checks can go on. */
export function unreadableSchema(site: Site): SchemaNode {
  return { kind: 'schema', text: 'z.unknown()', uses: [], location: locate(site) };
}
