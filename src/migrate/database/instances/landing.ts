import { messageOf } from '../../../core/index.ts';
import {
  checkSnapshot,
  delayOf,
  type MachineDefinition,
  type MachineScope,
  type Snapshot,
  type StateDefinition,
} from '../../../machine/index.ts';
import type { TimerData } from '../../../runtime/instances/armed.ts';
import type { InstanceRow, TimerRow } from '../../../store/index.ts';
import { describeIssues, encodeJson } from '../../../tasks/index.ts';
import type { Fault } from '../faults.ts';
import { NotCarried, own, type World } from '../world.ts';
import { activeIn, chartOf, sameAfters, type Chart } from './chart.ts';
import { fit } from './fit.ts';
import { definitionOf, type Way } from './way.ts';

/** Work that a state begins. */
export interface NewWork {
  readonly ref: string;
  readonly kind: 'flow' | 'task';
  readonly name: string;
  readonly input: string | undefined;
}

/** Where an instance comes to stand in the target, checked. */
export interface Landing {
  readonly snapshot: Snapshot<unknown>;
  readonly timers: readonly (Pick<TimerRow, 'due' | 'kind' | 'name'> & {
    readonly data: TimerData;
    readonly key?: string;
  })[];
  /** The ids, old ones, of work that no state has any more. */
  readonly stop: readonly string[];
  readonly begin: readonly NewWork[];
  /** The fields of its context that the target does not know. */
  readonly dropped: readonly string[];
}

/** @throws NotCarried when it cannot stand there. */
export function landing(world: World, row: InstanceRow, way: Way, before: Chart | undefined): Landing {
  const { machine } = way;
  const model = world.modelOf(world.target);
  const chart = chartOf(model, machine);
  const bound = own(world.live?.machines, machine);
  if (chart === undefined && (model !== undefined || world.live !== undefined))
    throw new NotCarried(`version ${world.target} has no machine '${machine}'`);
  const { snapshot, dropped } = checked(
    way,
    chart === undefined ? bound?.module : { name: machine, states: chart.rows },
    bound,
  );
  if (row.status !== 'active') return { snapshot, timers: [], stop: [], begin: [], dropped };
  const definition = definitionOf(world, machine);
  const active = activeIn(chart, snapshot.state);
  const scope: MachineScope = {
    context: snapshot.context,
    now: world.now,
    instanceId: row.id,
    in: (state) => active.includes(state),
  };
  const states = statesOf(definition);
  for (const name of active) fitsState(name, states.get(name), snapshot.context, faultOf(way));
  // Without the version from which it comes it is known of leaves only whether they were entered anew.
  const entered = active.filter(
    (name) => !way.goesOn.has(name) && (before !== undefined || snapshot.state.includes(name)),
  );
  return {
    snapshot,
    timers: [...kept(way, before, chart), ...armed(world, way, before, chart, active, entered, states, scope)],
    stop: [...way.work].flatMap(([old, ref]) => (isWanted(chart, active, ref) ? [] : [old])),
    begin: chart === undefined ? [] : entered.flatMap((name) => begun(name, chart, states.get(name), scope)),
    dropped,
  };
}

const collected = new WeakMap<MachineDefinition, ReadonlyMap<string, StateDefinition>>();

/** The states of a machine by name. */
function statesOf(definition: MachineDefinition | undefined): ReadonlyMap<string, StateDefinition> {
  const known = definition && collected.get(definition);
  if (known !== undefined) return known;
  const states = new Map<string, StateDefinition>();
  const collect = (nodes: readonly StateDefinition[]): void => {
    for (const node of nodes) {
      states.set(node.name, node);
      collect(node.states);
    }
  };
  collect(definition?.states ?? []);
  if (definition !== undefined) collected.set(definition, states);
  return states;
}

const faultOf = ({ madeBy }: Way): Fault | undefined => madeBy && { step: madeBy };

type Bound = NonNullable<World['live']>['machines'][string];

function checked(
  way: Way,
  machine: Parameters<typeof checkSnapshot>[0] | undefined,
  bound: Bound | undefined,
): Pick<Landing, 'snapshot' | 'dropped'> {
  const { snapshot } = way;
  let found: Snapshot<unknown> = snapshot;
  try {
    if (machine !== undefined) found = checkSnapshot(machine, snapshot);
  } catch (thrown) {
    throw new NotCarried(messageOf(thrown).replace(/\.$/, ''), faultOf(way));
  }
  if (bound === undefined) return { snapshot: found, dropped: [] };
  const fitted = fit(bound.context, found.context);
  if (!fitted.ok) throw new NotCarried(fitted.problems, faultOf(way));
  const { value: context, dropped } = fitted.value;
  return { snapshot: { ...found, context }, dropped };
}

