import type { Location, MachineNode, RunNode, StateNode, TransitionNode } from '../../model/index.ts';
import { array, object, objectLines, type Doc } from '../../model/text/doc.ts';
import { propertyKey, quote } from '../../model/text/names.ts';
import { printActions } from './actions.ts';
import { printTags } from './common.ts';
import { optionalLambda, optionalSchema, textOr } from './lambdas.ts';
import type { Printing } from './printing.ts';
import { checkKeys, member, oneOrMore, text } from './values.ts';

/** An object of states, each on lines of its own. */
export function printStates(to: Printing, machine: MachineNode, states: readonly StateNode[], around: Location): Doc {
  checkKeys(
    to,
    around,
    states.map(({ name }) => name),
    'The state',
  );
  return objectLines(states.map((state) => [propertyKey(state.name), ': ', printState(to, machine, state)]));
}

/** What a state is, without its name. */
export function printState(to: Printing, machine: MachineNode, state: StateNode): Doc {
  checkType(to, state);
  const { type, on, always, after, entry, exit, run, onDone, states } = state;
  checkKeys(
    to,
    state.location,
    on.map(({ event }) => event),
    'The event',
  );
  const handlers = on.map(({ event, transitions }) => [propertyKey(event), ': ', printGo(to, transitions)]);
  const apart = to.apart.get(state);
  return object([
    ...(apart === undefined ? [] : [`...${apart}`]),
    ...member('description', text(state.description)),
    ...member('tags', printTags(state.tags)),
    ...member('parallel', type === 'parallel' ? 'true' : undefined),
    ...member('history', text(state.history)),
    ...member('final', type === 'final' ? 'true' : undefined),
    ...(apart === undefined ? member('initial', oneOrMore(state.initial)) : []),
    ...member('context', optionalSchema(to, state.context)),
    ...member('entry', entry.length === 0 ? undefined : object(printActions(to, entry))),
    ...member('exit', exit.length === 0 ? undefined : object(printActions(to, exit))),
    ...member('run', run.length === 0 ? undefined : runs(to, machine, state)),
    ...member('on', on.length === 0 ? undefined : object(handlers)),
    ...member('always', always.length === 0 ? undefined : printGo(to, always)),
    ...member('after', after.length === 0 ? undefined : timers(to, state)),
    ...member('onDone', onDone.length === 0 ? undefined : printGo(to, onDone)),
    ...member('output', optionalLambda(to, state.output)),
    ...(apart === undefined && (states.length > 0 || type === 'compound')
      ? member('states', printStates(to, machine, states, state.location))
      : []),
  ]);
}

/** Says so when what a state is does not follow from what it has. */
function checkType(to: Printing, { name, type, history, states, location }: StateNode): void {
  const fits =
    type === 'history' ? history !== undefined : history === undefined && !(type === 'atomic' && states.length > 0);
  if (fits) return;
  const has = `${history === undefined ? '' : 'a `history` '}${states.length > 0 ? 'states below it' : ''}`.trim();
  const hint = 'History states have `history`, compound states have states, atomic ones have neither.';
  to.cannot(location, `State '${name}' is called ${type}, and has ${has === '' ? 'no `history`' : has}.`, hint);
}

/** A target, a transition, or a list of them. */
export function printGo(to: Printing, transitions: readonly TransitionNode[]): Doc {
  const all = transitions.map((transition) => printTransition(to, transition));
  const [first, second] = all;
  return first !== undefined && second === undefined ? first : array(all);
}

function printTransition(to: Printing, node: TransitionNode): Doc {
  const members = transitionMembers(to, node);
  const [only] = node.targets;
  return only !== undefined && node.targets.length === 1 && members.length === 1 ? quote(only) : object(members);
}

function transitionMembers(to: Printing, node: TransitionNode): readonly Doc[] {
  const { targets, guard, actions, internal, description } = node;
  return [
    ...member('target', targets.length === 0 ? undefined : oneOrMore(targets)),
    ...member('guard', optionalLambda(to, guard)),
    ...member('internal', internal === undefined ? undefined : String(internal)),
    ...member('description', text(description)),
    ...printActions(to, actions),
  ];
}

/** By delay, when each is written down once; else a list of transitions with a delay. */
function timers(to: Printing, { after, location }: StateNode): Doc {
  const delays = after.map(({ delay }) => delay);
  if (delays.every((delay) => typeof delay === 'string') && new Set(delays).size === delays.length) {
    return object(after.map(({ delay, transitions }) => [quote(delay as string), ': ', printGo(to, transitions)]));
  }
  return array(
    after.map(({ delay, transitions }) => {
      const [first, second] = transitions;
      if (first === undefined || second !== undefined) {
        const hint = 'Decide in the `always` of a state that the timer goes to.';
        to.cannot(location, 'A timer with a computed delay has one transition, not several.', hint);
      }
      return object([
        ...member('delay', textOr(to, delay)),
        ...(first === undefined ? [] : transitionMembers(to, first)),
      ]);
    }),
  );
}

function runs(to: Printing, machine: MachineNode, state: StateNode): Doc {
  const all = state.run.map((node) => printRun(to, machine, state, node));
  const [first, second] = all;
  return first !== undefined && second === undefined ? first : array(all);
}

function printRun(to: Printing, machine: MachineNode, state: StateNode, node: RunNode): Doc {
  const { id, target, input, onDone, onError } = node;
  const known = { flow: machine.flows, task: machine.tasks, machine: machine.machines }[target.kind];
  const aliases = known.filter(({ name }) => name === target.name).map(({ alias }) => alias);
  const alias = aliases.find((each) => id === `${state.name}.${each}`) ?? aliases[0] ?? target.name;
  if (aliases.length === 0) {
    to.missing(
      node.location,
      `Machine '${machine.name}' does not list the ${target.kind} '${target.name}', which it runs.`,
    );
  }
  return object([
    ...member(target.kind, quote(alias)),
    ...member('id', id === `${state.name}.${alias}` ? undefined : quote(id)),
    ...member('input', optionalLambda(to, input)),
    ...member('onDone', onDone.length === 0 ? undefined : printGo(to, onDone)),
    ...member('onError', onError.length === 0 ? undefined : printGo(to, onError)),
  ]);
}
