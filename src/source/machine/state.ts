import { ts } from '../syntax/typescript.js';
import type { MachineNode, RunNode, StateNode } from '../../model/index.ts';
import { common, durationOrLambda } from '../define/common.ts';
import type { Reading } from '../reading.ts';
import { contextSchema, expression } from '../scope/expression.ts';
import { locate } from '../syntax/location.ts';
import type { Site } from '../syntax/module.ts';
import { follow } from '../value/follow.ts';
import { options } from '../value/options.ts';
import type { Property } from '../value/properties.ts';
import { boolean, duration, elements, literal, members, oneOf, text, wrong, type Reader } from '../value/readers.ts';
import { actions, actionsOf } from './actions.ts';
import { go, guardOf, names, transitionReaders } from './go.ts';

type Aliases = MachineNode['events'];
/** What the machine's head names, by kind. */
export type Known = Readonly<Record<'flow' | 'task' | 'machine', Aliases>>;

const runReaders = {
  flow: literal,
  task: literal,
  machine: literal,
  id: literal,
  input: expression,
  onDone: go,
  onError: go,
};

function run(known: Known, state: string): Reader<RunNode> {
  return (reading, site) => {
    const values = options(reading, site, '`run`', runReaders);
    if (values === undefined) return undefined;
    const { id, input, onDone = [], onError = [] } = values;
    const given = (['flow', 'task', 'machine'] as const).flatMap((kind) => {
      const alias = values[kind];
      return alias === undefined ? [] : [{ kind, alias }];
    });
    const [first, second] = given;
    if (first === undefined || second !== undefined)
      return wrong(reading, site, 'one of `flow`, `task` and `machine`', "Write `run: { flow: 'name', … }`.");
    const name = known[first.kind].find(({ alias }) => alias === first.alias)?.name ?? first.alias;
    return {
      kind: 'run',
      id: id ?? `${state}.${first.alias}`,
      target: { kind: first.kind, name },
      ...(input === undefined ? {} : { input }),
      onDone,
      onError,
      location: locate(site),
    };
  };
}

export function runs(known: Known, state: string): Reader<readonly RunNode[]> {
  const one = run(known, state);
  return (reading, site) => {
    const found = follow(reading, site);
    if (found === undefined) return undefined;
    const sites = ts.isArrayLiteralExpression(found.node) ? (elements(reading, found) ?? []) : [site];
    return sites.flatMap((inner) => one(reading, inner) ?? []);
  };
}

const on: Reader<StateNode['on']> = (reading, site) =>
  members(reading, site, 'an object of events')?.flatMap(({ key, name, value }) => {
    const transitions = go(reading, value);
    return transitions === undefined ? [] : [{ event: key, transitions, location: locate(name, value.node) }];
  });

// Where the delay is wrong the transition is still there: nothing is to be said about states that it leads to.
const unreadableDelay = '0ms';
const later = { delay: durationOrLambda, ...transitionReaders };
export const after: Reader<StateNode['after']> = (reading, site) => {
  const found = follow(reading, site);
  if (found === undefined) return undefined;
  if (ts.isArrayLiteralExpression(found.node))
    return (elements(reading, found) ?? []).flatMap((item) => laterOne(reading, item) ?? []);
  return members(reading, found, 'an object of durations')?.flatMap(({ key, name, value }) => {
    const transitions = go(reading, value);
    const delay = durationKey(reading, key, name) ?? unreadableDelay;
    return transitions === undefined ? [] : [{ delay, transitions, location: locate(name, value.node) }];
  });
};

function durationKey(reading: Reading, key: string, name: Site): ReturnType<typeof duration> {
  const { node, module } = name;
  if (ts.isStringLiteralLike(node)) return duration(reading, { module, node });
  if (ts.isComputedPropertyName(node)) return duration(reading, { module, node: node.expression });
  const guess = /^\d+$/.test(key) ? `. If it counts milliseconds: '${key}ms'.` : ": '30s'.";
  return wrong(reading, name, 'a duration', `Write it in quotes, with a unit${guess}`);
}

function laterOne(reading: Reading, item: Site<ts.Expression>): StateNode['after'][number] | undefined {
  const before = reading.diagnostics.length;
  const values = options(reading, item, 'a transition', later, ['delay']);
  if (values === undefined) return undefined;
  const { delay = unreadableDelay, target, internal, description } = values;
  const guard = guardOf(reading, item, values.guard, before);
  const location = locate(item);
  const transition = {
    kind: 'transition' as const,
    targets: target ?? [],
    ...(guard === undefined ? {} : { guard }),
    actions: actionsOf(values),
    ...(internal === undefined ? {} : { internal }),
    ...(description === undefined ? {} : { description }),
    location,
  };
  return { delay, transitions: [transition], location };
}

/** The states of a machine or below a state. */
export function states(known: Known): Reader<readonly StateNode[]> {
  return (reading, site) =>
    members(reading, site, 'an object of states')?.flatMap((property) => state(reading, property, known) ?? []);
}

function state(reading: Reading, { key, name, value }: Property, known: Known): StateNode | undefined {
  if (key === '')
    return reading.report('MR1112', name, 'A state needs a name.', {
      hint: 'Choose a word that says where things stand.',
    });
  return reading.once({ module: value.module, node: value.node }, () => stateOnce(reading, key, name, value, known));
}

const depth = oneOf('shallow', 'deep');
/** Where the depth is wrong the state is a history state all the same. */
const historyDepth: Reader<'shallow' | 'deep'> = (reading, site) => depth(reading, site) ?? 'shallow';

function stateOnce(reading: Reading, name: string, at: Site, value: Site<ts.Expression>, known: Known): StateNode {
  const readers = {
    description: text,
    tags: common.tags,
    initial: names,
    parallel: boolean,
    history: historyDepth,
    final: boolean,
    output: expression,
    on,
    always: go,
    after,
    entry: actions,
    exit: actions,
    run: runs(known, name),
    onDone: go,
    context: contextSchema,
    states: states(known),
  };
  const values = options(reading, value, `state '${name}'`, readers) ?? {};
  const {
    parallel,
    history,
    final,
    states: inner = [],
    on: handlers = [],
    always = [],
    after: timers = [],
    entry = [],
    exit = [],
    run: work = [],
    onDone = [],
    ...rest
  } = values;
  const given = [parallel === true && 'parallel', history !== undefined && 'history', final === true && 'final'].filter(
    (kind) => kind !== false,
  );
  if (given.length > 1) reading.report('MR1104', at, `State '${name}' cannot be ${given.join(' and ')} at once.`);
  const type =
    history !== undefined
      ? 'history'
      : final === true
        ? 'final'
        : parallel === true
          ? 'parallel'
          : values.states !== undefined
            ? 'compound'
            : 'atomic';
  return {
    kind: 'state',
    name,
    type,
    ...rest,
    on: handlers,
    always,
    after: timers,
    entry,
    exit,
    run: work,
    onDone,
    ...(history === undefined ? {} : { history }),
    states: inner,
    location: locate(at, value.module === at.module ? value.node : at.node),
  };
}
