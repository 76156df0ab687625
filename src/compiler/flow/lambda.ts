/** Prints the lambdas of a flow where their values are wanted, with the results of steps as plain variables. */
import type { CallNode, ExpressionNode, LambdaParts } from '../../model/index.ts';
import { argumentCode, arrowBody, blockStatements, userCode, wordsOf } from '../../model/text/code.ts';
import { block, call, object, type Doc } from '../../model/text/doc.ts';
import { propertyKey, quote } from '../../model/text/names.ts';
import { isUnannotated, readNames } from './pattern.ts';
import { read, type Scope, type Variable } from './scope.ts';

/** What printing a flow needs besides the scope. */
export interface LambdaContext {
  /** Imports what the text of an expression names. */
  readonly use: (keys: readonly string[], text: string) => void;
  /** The name of a call's target in this module. */
  readonly target: (call: CallNode) => string;
  /** Says that a lambda reads something that is not there. */
  readonly unknown: (name: string, expression: ExpressionNode) => void;
}

interface Constant {
  readonly name: string;
  readonly code: Doc;
}

/** A lambda that has become code without a parameter. */
interface Inlined {
  /** Constants that its code needs in front of it. */
  readonly setup: readonly Constant[];
  /** An expression, or the statements of a block. */
  readonly body: { readonly expression: Doc; readonly arrow: Doc } | { readonly statements: Doc };
}

/** `() => value`: the lambda as a function that the host calls. */
export function arrow(expression: ExpressionNode, scope: Scope, context: LambdaContext): Doc {
  return printArrow('()', inline(expression, scope, context));
}

/** `() => target(argument)` */
export function callArrow(node: CallNode, scope: Scope, context: LambdaContext): Doc {
  return printArrow('()', inlineCall(node, scope, context));
}

/** `({ a, b }) => target(argument)`: the same with members of what the host gives. They must be in the scope already. */
export function callArrowWith(members: readonly Variable[], node: CallNode, scope: Scope, context: LambdaContext): Doc {
  const inlined = inlineCall(node, scope, context);
  const used = members.filter((member) => member.used);
  const pattern = used.map(({ name, code }) => (name === code ? name : `${quote(name)}: ${code}`)).join(', ');
  return printArrow(used.length === 0 ? '()' : `({ ${pattern} })`, inlined);
}

/** The value of the lambda at this very place. */
export function value(expression: ExpressionNode, scope: Scope, context: LambdaContext): Doc {
  const inlined = inline(expression, scope, context);
  if (inlined.setup.length === 0 && 'expression' in inlined.body) return inlined.body.expression;
  return ['(', printArrow('()', inlined), ')()'];
}

/** The value that ends a body: as statements, and as what follows `=>` when the body is nothing else. */
export function result(
  expression: ExpressionNode,
  scope: Scope,
  context: LambdaContext,
): { readonly statements: readonly Doc[]; readonly arrow: Doc } {
  const inlined = inline(expression, scope, context);
  return { statements: [...resultStatements(inlined, scope)], arrow: bodyDoc(inlined) };
}

function resultStatements(inlined: Inlined, scope: Scope): readonly Doc[] {
  if ('statements' in inlined.body) return [['return (', printArrow('()', inlined), ')();']];
  // Constants of its own may stand in the function itself, unless a lambda further up means something else by the name.
  if (inlined.setup.every(({ name }) => scope.isFree(name))) {
    return [...inlined.setup.map(({ code }) => code), ['return ', inlined.body.expression, ';']];
  }
  return [['return (', printArrow('()', inlined), ')();']];
}

/** `(a, b) => value`: the lambda with parameters that the host gives. They must be in the scope already. */
export function arrowWith(
  parameters: readonly Variable[],
  expression: ExpressionNode,
  scope: Scope,
  context: LambdaContext,
): Doc {
  const inlined = inline(expression, scope, context);
  return printArrow(parameterList(parameters, scope), inlined);
}

/** `(scope) => target(argument)`: a call whose lambda keeps its parameter, since the engine gives it an object. */
export function callWithScope(node: CallNode, given: readonly string[], context: LambdaContext): Doc {
  context.use(node.lambda.uses, `${node.lambda.lambda?.parameter ?? ''} ${node.argument}`);
  for (const name of node.lambda.lambda?.reads ?? []) if (!given.includes(name)) context.unknown(name, node.lambda);
  return [`(${node.lambda.lambda?.parameter ?? ''}) => `, madeCall(node, context)];
}

/**
 * The parameters that are read, and those before them, with a `_` that says they are not. Call it when the body has
 * been printed: only then is known what it reads.
 */
export function parameterList(
  parameters: readonly Variable[],
  scope: Scope,
  types?: ReadonlyMap<Variable | undefined, string>,
): string {
  const last = parameters.findLastIndex((parameter) => parameter.used);
  const names = parameters.slice(0, last + 1).map((parameter) => {
    const name = parameter.used ? parameter.code : scope.free(`_${parameter.code}`);
    const type = types?.get(parameter);
    return type === undefined ? name : `${name}: ${type}`;
  });
  return `(${names.join(', ')})`;
}

function printArrow(parameters: string, inlined: Inlined): Doc {
  return [parameters, ' => ', bodyDoc(inlined)];
}

function bodyDoc({ setup, body }: Inlined): Doc {
  if ('statements' in body) return block([...setup.map(({ code }) => code), body.statements]);
  return setup.length === 0 ? body.arrow : block([...setup.map(({ code }) => code), ['return ', body.expression, ';']]);
}

