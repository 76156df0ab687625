import type { MachineModule, MachineStep, Snapshot } from '../module.ts';
import { newCell } from '../compiled/compiled-machine.ts';
import type { Program } from '../compiled/program.ts';
import { unknownState } from '../unknown-state.ts';
import { isActive, leavesOf, type RegionalCell, type Regions } from './table.ts';
import { enterStates, takeInRegions, type RegionalCode } from './take.ts';

/** What the compiler makes of a machine with parallel states. */
export interface RegionalProgram<Context>
  extends RegionalCode<Context>, Omit<Program<Context, RegionalCell<Context>>, 'enter' | 'step' | 'always' | 'states'> {
  readonly regions: Regions;
  /** The states entered at the start. */
  readonly initial: readonly number[];
  /** The transition that an event enables from this leaf, -1 when there is none. */
  readonly select: (cell: RegionalCell<Context>, leaf: number, event: string, payload: unknown) => number;
  /** The eventless transition that is enabled from this leaf, -1 when there is none. */
  readonly selectAlways?: (cell: RegionalCell<Context>, leaf: number) => number;
}

/** Makes a module of a compiled program with regions. Generated code calls it. */
export function regionalMachine<Context>(compiled: RegionalProgram<Context>): MachineModule<Context> {
  const { name, hash, key, events, creates, regions, initial, select, selectAlways, begin, settle } = compiled;
  const { states } = regions;
  const program: Program<Context, RegionalCell<Context>> = {
    name,
    hash,
    key,
    events,
    creates,
    states,
    enter: (cell) => enterStates(regions, compiled, cell, initial),
    step: (cell, event, payload) =>
      takeInRegions(regions, compiled, cell, (leaf) => select(cell, leaf, event, payload), payload),
    ...(selectAlways && {
      always: (cell) => takeInRegions(regions, compiled, cell, (leaf) => selectAlways(cell, leaf), undefined),
    }),
    ...(begin && { begin }),
    ...(settle && { settle }),
  };
  const cellFor = (context: Context, scope: Parameters<typeof newCell>[1]): RegionalCell<Context> => ({
    ...newCell(context, scope),
    regions: Array.from({ length: regions.count }, () => -1),
    asked: [],
  });
  const restore = (cell: RegionalCell<Context>, snapshot: Snapshot<Context>): void => {
    for (const leaf of snapshot.state) {
      const number = states.findIndex(([each]) => each === leaf);
      if (number === -1) unknownState(name, leaf);
      // From the leaf outwards: each region stands at the innermost of its states on this way.
      for (let state = number; state !== -1; state = states[state]?.[1] ?? -1) {
        const region = regions.region[state] as number;
        cell.regions[region] = Math.max(cell.regions[region] as number, state);
      }
    }
  };
  const finish = (cell: RegionalCell<Context>): MachineStep<Context> => {
    const { context, done, output, effects, errors } = cell;
    const state = leavesOf(regions, cell).map((leaf) => states[leaf]?.[0] as string);
    const snapshot = {
      state,
      context,
      status: done ? 'done' : 'active',
      ...(output !== undefined && { output }),
    } as const;
    return { snapshot, handled: true, effects, errors };
  };
  return {
    kind: 'machine',
    name,
    hash,
    key,
    events,
    creates,
    start(context, scope) {
      const cell = cellFor(context, scope);
      program.enter(cell);
      settle?.(program, cell, true);
      return finish(cell);
    },
    send(snapshot, event, scope) {
      const cell = cellFor(snapshot.context, scope);
      if (snapshot.status === 'active') {
        restore(cell, snapshot);
        const handled = program.step(cell, event.name, event.payload);
        if (settle?.(program, cell, handled) ?? handled) return finish(cell);
      }
      return { snapshot, handled: false, effects: [], errors: cell.errors };
    },
    available(snapshot) {
      const cell = cellFor(snapshot.context, { instanceId: '', now: 0 });
      if (snapshot.status === 'active') restore(cell, snapshot);
      const heard = new Set(states.flatMap(([, , aliases], state) => (isActive(regions, cell, state) ? aliases : [])));
      return Object.values(events).filter((alias) => heard.has(alias));
    },
  };
}

/** Takes back work that the same event would only have begun. Says whether there was any. Generated code calls it. */
export function forgetWork<Context>(cell: RegionalCell<Context>, state: number): boolean {
  const index = cell.begin.indexOf(state);
  if (index === -1) return false;
  cell.begin.splice(index, 1);
  return true;
}
