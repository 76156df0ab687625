import { ts } from '../syntax/typescript.js';
import type { ActionNode, ActionOf, ExpressionNode } from '../../model/index.ts';
import { call } from '../define/call.ts';
import { durationOrLambda, textOrLambda } from '../define/common.ts';
import { expression } from '../scope/expression.ts';
import { checkField, checkGiven } from '../scope/schema-keys.ts';
import { locate } from '../syntax/location.ts';
import { follow } from '../value/follow.ts';
import { options, rejectUnknown, shape, type Values } from '../value/options.ts';
import { elements, literal, members, wrong, type Reader } from '../value/readers.ts';

/** One of a thing, or a list of them. */
function oneOrMany<T>(reader: Reader<T>): Reader<readonly T[]> {
  return (reading, site) => {
    const found = follow(reading, site);
    if (found === undefined) return undefined;
    const sites = ts.isArrayLiteralExpression(found.node) ? (elements(reading, found) ?? []) : [site];
    return sites.flatMap((inner) => {
      const value = reader(reading, inner);
      return value === undefined ? [] : [value];
    });
  };
}

const assign: Reader<ActionOf<'assign'>> = (reading, site) => {
  const value = expression(reading, site);
  checkGiven(reading, site, 'The context');
  return value && { kind: 'assign', value, location: locate(site) };
};

function publishes<const Kind extends 'emit' | 'raise' | 'start'>(
  kind: Kind,
): Reader<ActionOf<'emit' | 'raise' | 'start'>> {
  const target = kind === 'start' ? call('flow') : call('event');
  return (reading, site) => {
    const found = target(reading, site);
    return found && { kind, call: found, location: locate(site) };
  };
}

const sendOptions = shape(
  '`send`',
  { event: call('event'), delay: durationOrLambda, id: textOrLambda, target: textOrLambda },
  'event',
);
const send: Reader<ActionOf<'send'>> = (reading, site) => {
  const values = sendOptions(reading, site);
  if (values === undefined) return undefined;
  const { event, ...rest } = values;
  return { kind: 'send', call: event, ...rest, location: locate(site) } as ActionOf<'send'>;
};

const cancel: Reader<ActionOf<'cancel'>> = (reading, site) => {
  const id = textOrLambda(reading, site);
  return id === undefined ? undefined : { kind: 'cancel', id, location: locate(site) };
};

const single = { assign, emit: publishes('emit'), raise: publishes('raise'), start: publishes('start'), send, cancel };
const kinds = ['assign', 'emit', 'raise', 'start', 'cancel', 'send'] as const;

/**
 * One action of a `do` list: an object with one member, `{ forEach: 'context.seats', do: […] }`, or
 * `{ when: …, do: […], else: […] }`.
 */
export const action: Reader<ActionNode> = (reading, site) => {
  const found = follow(reading, site);
  if (found === undefined) return undefined;
  const given = members(reading, found, 'an action');
  if (given === undefined) return undefined;
  const path = given.find(({ key }) => key === 'forEach');
  if (path !== undefined) {
    const values = options(reading, found, '`forEach`', { forEach: listPath, do: doList }, ['do']) ?? {};
    return (
      values.forEach &&
      values.do && { kind: 'forEach', over: values.forEach, actions: values.do, location: locate(found) }
    );
  }
  if (given.some(({ key }) => key === 'when')) {
    const readers = { when: expression, do: doList, else: doList };
    const values = options(reading, found, '`when`', readers, ['do']) ?? {};
    if (values.when === undefined || values.do === undefined) return undefined;
    const otherwise = values.else && { otherwise: values.else };
    return { kind: 'when', condition: values.when, actions: values.do, ...otherwise, location: locate(found) };
  }
  // What goes with a misspelt `when` or `forEach` is no mistake of its own.
  const named = given.filter(({ key }) => key !== 'do' && key !== 'else');
  rejectUnknown(reading, named, 'an action', [...kinds, 'forEach', 'when']);
  const [first, second] = given.filter(({ key }) => kinds.some((kind) => kind === key));
  if (first === undefined && named.length > 0) return undefined;
  if (first === undefined || second !== undefined)
    return wrong(
      reading,
      found,
      'an object with one action',
      'Put each action into an object of its own: the order is that of the list.',
    );
  return single[first.key as keyof typeof single](reading, first.value);
};

/** `'context.seats'` as the lambda that it stands for. A list that is absent counts as empty. */
const listPath: Reader<ExpressionNode> = (reading, site) => {
  const path = literal(reading, site);
  if (path === undefined) return undefined;
  const [, holder, field] = /^(context|event|output|item)\.(.+)$/s.exec(path) ?? [];
  if (holder === undefined || field === undefined)
    return wrong(
      reading,
      site,
      "the place of a list, such as 'context.seats'",
      'It begins with `context.`, `event.`, `output.` or `item.`.',
    );
  const known = holder === 'context' ? reading.contextKeys : undefined;
  if (field.includes('.') && known?.has(field) !== true) {
    const value = `${holder}.${field}`;
    return wrong(
      reading,
      site,
      `a field of '${holder}'`,
      `A list that lies deeper is first put into a field: \`assign: ({ ${holder} }) => ({ list: ${value} })\`, then \`forEach: 'context.list'\`.`,
    );
  }
  checkField(reading, site, field, known, 'The context', 'context.');
  const access = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(field) ? `.${field}` : `[${JSON.stringify(field)}]`;
  const parameter = `{ ${holder} }`;
  const body = `${holder}${access} ?? []`;
  return {
    kind: 'expression',
    text: `(${parameter}) => ${body}`,
    uses: [],
    lambda: { parameter, reads: [holder], body, block: false },
    location: locate(site),
  };
};

export const doList: Reader<readonly ActionNode[]> = (reading, site) => {
  const items = elements(reading, site);
  return items?.flatMap((item) => action(reading, item) ?? []);
};

/** The short forms of the actions, as members of a transition, an entry or an exit. */
export const actionReaders = {
  assign,
  emit: oneOrMany(single.emit),
  raise: oneOrMany(single.raise),
  start: oneOrMany(single.start),
  cancel: oneOrMany(cancel),
  send: oneOrMany(send),
  do: doList,
};

/**
 * The actions in the order in which they run, whatever the order of the members is. `cancel` comes before `send`, so that
 * both with one id start a timer again.
 */
export function actionsOf(values: Values<typeof actionReaders>): readonly ActionNode[] {
  const {
    assign: first,
    emit = [],
    raise = [],
    start = [],
    cancel: cancels = [],
    send: sends = [],
    do: last = [],
  } = values;
  return [...(first === undefined ? [] : [first]), ...emit, ...raise, ...start, ...cancels, ...sends, ...last];
}

/** What an entry or exit does. */
export const actions: Reader<readonly ActionNode[]> = (reading, site) => {
  const values = options(reading, site, 'an entry or exit', actionReaders);
  return values && actionsOf(values);
};
