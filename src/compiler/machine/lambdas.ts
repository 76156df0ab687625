/** Lambdas of the source as code inside the functions of a machine. */
import type { CallNode, ExpressionNode } from '../../model/index.ts';
import { arrowBody, argumentCode, userCode, wordsOf } from '../../model/text/code.ts';
import { hard, type Doc } from '../../model/text/doc.ts';
import { isInFunction } from './is-in.ts';
import type { PayloadName, State } from './tree.ts';
import type { Printer } from './printer.ts';

/** What stands around a lambda. */
export interface Surroundings {
  readonly payload: PayloadName;
  /** Asked only when it is printed: asking declares and imports it. */
  readonly payloadType: () => string;
  /** What a constant for the lambda is called after. */
  readonly label: string;
  /** The state that the lambda belongs to: one with a context of its own narrows what is read. */
  readonly state?: State | undefined;
  /** Inside a `forEach`: the type of its items. */
  readonly itemType?: () => string;
}

/** A lambda, or the argument of a call lambda, as an expression. */
export interface Value {
  readonly code: Doc;
  /** The user's text, when it stands there as it is. */
  readonly text: string | undefined;
  /** The names of its scope that have to be there as variables. */
  readonly reads: ReadonlySet<string>;
  /** Can it never throw? */
  readonly safe: boolean;
}

/** Code that stands there as it is and never throws. */
export const constant = (code: string): Value => ({ code, text: undefined, reads: new Set(), safe: true });

const scopeNames = ['context', 'event', 'output', 'error', 'now', 'instanceId', 'item', 'index'];

/** The value of a lambda; `result` is its type, for when it has to become a constant. */
export function valueOf(printer: Printer, expression: ExpressionNode, result: string, around: Surroundings): Value {
  const { lambda, uses } = expression;
  const text = lambda?.body ?? '';
  if (lambda !== undefined && isInlinable(expression, around)) {
    return inline(printer, text, lambda.reads ?? [], uses);
  }
  return asConstant(printer, userCode(expression.text), expression.text, uses, result, around);
}

/** The argument of a call lambda. */
export function argumentOf(printer: Printer, call: CallNode, around: Surroundings): Value {
  const { lambda, uses } = call.lambda;
  const { argument } = call;
  if (argument === '') return constant('undefined');
  if (lambda !== undefined && isInlinable(call.lambda, around)) {
    return inline(
      printer,
      argument,
      (lambda.reads ?? []).filter((name) => wordsOf(argument).has(name)),
      uses,
    );
  }
  const parameter = lambda?.parameter ?? '';
  return asConstant(
    printer,
    [`(${parameter}) => `, arrowBody(argument)],
    `${parameter} ${argument}`,
    uses,
    'unknown',
    around,
  );
}

function inline(printer: Printer, text: string, reads: readonly string[], uses: readonly string[]): Value {
  printer.writer.use(uses, text);
  return { code: argumentCode(text), text, reads: new Set(reads), safe: cannotThrow(text) };
}

/** A plain body can stand anywhere, unless a variable of the scope would hide what it means. */
function isInlinable({ lambda, uses }: ExpressionNode, { payload, itemType }: Surroundings): boolean {
  if (lambda?.reads === undefined || lambda.block) return false;
  const known = [
    'context',
    'now',
    'instanceId',
    ...(payload === undefined ? [] : [payload]),
    ...(itemType === undefined ? [] : ['item', 'index']),
  ];
  return lambda.reads.every((name) => known.includes(name)) && !uses.some((name) => scopeNames.includes(name));
}

function asConstant(
  printer: Printer,
  code: Doc,
  text: string,
  uses: readonly string[],
  result: string,
  around: Surroundings,
): Value {
  printer.writer.use(uses, text);
  const { payload, payloadType, label, state, itemType } = around;
  const name = printer.writer.declare(label);
  const context = printer.contexts.typeIn(state);
  const isNarrow = context !== printer.contextType;
  const types = [
    scopeType(printer),
    ...(isNarrow ? [`{ readonly context: ${context} }`] : []),
    ...(payload === undefined ? [] : [`{ readonly ${payload}: ${payloadType()} }`]),
    ...(itemType === undefined ? [] : [`{ readonly item: ${itemType()}; readonly index: number }`]),
  ];
  printer.pieces.push([`const ${name}: (scope: ${types.join(' & ')}) => ${result} = `, code, ';']);
  const { cell } = printer.local;
  const reads = [...(payload === undefined ? [] : [payload]), ...(itemType === undefined ? [] : ['item', 'index'])];
  const more = [...(isNarrow ? [`context: ${cell}.context as ${context}`] : []), ...reads];
  const all = `${scopeFunction(printer)}(${cell})`;
  return {
    code: `${name}(${more.length === 0 ? all : `{ ...${all}, ${more.join(', ')} }`})`,
    text: undefined,
    reads: new Set(reads),
    safe: false,
  };
}

/**
 * Puts what lambdas read of the registers into variables: `const { context, now } = m;`. Where the state has a context of
 * its own, under its type. `changes`: is the context assigned again?
 */
export function prelude(printer: Printer, reads: ReadonlySet<string>, state?: State, changes = false): readonly Doc[] {
  const { cell } = printer.local;
  const type = printer.contexts.typeIn(state);
  const isNarrow = type !== printer.contextType;
  const apart = reads.has('context') && (isNarrow || changes);
  const names = ['context', 'now', 'instanceId'].filter((name) => reads.has(name) && !(apart && name === 'context'));
  const binding = changes ? 'let' : 'const';
  return [
    ...(names.length === 0 ? [] : [`const { ${names.join(', ')} } = ${cell};`]),
    ...(!apart
      ? []
      : [isNarrow ? `${binding} context = ${cell}.context as ${type};` : `${binding} { context } = ${cell};`]),
  ];
}

const cannotThrow = (text: string): boolean =>
  /^[\w\s{}:,'"|&!?]*$/.test(text) && !/\b(?:new|in|instanceof|delete|await|yield)\b/.test(text);

function scopeType(printer: Printer): string {
  const known = printer.made.get('scope');
  if (known !== undefined) return known;
  const name = printer.writer.declare('Scope');
  printer.made.set('scope', name);
  printer.pieces.unshift([
    '/** What lambdas see that take their scope as a whole. */',
    hard,
    `interface ${name} {`,
    {
      doc: 'indent',
      inner: [
        hard,
        `readonly context: ${printer.contextType};`,
        hard,
        'readonly now: number;',
        hard,
        'readonly instanceId: string;',
        hard,
        `readonly in: (state: ${printer.stateType}) => boolean;`,
      ],
    },
    hard,
    '}',
  ]);
  return name;
}

function scopeFunction(printer: Printer): string {
  const known = printer.made.get('scopeOf');
  if (known !== undefined) return known;
  const name = printer.writer.declare('scopeOf');
  printer.made.set('scopeOf', name);
  const { cell, state } = printer.local;
  const isIn = isInFunction(printer);
  printer.pieces.push([
    `function ${name}(${printer.parameter}): ${scopeType(printer)} {`,
    {
      doc: 'indent',
      inner: [
        hard,
        `const { context, now, instanceId } = ${cell};`,
        hard,
        `return { context, now, instanceId, in: (${state}) => ${isIn}(${cell}, ${state}) };`,
      ],
    },
    hard,
    '}',
  ]);
  return name;
}
