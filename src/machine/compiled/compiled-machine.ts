import type { MachineStep, Snapshot, StepScope } from '../module.ts';
import { unknownState } from '../unknown-state.ts';
import type { Cell, CompiledMachine, Keeper, Program } from './program.ts';

/** Registers of an instance that has not started. */
export function newCell<Context>(context: Context, { instanceId, now }: StepScope): Cell<Context> {
  return {
    state: -1,
    context,
    done: false,
    output: undefined,
    effects: [],
    errors: [],
    queue: [],
    begin: [],
    instanceId,
    now,
  };
}

/** Enters the initial state and comes to rest. */
export function startCell<Context, Registers extends Cell<Context>>(
  program: Program<Context, Registers>,
  cell: Registers,
): void {
  program.enter(cell);
  program.settle?.(program, cell, true);
}

/** Takes one event to completion. Says whether any transition matched. */
export function takeEvent<Context, Registers extends Cell<Context>>(
  program: Program<Context, Registers>,
  cell: Registers,
  event: string,
  payload: unknown,
): boolean {
  const handled = program.step(cell, event, payload);
  return program.settle?.(program, cell, handled) ?? handled;
}

/** The number of the state of this name. @throws MillraceError MR3330 when there is none. */
export function numberOf({ name, states }: Pick<Program<unknown>, 'name' | 'states'>, state: string): number {
  const number = states.findIndex(([each]) => each === state);
  return number === -1 ? unknownState(name, state) : number;
}

/** What the registers say, as plain JSON. `state` holds the active leaves. */
export function snapshotOf<Context>(
  { context, done, output }: Cell<Context>,
  state: readonly string[],
): Snapshot<Context> {
  if (!done) return { state, context, status: 'active' };
  return { state, context, status: 'done', ...(output !== undefined && { output }) };
}

/** Makes a module of a compiled program whose machine is in one leaf at a time. Generated code calls it. */
export function compiledMachine<Context, Contexts = Readonly<Record<string, Context>>>(
  program: Program<Context>,
): CompiledMachine<Context, Contexts> {
  const resting = program.states.map(([state]) => [state]);
  return machineOf(program, {
    open: (context, scope, snapshot) => {
      const cell = newCell(context, scope);
      if (snapshot !== undefined) cell.state = numberOf(program, snapshot.state[0] as string);
      return cell;
    },
    read: (cell) => snapshotOf(cell, resting[cell.state] as readonly string[]),
  });
}

/** A module that restores registers from a snapshot, lets the program work in them, and takes a new snapshot. */
export function machineOf<Context, Contexts, Registers extends Cell<Context>>(
  program: Program<Context, Registers>,
  keeper: Keeper<Context, Registers>,
): CompiledMachine<Context, Contexts, Registers> {
  const { name, hash, key, events, creates, states } = program;
  const { open, read } = keeper;
  const finish = (cell: Registers): MachineStep<Context> => {
    const { effects, errors } = cell;
    return { snapshot: read(cell), handled: true, effects, errors };
  };
  const machine: CompiledMachine<Context, Readonly<Record<string, Context>>, Registers> = {
    kind: 'machine',
    name,
    hash,
    key,
    events,
    creates,
    states,
    program,
    keeper,
    start(context, scope) {
      const cell = open(context, scope);
      startCell(program, cell);
      return finish(cell);
    },
    send(snapshot, event, scope) {
      const cell = open(snapshot.context, scope, snapshot);
      if (snapshot.status === 'active' && takeEvent(program, cell, event.name, event.payload)) return finish(cell);
      // What changed nothing leaves the very same snapshot.
      return { snapshot, handled: false, effects: [], errors: cell.errors };
    },
    available({ status, state }) {
      const hears = (alias: string, at: number): boolean => {
        const row = states[at];
        return row !== undefined && (row[2].includes(alias) || hears(alias, row[1]));
      };
      return Object.values(events).filter(
        (alias) => status === 'active' && state.some((leaf) => hears(alias, numberOf(program, leaf))),
      );
    },
  };
  // What it is in each state is known to the types alone.
  return machine as CompiledMachine<Context, Contexts, Registers>;
}
