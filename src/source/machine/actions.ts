import { ts } from 'ts-morph';
import type { ActionNode, ActionOf } from '../../model/index.ts';
import { call } from '../define/call.ts';
import { durationOrLambda, textOrLambda } from '../define/common.ts';
import { dslName } from '../define/dsl-call.ts';
import { expression } from '../scope/expression.ts';
import { locate } from '../syntax/location.ts';
import type { Site } from '../syntax/module.ts';
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
  return value && { kind: 'assign', value, location: locate(site) };
};

function publishes<const Kind extends 'emit' | 'raise' | 'start'>(kind: Kind): Reader<ActionOf<'emit' | 'raise' | 'start'>> {
  const target = kind === 'start' ? call('flow') : call('event');
  return (reading, site) => {
    const found = target(reading, site);
    return found && { kind, call: found, location: locate(site) };
  };
}

const sendOptions = shape('`send`', { event: call('event'), delay: durationOrLambda, id: literal, target: textOrLambda }, 'event');
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
type Kind = keyof typeof single | 'forEach';
const kinds: readonly Kind[] = ['assign', 'emit', 'raise', 'start', 'send', 'cancel', 'forEach'];

/** One action of a `do` list: an object with one member, or `forEach(…)`. */
const action: Reader<ActionNode> = (reading, site) => {
  const found = follow(reading, site);
  if (found === undefined) return undefined;
  const { module, node } = found;
  if (ts.isCallExpression(node) && dslName(module, node.expression) === 'forEach') {
    const [over, actions, third] = node.arguments;
    if (over === undefined || actions === undefined || third !== undefined) {
      return reading.report('MR1109', found, '`forEach` takes a lambda that gives the list, and a list of actions.');
    }
    return each(reading, { module, node: over }, { module, node: actions }, found);
  }
  const given = members(reading, found, 'an action');
  if (given === undefined) return undefined;
  rejectUnknown(reading, given, 'an action', kinds);
  const [first, second] = given.filter(({ key }) => kinds.some((kind) => kind === key));
  if (first === undefined || second !== undefined) return wrong(reading, found, 'an object with one action', 'Put each action into an object of its own: the order is that of the list.');
  if (first.key === 'forEach') {
    const { over, do: actions } = options(reading, first.value, '`forEach`', { over: expression, do: doList }, ['over', 'do']) ?? {};
    return over && actions && { kind: 'forEach', over, actions, location: locate(found) };
  }
  return single[first.key as keyof typeof single](reading, first.value);
};

const doList: Reader<readonly ActionNode[]> = (reading, site) => {
  const items = elements(reading, site);
  return items?.flatMap((item) => action(reading, item) ?? []);
};

function each(reading: Parameters<Reader<unknown>>[0], over: Site<ts.Expression>, list: Site<ts.Expression>, whole: Site): ActionNode | undefined {
  const value = expression(reading, over);
  const actions = doList(reading, list);
  return value && actions && { kind: 'forEach', over: value, actions, location: locate(whole) };
}

/** The short forms of the actions, as members of a transition, an entry or an exit. */
export const actionReaders = {
  assign,
  emit: oneOrMany(single.emit),
  raise: oneOrMany(single.raise),
  start: oneOrMany(single.start),
  send: oneOrMany(send),
  cancel: oneOrMany(cancel),
  do: doList,
};

/** The actions in the order in which they run, whatever the order of the members is. */
export function actionsOf(values: Values<typeof actionReaders>): readonly ActionNode[] {
  const { assign: first, emit = [], raise = [], start = [], send: sends = [], cancel: cancels = [], do: last = [] } = values;
  return [...(first === undefined ? [] : [first]), ...emit, ...raise, ...start, ...sends, ...cancels, ...last];
}

/** What an entry or exit does. */
export const actions: Reader<readonly ActionNode[]> = (reading, site) => {
  const values = options(reading, site, 'an entry or exit', actionReaders);
  return values && actionsOf(values);
};
