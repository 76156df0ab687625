import { messageOf } from '../../../core/index.ts';
import type { Snapshot } from '../../../machine/index.ts';
import { snapshotOf } from '../../../runtime/instances/snapshot.ts';
import type { InstanceRow, TimerRow } from '../../../store/index.ts';
import { encodeJson } from '../../../tasks/index.ts';
import type { PlannedStep } from '../../plan/planned-step.ts';
import type { InstanceFacts } from '../../step/step.ts';
import { NotCarried, own, type World } from '../world.ts';
import { activeIn, chartOf } from './chart.ts';
import { landing, type Landing } from './landing.ts';
import { namesOf, type StepNames } from './names.ts';
import { carryPending, pendingOf } from './timers.ts';
import type { Way } from './way.ts';

/** An instance as it will be. */
export interface Carried extends Landing {
  readonly machine: string;
  /** From the ids of work to the new ones. */
  readonly work: ReadonlyMap<string, string>;
  /** Does any step speak of its machine? */
  readonly mentioned: boolean;
}

/**
 * Carries an instance through the steps, in memory. `refs` are the ids of its work.
 *
 * @throws NotCarried when it has to stay as it is.
 */
export function carryInstance(
  world: World,
  row: InstanceRow,
  steps: readonly PlannedStep[],
  waiting: { readonly timers: readonly TimerRow[]; readonly refs: readonly string[] },
): Carried {
  const snapshot = snapshotOf(row);
  const first = steps[0]?.from ?? world.target;
  const begin = chartOf(world.modelOf(first), row.machine);
  const way: Way = {
    machine: row.machine,
    snapshot,
    pending: waiting.timers.map(pendingOf),
    work: new Map(waiting.refs.map((ref) => [ref, ref])),
    goesOn: new Map(activeIn(begin, snapshot.state).map((name) => [name, name])),
  };
  let mentioned = false;
  for (const step of steps) {
    const facts: InstanceFacts = { machine: way.machine, id: row.id, states: way.snapshot.state, status: row.status };
    try {
      const names = namesOf(world, step, facts, way.snapshot.context);
      mentioned ||= names.map !== undefined;
      take(way, names, facts);
    } catch (thrown) {
      if (thrown instanceof NotCarried) throw thrown;
      throw new NotCarried(`the step from ${step.from} to ${step.to} failed: ${messageOf(thrown)}`, { step, thrown });
    }
  }
  return { ...landing(world, row, way, begin), machine: way.machine, work: way.work, mentioned };
}

function take(way: Way, names: StepNames, facts: InstanceFacts): void {
  const { state, context, history, ...rest } = way.snapshot;
  const states = state.flatMap((name) => {
    const to = names.state(name);
    if (to !== null) return to;
    throw new NotCarried(`the step from ${names.step.from} to ${names.step.to} leads from '${name}' nowhere`);
  });
  const change = names.map?.context;
  const next: unknown = typeof change === 'function' ? change(context as never, facts) : context;
  const encoded = encodeJson(next);
  if (!encoded.ok || encoded.value === undefined)
    throw new NotCarried(`its new context is not JSON: ${encoded.ok ? 'it is undefined' : encoded.problems}`, {
      step: names.step,
    });
  if (typeof change === 'function' || state.some((name) => typeof own(names.map?.states, name) === 'function'))
    way.madeBy = names.step;
  const goesOn = new Map<string, string>();
  const active = [...way.goesOn.keys()];
  for (const [name, first] of way.goesOn) {
    for (const to of names.state(name) ?? []) if (!names.isMove(name, to)) goesOn.set(to, first);
  }
  way.pending = way.pending.map((pending) => carryPending(pending, names, active));
  way.work = new Map([...way.work].map(([first, now]) => [first, names.work(now, active)]));
  way.machine = names.machine.to;
  way.goesOn = goesOn;
  way.snapshot = {
    ...rest,
    state: [...new Set(states)],
    context: JSON.parse(encoded.value) as unknown,
    ...(history !== undefined && { history: remembered(history, names) }),
  };
}

/** What history states remember; what leads nowhere is forgotten. */
function remembered(history: NonNullable<Snapshot['history']>, names: StepNames): NonNullable<Snapshot['history']> {
  return Object.fromEntries(
    Object.entries(history).flatMap(([name, kept]) => {
      const to = names.state(name)?.[0];
      const states = kept.map((each) => names.state(each));
      return to === undefined || states.includes(null) ? [] : [[to, states.flatMap((each) => each ?? [])]];
    }),
  );
}