function fitsState(name: string, state: StateDefinition | undefined, context: unknown, fault: Fault | undefined): void {
  const result = state?.context?.['~standard'].validate(context);
  if (result === undefined || 'then' in result || result.issues === undefined) return;
  const issues = result.issues.map(({ message, path = [] }) => ({
    message,
    path: path.map((part) => (typeof part === 'object' ? part.key : part)),
  }));
  throw new NotCarried(`its context does not fit the state '${name}': ${describeIssues(issues)}`, fault);
}

/** The deliveries that still wait: of an `after`, if its state goes on and still has it. */
function kept({ pending, goesOn }: Way, before: Chart | undefined, chart: Chart | undefined): Landing['timers'] {
  return pending.flatMap(({ row, data, after }) => {
    const { due, kind, name, key } = row;
    if (after === undefined) return [{ due, kind, name, data, key }];
    const state = [...goesOn].find(([, first]) => first === after.state)?.[0];
    if (state === undefined) return [];
    const next = chart?.states.get(state);
    const number =
      next === undefined ? after.number : sameAfters(before?.states.get(after.state), next).get(after.number);
    if (number === undefined) return [];
    const id = `after.${state}.${number}`;
    return [{ due, kind, name: id, data: { ...data, name: id }, key }];
  });
}

/** Each `after` of a state that is entered anew, and each that a state did not have before. */
function armed(
  world: World,
  { goesOn }: Way,
  before: Chart | undefined,
  chart: Chart | undefined,
  active: readonly string[],
  entered: readonly string[],
  states: ReadonlyMap<string, StateDefinition>,
  scope: MachineScope,
): Landing['timers'] {
  return active.flatMap((name) => {
    const next = chart?.states.get(name);
    if (next === undefined) return [];
    const old = before?.states.get(goesOn.get(name) ?? '');
    const isNew = entered.includes(name);
    if (!isNew && old === undefined) return [];
    const there = isNew ? new Set<number>() : new Set(sameAfters(old, next).values());
    return next.after.flatMap((delay, number) => {
      if (there.has(number)) return [];
      const id = `after.${name}.${number}`;
      const due =
        world.now + (typeof delay === 'number' ? delay : computed(name, states.get(name)?.after[number]?.delay, scope));
      return [{ due, kind: 'machine' as const, name: id, data: { name: id, payload: undefined } }];
    });
  });
}

function computed(state: string, delay: unknown, scope: MachineScope): number {
  if (typeof delay !== 'function') throw new NotCarried(`'${state}' computes when it is left, which needs its code`);
  try {
    return delayOf((delay as (scope: MachineScope) => unknown)(scope));
  } catch (thrown) {
    throw new NotCarried(`'${state}' could not compute when it is left: ${messageOf(thrown)}`);
  }
}

const isWanted = (chart: Chart | undefined, active: readonly string[], ref: string): boolean =>
  ref !== '' &&
  (chart === undefined || active.some((name) => chart.states.get(name)?.run.some(({ id }) => id === ref) === true));

/** What a state that is entered anew begins to work on. */
function begun(name: string, chart: Chart, state: StateDefinition | undefined, scope: MachineScope): NewWork[] {
  return (chart.states.get(name)?.run ?? []).map(({ id, target, input }) => {
    const { kind } = target;
    if (kind === 'machine')
      throw new NotCarried(`'${name}' would begin the machine '${target.name}', which a migration cannot`);
    const lambda = state?.run.find((each) => each.id === id)?.input as ((scope: MachineScope) => unknown) | undefined;
    if (input !== undefined && lambda === undefined)
      throw new NotCarried(`'${name}' would begin the ${kind} '${target.name}', which needs its code`);
    try {
      const encoded = encodeJson(lambda?.(scope));
      if (!encoded.ok) throw new Error(encoded.problems);
      return { ref: id, kind, name: target.name, input: encoded.value };
    } catch (thrown) {
      throw new NotCarried(`'${name}' could not begin the ${kind} '${target.name}': ${messageOf(thrown)}`);
    }
  });
}
