import type { MachineModule, MachineStep, Snapshot } from '../module.ts';
import { newCell } from '../compiled/compiled-machine.ts';
import type { Program } from '../compiled/program.ts';
import { unknownState } from '../unknown-state.ts';
import { isActive, type RegionalCell, type Regions } from './table.ts';
import { enter, takeInRegions, type RegionalCode } from './take.ts';

/** What the compiler makes of a machine with parallel states. */
export interface RegionalProgram<Context>
  extends
    RegionalCode<Context>,
    Pick<Program<Context, RegionalCell<Context>>, 'name' | 'hash' | 'key' | 'events' | 'creates' | 'begin' | 'settle'> {
  readonly regions: Regions;
  /** The states entered at the start. */
  readonly initial: readonly number[];
}

/** A machine with parallel states that was compiled. */
export interface RegionalMachine<Context> extends MachineModule<Context> {
  readonly program: Program<Context, RegionalCell<Context>>;
}

/** Makes a module of a compiled program with regions. Generated code calls it. */
export function regionalMachine<Context>(compiled: RegionalProgram<Context>): RegionalMachine<Context> {
  const { name, hash, key, events, creates, regions, initial, selectAlways, begin, settle } = compiled;
  const { states } = regions;
  const names = states.map(([state]) => state);
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
  const read = (cell: RegionalCell<Context>): Snapshot<Context> => {
    const { context, done, output } = cell;
    const state: string[] = [];
    for (const leaf of cell.regions)
      if (leaf !== -1 && regions.isParallel[leaf] === false) state.push(names[leaf] as string);
    if (!done) return { state, context, status: 'active' };
    return { state, context, status: 'done', ...(output !== undefined && { output }) };
  };
  const finish = (cell: RegionalCell<Context>): MachineStep<Context> => {
    const { effects, errors } = cell;
    return { snapshot: read(cell), handled: true, effects, errors };
  };
  const program: Program<Context, RegionalCell<Context>> = {
    name,
    hash,
    key,
    events,
    creates,
    states,
    open: (context, scope, snapshot) => {
      const cell = cellFor(context, scope);
      if (snapshot !== undefined) restore(cell, snapshot);
      return cell;
    },
    read,
    enter: (cell) => {
      for (const state of initial) enter(regions, compiled, cell, state);
    },
    step: (cell, event, payload) => takeInRegions(regions, compiled, cell, event, payload),
    ...(selectAlways && { always: (cell) => takeInRegions(regions, compiled, cell, undefined, undefined) }),
    ...(begin && { begin }),
    ...(settle && { settle }),
  };
  return {
    kind: 'machine',
    name,
    hash,
    key,
    events,
    creates,
    states,
    program,
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
