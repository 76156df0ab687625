import type { MachineNode, RunNode, StateNode } from '../nodes/machine.ts';
import type { Location } from '../nodes/location.ts';
import { transitionGroups, visitStates } from '../visit/states.ts';
import { pathName } from '../edit/path.ts';
import { callers, instances, type Break, type Comparison } from './change.ts';
import { commonRules, compareFields, compareNamed, harmless, type FieldRules } from './definitions.ts';
import { compareSchema } from './schemas.ts';

const machineRules: FieldRules<MachineNode> = {
  ...commonRules,
  key: ({ key }) => [
    callers(`events name an instance by '${key}' no longer`),
    instances('events that name an instance by the old field reach it no longer'),
  ],
  context: 'elsewhere',
  events: 'elsewhere',
  creates: (before, after) =>
    before.creates.every((alias) => after.creates.includes(alias))
      ? []
      : [callers('an event that created an instance does so no longer')],
  flows: harmless,
  tasks: harmless,
  machines: harmless,
  // Where new instances begin.
  initial: harmless,
  states: 'elsewhere',
};

/** Compares two versions of a machine: for those who send events, and for instances that stand somewhere. */
export function compareMachines(comparison: Comparison, before: MachineNode, after: MachineNode, path: string): void {
  const what = `machine '${before.name}'`;
  compareFields(comparison, path, what, before, after, machineRules);
  compareSchema(comparison, `${path}.context`, `the context of ${what}`, 'kept', before.context, after.context);
  compareEvents(comparison, before, after, path);
  const old = placesOf(before);
  const next = placesOf(after);
  compareNamed(comparison, old, next, {
    path: (name) => `${path}.states.${pathName(name)}`,
    what: (name) => `State '${name}' of ${what}`,
    added: ({ parent, node }) =>
      parent?.type === 'parallel' && node.type !== 'history' && old.has(parent.name)
        ? [instances(`an instance in '${parent.name}' stands nowhere in the new region`)]
        : [],
    removed: ({ node }) => [instances(`an instance that stands in '${node.name}' or remembers it has no place to go`)],
    compare: (a, b, name) => compareStates(comparison, a, b, `${path}.states.${pathName(name)}`, what),
  });
}

interface Place {
  readonly node: StateNode;
  readonly parent: StateNode | undefined;
  readonly location: Location;
}

function placesOf(machine: MachineNode): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  visitStates(machine, (node, { parents }) =>
    places.set(node.name, { node, parent: parents.at(-1), location: node.location }),
  );
  return places;
}

function compareEvents(comparison: Comparison, before: MachineNode, after: MachineNode, path: string): void {
  const aliases = ({ events, location }: MachineNode) =>
    new Map(events.map(({ name, alias }) => [name, { alias, location }]));
  compareNamed(comparison, aliases(before), aliases(after), {
    path: (name) => `${path}.events.${pathName(name)}`,
    what: (name) => `Event '${name}' of machine '${before.name}'`,
    added: harmless,
    removed: () => [callers('the machine takes the event no longer')],
    compare: (old, next, name) => {
      if (old.alias === next.alias) return;
      comparison.report({
        kind: 'changed',
        path: `${path}.events.${pathName(name)}`,
        message: `Machine '${before.name}' knows event '${name}' as '${next.alias}' instead of '${old.alias}'.`,
        breaks: [instances('an event that is to come later comes under the old name and is not heard')],
        before: before.location,
        after: after.location,
      });
    },
  });
}

const stateRules: FieldRules<StateNode> = {
  description: harmless,
  tags: harmless,
  type: ({ type }, next) => [
    instances(`what stood in a state of type '${type}' cannot stand in one of type '${next.type}'`),
  ],
  initial: harmless,
  on: 'elsewhere',
  always: harmless,
  after: (before, after) =>
    after.after.length < before.after.length ? [instances('a timer that an instance has set may ring for nobody')] : [],
  entry: harmless,
  exit: harmless,
  run: 'elsewhere',
  onDone: harmless,
  output: harmless,
  context: 'elsewhere',
  history: harmless,
  states: 'elsewhere',
};

function compareStates(comparison: Comparison, before: Place, after: Place, path: string, machine: string): void {
  const what = `state '${before.node.name}' of ${machine}`;
  if (before.parent?.name !== after.parent?.name) {
    comparison.report({
      kind: 'changed',
      path,
      message: `${what[0]?.toUpperCase()}${what.slice(1)} was moved to ${after.parent === undefined ? 'the top' : `'${after.parent.name}'`}.`,
      breaks: [instances('other states are active around it')],
      before: before.location,
      after: after.location,
    });
  }
  compareFields(comparison, path, what, before.node, after.node, stateRules);
  compareSchema(
    comparison,
    `${path}.context`,
    `the context of ${what}`,
    'kept',
    before.node.context,
    after.node.context,
  );
  compareOn(comparison, before.node, after.node, path, what);
  const works = ({ run }: StateNode) => new Map(run.map((work) => [work.id, work]));
  compareNamed(comparison, works(before.node), works(after.node), {
    path: (id) => `${path}.run.${pathName(id)}`,
    what: (id) => `Work '${id}' of ${what}`,
    added: () => [instances('an instance that is in the state already does not begin it')],
    removed: () => [instances('the end of work in flight is heard by nobody')],
    compare: (a, b, id) => compareWork(comparison, a, b, `${path}.run.${pathName(id)}`, `work '${id}' of ${what}`),
  });
}

function compareOn(comparison: Comparison, before: StateNode, after: StateNode, path: string, what: string): void {
  const groups = (state: StateNode) =>
    new Map(
      transitionGroups(state).flatMap(({ trigger, transitions }) =>
        trigger.type === 'event' ? [[trigger.event, { transitions, location: state.location }] as const] : [],
      ),
    );
  compareNamed(comparison, groups(before), groups(after), {
    path: (event) => `${path}.on.${pathName(event)}`,
    what: (event) => `'${event}' in ${what}`,
    added: harmless,
    removed: () => [callers('the event is not taken in this state any more')],
    compare: (a, b, event) => {
      if (comparison.same(a.transitions, b.transitions)) return;
      comparison.report({
        kind: 'changed',
        path: `${path}.on.${pathName(event)}`,
        message: `What '${event}' does in ${what} was changed.`,
        breaks: [],
        before: (a.transitions[0] ?? a).location,
        after: (b.transitions[0] ?? b).location,
      });
    },
  });
}

const workRules: FieldRules<RunNode> = {
  id: 'elsewhere',
  target: (): readonly Break[] => [instances('work in flight ends with the result of the old target')],
  input: harmless,
  onDone: harmless,
  onError: harmless,
};

function compareWork(comparison: Comparison, before: RunNode, after: RunNode, path: string, what: string): void {
  compareFields(comparison, path, what, before, after, workRules);
}
