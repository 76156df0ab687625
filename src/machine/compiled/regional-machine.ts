import type { Snapshot } from '../module.ts';
import { machineOf, newCell, numberOf, snapshotOf } from './compiled-machine.ts';
import type { Cell, CompiledMachine, RegionalProgram } from './program.ts';

/** Makes a module of a compiled program with parallel or history states. Generated code calls it. */
export function regionalMachine<Context, Contexts, Registers extends Cell<Context>>(
  program: RegionalProgram<Context, Registers>,
): CompiledMachine<Context, Contexts, Registers> {
  const { states, regions } = program;
  // A state with regions is no leaf: those in its regions are.
  const leaves = states.map(([name, , , type]) => (type === 'parallel' ? undefined : name));
  const last = states.map((_, state) => lastBelow(state));
  function lastBelow(state: number): number {
    const after = states.findIndex(([, parent], number) => number > state && parent < state);
    return after === -1 ? states.length - 1 : after - 1;
  }
  const whereIs = (snapshot: Snapshot<Context> | undefined): readonly number[] => {
    const active = snapshot?.state.map((leaf) => numberOf(program, leaf)) ?? [];
    return [-1, ...regions].map((root) => {
      // From a leaf outwards: a region stands at the innermost of its states on this way.
      for (const leaf of active) {
        for (let state = leaf; state !== -1; state = states[state]?.[1] ?? -1) {
          if (regionOf(state) === root) return state;
        }
      }
      return -1;
    });
  };
  const regionOf = (state: number): number =>
    regions.findLast((root) => root <= state && state <= (last[root] ?? -1)) ?? -1;
  return machineOf(program, {
    open: (context, scope, snapshot) => {
      const remembered = Object.entries(snapshot?.history ?? {}).map(([history, names]) => {
        numberOf(program, history);
        return [history, names.map((state) => numberOf(program, state))] as const;
      });
      return program.open(newCell(context, scope), whereIs(snapshot), Object.fromEntries(remembered));
    },
    read: (cell) => {
      const state: string[] = [];
      for (const at of program.read(cell)) {
        const leaf = at === -1 ? undefined : leaves[at];
        if (leaf !== undefined) state.push(leaf);
      }
      const snapshot = snapshotOf(cell, state);
      if (program.remembered === undefined) return snapshot;
      const kept = Object.entries(program.remembered(cell)).filter(([, numbers]) => numbers.length > 0);
      if (kept.length === 0) return snapshot;
      const history = kept.map(
        ([name, numbers]) => [name, numbers.map((number) => states[number]?.[0] ?? '')] as const,
      );
      return { ...snapshot, history: Object.fromEntries(history) };
    },
  });
}

/** Takes back work that the same event would only have begun. Says whether there was any. Generated code calls it. */
export function forgetWork<Context>(cell: Cell<Context>, state: number): boolean {
  const index = cell.begin.indexOf(state);
  if (index === -1) return false;
  cell.begin.splice(index, 1);
  return true;
}