function inline(expression: ExpressionNode, scope: Scope, context: LambdaContext): Inlined {
  const { lambda, uses, text } = expression;
  if (lambda === undefined) {
    context.use(uses, text);
    return applyReference(expression, scope);
  }
  const inlined = isPlain(text, lambda) ? inlineBody(lambda, constants(lambda, scope, expression, context)) : undefined;
  // What only an annotation of the parameter names is not needed where the parameter is gone.
  context.use(uses, inlined === undefined ? text : lambda.body);
  return inlined ?? apply(lambda, ['(', userCode(text), ')'], scope);
}

/** Has it nothing beside parameter and body, such as the type of its result, that would be lost? */
function isPlain(text: string, { parameter }: LambdaParts): boolean {
  if (parameter === '') return /^\s*\(\s*\)\s*=>/.test(text);
  const at = text.indexOf(parameter);
  return (
    at >= 0 && /^\s*\(?\s*$/.test(text.slice(0, at)) && /^\s*,?\s*\)?\s*=>/.test(text.slice(at + parameter.length))
  );
}

function inlineBody(
  { block: isBlock, body }: LambdaParts,
  setup: readonly Constant[] | undefined,
): Inlined | undefined {
  if (setup === undefined) return undefined;
  if (!isBlock) return { setup, body: { expression: argumentCode(body), arrow: arrowBody(body) } };
  const statements = blockStatements(body);
  if (statements !== undefined) return { setup, body: { statements } };
  return setup.length > 0 ? undefined : { setup, body: { expression: ['(() => ', body, ')()'], arrow: body } };
}

function inlineCall(node: CallNode, scope: Scope, context: LambdaContext): Inlined {
  const { lambda, uses } = node.lambda;
  const made = madeCall(node, context);
  const setup = lambda === undefined ? [] : constants(lambda, scope, node.lambda, context);
  context.use(uses, setup === undefined ? `${lambda?.parameter ?? ''} ${node.argument}` : node.argument);
  if (lambda === undefined || setup !== undefined)
    return { setup: setup ?? [], body: { expression: made, arrow: made } };
  return apply(lambda, ['((', userCode(lambda.parameter), ') => ', made, ')'], scope);
}

function madeCall(node: CallNode, context: LambdaContext): Doc {
  return call(context.target(node), node.argument === '' ? [] : [userCode(node.argument)]);
}

function plain(expression: Doc): Inlined {
  return { setup: [], body: { expression, arrow: expression } };
}

/** `const now = host.now();` for what is not a variable under its own name; `undefined` when it has to be applied. */
function constants(
  lambda: LambdaParts,
  scope: Scope,
  expression: ExpressionNode,
  context: LambdaContext,
): readonly Constant[] | undefined {
  // A lambda that reads nothing needs no parameter, whatever it calls it.
  const reads = lambda.reads ?? (readNames(lambda)?.length === 0 ? [] : undefined);
  if (reads === undefined) return undefined;
  const variables: Variable[] = [];
  for (const name of reads) {
    const variable = scope.find(name);
    if (variable === undefined) context.unknown(name, expression);
    else variables.push(variable);
  }
  const foreign = variables.filter((variable) => variable.code !== variable.name);
  // In one block with the lambda's own declarations, or with each other, the code on the right could mean one of them.
  const words = new Set(lambda.block && foreign.length > 0 ? wordsOf(lambda.body) : []);
  for (const variable of foreign) words.add(variable.name);
  if (foreign.some((variable) => words.has(variable.code.split('.')[0] ?? ''))) return undefined;
  for (const variable of variables) read(variable);
  return foreign.map(({ name, code }) => ({ name, code: `const ${name} = ${code};` }));
}

/** The object that stands for the lambda scope. */
function scopeObject(names: readonly string[], scope: Scope): Doc {
  const variables = names.flatMap((name) => scope.find(name) ?? []);
  return object(
    variables.map((variable) => {
      const code = read(variable);
      return code === variable.name ? code : `${propertyKey(variable.name)}: ${code}`;
    }),
  );
}

/** `((scope) => ...)({ input, risk })`: for a lambda that takes its scope as a whole, or apart in its own way. */
function apply(lambda: LambdaParts, code: Doc, scope: Scope): Inlined {
  if (lambda.parameter === '') return plain([code, '()']);
  const argument = scopeObject(lambda.reads ?? readNames(lambda) ?? scope.names(), scope);
  if (isUnannotated(lambda.parameter)) return plain([code, '(', argument, ')']);
  return applyByName(code, argument, lambda.parameter + lambda.body, scope);
}

/** A function that is declared elsewhere gets the whole scope. */
function applyReference(expression: ExpressionNode, scope: Scope): Inlined {
  const code = /^[\w$.]+$/.test(expression.text) ? expression.text : ['(', userCode(expression.text), ')'];
  return applyByName(code, scopeObject(scope.names(), scope), expression.text, scope);
}

/** A fresh object must have just the members that an annotation lists; a variable may have more. */
function applyByName(code: Doc, argument: Doc, text: string, scope: Scope): Inlined {
  const name = scope.free('scope', wordsOf(text));
  const applied: Doc = [code, `(${name})`];
  return {
    setup: [{ name, code: [`const ${name} = `, argument, ';'] }],
    body: { expression: applied, arrow: applied },
  };
}
