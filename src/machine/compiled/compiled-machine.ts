import type { MachineStep, Snapshot, StepScope } from '../module.ts';
import { unknownState } from '../unknown-state.ts';
import type { Cell, CompiledMachine, Program } from './program.ts';

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
export function startCell<Context>(program: Program<Context>, cell: Cell<Context>): void {
  program.enter(cell);
  program.settle?.(program, cell, true);
}

/** Takes one event to completion. Says whether any transition matched. */
export function takeEvent<Context>(
  program: Program<Context>,
  cell: Cell<Context>,
  event: string,
  payload: unknown,
): boolean {
  const handled = program.step(cell, event, payload);
  return program.settle === undefined ? handled : program.settle(program, cell, handled);
}

/** What the registers say, as plain JSON. `resting` holds the active leaves by number. */
export function snapshotOf<Context>(cell: Cell<Context>, resting: readonly (readonly string[])[]): Snapshot<Context> {
  const { context, output } = cell;
  const state = resting[cell.state] as readonly string[];
  if (!cell.done) return { state, context, status: 'active' };
  return { state, context, status: 'done', ...(output !== undefined && { output }) };
}

/**
 * Makes a module of a compiled program: restores the registers from a snapshot, lets the program work in them, and
 * takes a new snapshot. Generated code calls it.
 */
export function compiledMachine<Context>(program: Program<Context>): CompiledMachine<Context> {
  const { name, hash, key, events, creates, states } = program;
  const resting = states.map(([state]) => [state]);
  const numbers = new Map(states.map(([state], number) => [state, number]));
  const numberOf = ({ state: [leaf = ''] }: Snapshot<Context>): number => numbers.get(leaf) ?? unknownState(name, leaf);
  const finish = (cell: Cell<Context>): MachineStep<Context> => {
    const { effects, errors } = cell;
    return { snapshot: snapshotOf(cell, resting), handled: true, effects, errors };
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
      const cell = newCell(context, scope);
      startCell(program, cell);
      return finish(cell);
    },
    send(snapshot, event, scope) {
      const cell = newCell(snapshot.context, scope);
      if (snapshot.status === 'active') {
        cell.state = numberOf(snapshot);
        if (takeEvent(program, cell, event.name, event.payload)) return finish(cell);
      }
      // What changed nothing leaves the very same snapshot.
      return { snapshot, handled: false, effects: [], errors: cell.errors };
    },
    available(snapshot) {
      const heard = new Set<string>();
      const at = snapshot.status === 'done' ? -1 : numberOf(snapshot);
      for (let row = states[at]; row !== undefined; row = states[row[1]]) for (const alias of row[2]) heard.add(alias);
      return Object.values(events).filter((alias) => heard.has(alias));
    },
  };
}
