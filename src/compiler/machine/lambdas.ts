/** Lambdas of the source as code inside the functions of a machine. */
import type { CallNode, ExpressionNode, LambdaParts, MachineNode, StateNode } from '../../model/index.ts';
import { visitActions, visitStates } from '../../model/visit/index.ts';
import { arrowBody, argumentCode, userCode, wordsOf } from '../text/code.ts';
import { hard, type Doc } from '../text/doc.ts';
import type { PayloadName } from './tree.ts';
import type { Printer } from './printer.ts';

/** What stands around a lambda. */
export interface Surroundings {
  readonly payload: PayloadName;
  /** Asked only when it is printed: asking declares and imports it. */
  readonly payloadType: () => string;
  /** What a constant for the lambda is called after. */
  readonly label: string;
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
  if (argument === '') return { code: 'undefined', text: undefined, reads: new Set(), safe: true };
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
function isInlinable({ lambda, uses }: ExpressionNode, { payload }: Surroundings): boolean {
  if (lambda?.reads === undefined || lambda.block) return false;
  const known = ['context', 'now', 'instanceId', ...(payload === undefined ? [] : [payload])];
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
  const { payload, payloadType, label } = around;
  const name = printer.writer.declare(label);
  const scope = scopeType(printer);
  const type = payload === undefined ? scope : `${scope} & { readonly ${payload}: ${payloadType()} }`;
  printer.pieces.push([`const ${name}: (scope: ${type}) => ${result} = `, code, ';']);
  const all = `${scopeFunction(printer)}(${printer.local.cell})`;
  const given = payload === undefined ? all : `{ ...${all}, ${payload} }`;
  return {
    code: `${name}(${given})`,
    text: undefined,
    reads: new Set(payload === undefined ? [] : [payload]),
    safe: false,
  };
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
  const isIn = printer.writer.import('millrace/machine', printer.regions === undefined ? 'isIn' : 'isInRegions');
  const where = printer.regions === undefined ? `${printer.table}, ${cell}.state` : `${printer.regions}, ${cell}`;
  printer.pieces.push([
    `function ${name}(${printer.parameter}): ${scopeType(printer)} {`,
    {
      doc: 'indent',
      inner: [
        hard,
        `const { context, now, instanceId } = ${cell};`,
        hard,
        `return { context, now, instanceId, in: (${state}) => ${isIn}(${where}, ${state}) };`,
      ],
    },
    hard,
    '}',
  ]);
  return name;
}

/**
 * Might a lambda ask which states are active while the machine moves between two of them? Guards and inputs are read
 * when it stands still; of the others only one that cannot be put in place can ask.
 */
export function readsConfiguration(machine: MachineNode): boolean {
  let found = false;
  const look = (expression: ExpressionNode | undefined): void => {
    if (expression === undefined) return;
    const { lambda } = expression;
    found ||= lambda === undefined || (lambda.reads === undefined ? mayReadIn(lambda) : lambda.reads.includes('in'));
  };
  visitStates(machine, (state) => {
    for (const { delay } of state.after) look(typeof delay === 'string' ? undefined : delay);
    look(state.output);
    visitActions(state, (action) => {
      if (action.kind === 'assign') look(action.value);
      else if ('call' in action) look(action.call.lambda);
    });
  });
  return found;
}

function mayReadIn({ parameter, body }: LambdaParts): boolean {
  if (parameter.startsWith('{')) return /\bin\b|\.\.\./.test(parameter);
  // `(scope) => scope.context.n`: each time with the name of what is read.
  const name = /^[A-Za-z_]\w*/.exec(parameter)?.[0];
  if (name === undefined) return true;
  const all = body.match(new RegExp(`\\b${name}\\b`, 'g')) ?? [];
  const others = body.match(new RegExp(`\\b${name}\\.(?!in\\b)[A-Za-z]`, 'g')) ?? [];
  return all.length !== others.length;
}

/** Every transition of a state, in no particular order. */
export function transitionsOf(state: StateNode) {
  return [
    ...state.on.flatMap(({ transitions }) => transitions),
    ...state.always,
    ...state.after.flatMap(({ transitions }) => transitions),
    ...state.run.flatMap(({ onDone, onError }) => [...onDone, ...onError]),
    ...state.onDone,
  ];
}
