import { ts } from 'ts-morph';
import { propertyKey } from '../../../model/text/names.ts';
import type { CallNode, ExpressionNode } from '../../../model/index.ts';
import { parseExpression } from '../ecmascript/parse.ts';
import { allDeclared, referencesIn } from '../ecmascript/references.ts';
import type { Field } from './fields.ts';
import { javascript } from './types.ts';

/** What a lambda's scope is in a document, at one place. */
export interface CodeScope {
  readonly fields: ReadonlyMap<string, Field>;
  readonly payload: 'event' | 'output' | 'error' | undefined;
  /** The names that variables of ours must not have: those of the model, and of the loops around this place. */
  readonly taken: ReadonlySet<string>;
  /** The variables of the innermost `foreach`. */
  readonly round: { readonly item: string; readonly index: string } | undefined;
}

/** The names of a lambda's scope, as a document says them. */
function scopeCode({ payload, round }: CodeScope): ReadonlyMap<string, string> {
  return new Map([
    ['now', 'Date.now()'],
    ['instanceId', "_sessionid.split('/').pop()"],
    ['in', '(state) => In(state)'],
    ...(payload === undefined ? [] : [[payload, '_event.data'] as const]),
    ...(round === undefined ? [] : [['item', round.item] as const, ['index', round.index] as const]),
  ]);
}

const fieldsCode = (fields: CodeScope['fields']): string =>
  `{ ${[...fields.values()].map(({ name, variable }) => (name === variable ? name : `${propertyKey(name)}: ${variable}`)).join(', ')} }`;

/** A lambda as an ECMAScript expression over the variables of the document. */
export const codeOf = (expression: ExpressionNode, scope: CodeScope): string =>
  inPlace(javascript(expression.text), scope) ?? applied(javascript(expression.text), scope);

/** The argument of a call lambda; nothing when it has none. */
export function argumentOf({ lambda, argument }: CallNode, scope: CodeScope): string | undefined {
  if (argument === '') return undefined;
  const text = javascript(`(${lambda.lambda?.parameter ?? ''}) => (${argument})`);
  return inPlace(text, scope) ?? applied(text, scope);
}

/** The body with its names put in other words, when it names them plainly. */
function inPlace(text: string, scope: CodeScope): string | undefined {
  const parsed = parseExpression(text);
  if (parsed.message !== undefined || !ts.isArrowFunction(parsed.node)) return undefined;
  const { parameters, body } = parsed.node;
  if (ts.isBlock(body)) return undefined;
  const bound = boundNames(parameters[0]);
  if (bound === undefined) return undefined;
  const known = scopeCode(scope);
  const variables = new Set([
    ...[...scope.fields.values()].map(({ variable }) => variable),
    ...Object.values(scope.round ?? {}),
  ]);
  if ([...allDeclared([body])].some((name) => variables.has(name))) return undefined;
  const edits: { start: number; end: number; text: string }[] = [];
  for (const { name, node, use, shorthand } of referencesIn([body])) {
    const meaning = bound.get(name);
    if (meaning === undefined) {
      // What the lambda reaches outside must not be taken for a variable.
      if (variables.has(name)) return undefined;
      continue;
    }
    if (use === 'write' || use === 'mutate') return undefined;
    const edit = (code: string, end = node.end) =>
      edits.push({ start: node.getStart(), end, text: shorthand ? `${name}: ${code}` : code });
    if (meaning === 'context') {
      const { parent } = node;
      const field = ts.isPropertyAccessExpression(parent) ? scope.fields.get(parent.name.text) : undefined;
      if (field === undefined) return undefined;
      edit(field.variable, parent.end);
    } else if (meaning === 'in') {
      if (!ts.isCallExpression(node.parent) || node.parent.expression !== node) return undefined;
      edit('In');
    } else {
      const code = known.get(meaning);
      if (code === undefined) return undefined;
      edit(code);
    }
  }
  edits.sort((a, b) => a.start - b.start);
  let result = '';
  let at = body.getStart();
  for (const edit of edits) {
    result += parsed.text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  result += parsed.text.slice(at, body.end);
  return unwrapped(result, body);
}

function unwrapped(text: string, body: ts.Expression): string {
  let inner = body;
  let result = text;
  while (ts.isParenthesizedExpression(inner) && !ts.isObjectLiteralExpression(inner.expression)) {
    inner = inner.expression;
    result = result.slice(1, -1).trim();
  }
  return result;
}

/** The variables of a plain parameter, with the names of the scope that they stand for. */
function boundNames(parameter: ts.ParameterDeclaration | undefined): ReadonlyMap<string, string> | undefined {
  if (parameter === undefined) return new Map();
  if (!ts.isObjectBindingPattern(parameter.name)) return undefined;
  const names = new Map<string, string>();
  for (const { name, propertyName, dotDotDotToken, initializer } of parameter.name.elements) {
    if (!ts.isIdentifier(name) || dotDotDotToken !== undefined || initializer !== undefined) return undefined;
    if (propertyName !== undefined && !ts.isIdentifier(propertyName)) return undefined;
    names.set(name.text, propertyName?.text ?? name.text);
  }
  return names;
}

/** The lambda as it is, called with its scope. */
function applied(text: string, scope: CodeScope): string {
  const members = [`context: ${fieldsCode(scope.fields)}`];
  for (const [name, code] of scopeCode(scope))
    if (new RegExp(`\\b${name}\\b`).test(text) || name === scope.payload) members.push(`${name}: ${code}`);
  return `(${text})({ ${members.join(', ')} })`;
}
