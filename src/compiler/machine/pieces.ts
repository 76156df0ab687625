/** Actions on their way to code: what each reads, what can throw and where, and how it is printed. */
import { milliseconds } from '../../core/index.ts';
import type { ActionNode, ActionOf, ExpressionNode } from '../../model/index.ts';
import { callWithOptions, object, type Doc } from '../../model/text/doc.ts';
import { camelCase, quote } from '../../model/text/names.ts';
import { argumentOf, constant, valueOf, type Surroundings, type Value } from './lambdas.ts';
import { merged } from './merged.ts';
import type { Printer } from './printer.ts';

/** One action, or one that holds others. `path` says where it stands in its block: `[1].actions[0]`. */
export type Piece = Statement | Condition | Loop;
export interface Statement {
  readonly kind: 'statement';
  readonly path: string;
  readonly assigns: boolean;
  readonly value: Pick<Value, 'reads' | 'safe'>;
  /** `context` is the expression that stands for the context. */
  readonly code: (context: string) => Doc;
}
export interface Condition {
  readonly kind: 'condition';
  readonly path: string;
  readonly value: Value;
  readonly holds: readonly Piece[];
  readonly otherwise: readonly Piece[];
}
export interface Loop {
  readonly kind: 'loop';
  readonly path: string;
  readonly over: Value;
  readonly body: readonly Piece[];
}

/** The pieces of a list of actions. `path` is where the list stands in its block. */
export function piecesOf(
  printer: Printer,
  actions: readonly ActionNode[],
  path: string,
  around: Surroundings,
): readonly Piece[] {
  return actions.flatMap((action, index) =>
    pieceOf(printer, action, `${path}[${index}]`, { ...around, label: camelCase(`${around.label}.${index}`) }),
  );
}

function pieceOf(printer: Printer, action: ActionNode, path: string, around: Surroundings): readonly Piece[] {
  if (action.kind === 'when') {
    const value = valueOf(printer, action.condition, 'boolean', around);
    const holds = (): readonly Piece[] => piecesOf(printer, action.actions, `${path}.actions`, around);
    const otherwise = (): readonly Piece[] => piecesOf(printer, action.otherwise ?? [], `${path}.otherwise`, around);
    // A type checker calls what stands behind `if (false)` unreachable.
    if (value.text === 'true') return holds();
    if (value.text === 'false') return otherwise();
    return [{ kind: 'condition', path: `${path}.condition`, value, holds: holds(), otherwise: otherwise() }];
  }
  if (action.kind === 'forEach') return [loopOf(printer, action, path, around)];
  return [{ kind: 'statement', path, ...statementOf(printer, action, around) }];
}

/** The field that a list is, as the language writes it: an absent one counts as empty in any case. */
const fieldOfScope =
  /^((context|event|output|item)(?:\.[\p{ID_Start}$_][\p{ID_Continue}$]*|\["(?:[^"\\]|\\.)*"\])) \?\? \[\]$/u;

function loopOf(printer: Printer, { over, actions }: ActionOf<'forEach'>, path: string, around: Surroundings): Loop {
  const { lambda } = over;
  const [, field = '', holder = ''] = fieldOfScope.exec(lambda?.reads === undefined ? '' : lambda.body) ?? [];
  const itemType = (): string => {
    const types: Readonly<Record<string, (() => string) | undefined>> = {
      context: () => printer.contexts.typeIn(around.state),
      item: around.itemType,
      [around.payload ?? '']: around.payloadType,
    };
    const owner = types[holder]?.() ?? 'unknown';
    if (owner === 'unknown') return owner;
    const member = field.slice(holder.length).replace(/^\.(.*)$/, (_, name: string) => `[${quote(name)}]`);
    return `NonNullable<${owner.includes('|') || owner.includes('&') ? `(${owner})` : owner}${member}>[number]`;
  };
  const list: ExpressionNode =
    lambda === undefined || field === '' ? over : { ...over, lambda: { ...lambda, body: field } };
  const inside = { ...around, itemType };
  const body = piecesOf(printer, actions, `${path}.actions`, inside);
  const lists = `Iterable<${field === '' ? 'unknown' : itemType()}> | null | undefined`;
  return { kind: 'loop', path: `${path}.over`, over: valueOf(printer, list, lists, around), body };
}

type Simple = Exclude<ActionNode, { readonly kind: 'when' | 'forEach' }>;

function statementOf(
  printer: Printer,
  action: Simple,
  around: Surroundings,
): Pick<Statement, 'assigns' | 'code' | 'value'> {
  const { cell } = printer.local;
  const push = (effect: readonly Doc[], value: Statement['value']): ReturnType<typeof statementOf> => ({
    assigns: false,
    value,
    code: () => [callWithOptions(`${cell}.effects.push`, [object(effect)]), ';'],
  });
  switch (action.kind) {
    case 'assign': {
      const value = valueOf(printer, action.value, `Partial<${printer.contextType}>`, around);
      return { value, assigns: true, code: (context) => [`${cell}.context = `, merged(value, context), ';'] };
    }
    case 'emit':
    case 'start': {
      const value = argumentOf(printer, action.call, around);
      const [target, given] = action.kind === 'emit' ? ['event', 'payload'] : ['flow', 'input'];
      return push(
        [`type: ${quote(action.kind)}`, `${target}: ${quote(action.call.target.name)}`, [`${given}: `, value.code]],
        value,
      );
    }
    case 'raise': {
      const value = argumentOf(printer, action.call, around);
      const event = object([`name: ${quote(aliasOf(printer, action))}`, ['payload: ', value.code]]);
      return { value, assigns: false, code: () => [callWithOptions(`${cell}.queue.push`, [event]), ';'] };
    }
    case 'send':
      return sendOf(printer, action, around, push);
    case 'cancel': {
      const value = checked(printer, action.id, 'sendId', { ...around, label: camelCase(`${around.label}.id`) });
      return push(["type: 'unschedule'", ['id: ', value.code]], value);
    }
    default:
      return action satisfies never;
  }
}

function aliasOf(
  { machine }: Printer,
  { call }: { readonly call: { readonly target: { readonly name: string } } },
): string {
  const { name } = call.target;
  return machine.events.find((event) => event.name === name)?.alias ?? name;
}

function sendOf(
  printer: Printer,
  action: ActionOf<'send'>,
  around: Surroundings,
  push: (effect: readonly Doc[], value: Statement['value']) => ReturnType<typeof statementOf>,
): ReturnType<typeof statementOf> {
  const { id, delay, target } = action;
  const labelled = (part: string): Surroundings => ({ ...around, label: camelCase(`${around.label}.${part}`) });
  const span = typeof delay === 'object' ? delay : delay === undefined ? '0' : grouped(milliseconds(delay));
  const sentId = id === undefined ? undefined : checked(printer, id, 'sendId', labelled('id'));
  const after = typeof span === 'string' ? constant(span) : checked(printer, span, 'delayOf', labelled('delay'));
  const to = target === undefined ? undefined : checked(printer, target, 'targetOf', labelled('target'));
  const payload = argumentOf(printer, action.call, around);
  const name = target === undefined ? aliasOf(printer, action) : action.call.target.name;
  const values = [sentId, after, to, payload].filter((value) => value !== undefined);
  return push(
    [
      `type: ${target === undefined ? "'schedule'" : "'send'"}`,
      ...(sentId === undefined ? [] : [['id: ', sentId.code]]),
      ['delay: ', after.code],
      ...(to === undefined ? [] : [['target: ', to.code]]),
      ['event: ', object([`name: ${quote(name)}`, ['payload: ', payload.code]])],
    ],
    { reads: new Set(values.flatMap(({ reads }) => [...reads])), safe: values.every(({ safe }) => safe) },
  );
}

/** A text that stands there, or what a lambda gives after a check that may throw. */
function checked(
  printer: Printer,
  written: string | ExpressionNode,
  check: 'sendId' | 'targetOf' | 'delayOf',
  around: Surroundings,
): Value {
  if (typeof written === 'string') return constant(quote(written));
  const value = valueOf(printer, written, 'unknown', around);
  const name = printer.writer.import('millrace/machine', check);
  return { code: [`${name}(`, value.code, ')'], text: undefined, reads: value.reads, safe: false };
}

/** `1_209_600_000` */
export const grouped = (count: number): string => String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, '_');
