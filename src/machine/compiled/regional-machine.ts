import { machineOf, newCell, numberOf, snapshotOf } from './compiled-machine.ts';
import type { Cell, CompiledMachine, RegionalProgram } from './program.ts';

/** Makes a module of a compiled program with parallel or history states. Generated code calls it. */
export function regionalMachine<Context, Contexts, Registers extends Cell<Context>>(
  program: RegionalProgram<Context, Registers>,
): CompiledMachine<Context, Contexts, Registers> {
  const { states, regions, histories = [] } = program;
  // A state with regions is no leaf: those in its regions are.
  const leaves = states.map(([name, , , type]) => (type === 'parallel' ? undefined : name));
  const regionOf = states.map((_, state) => regions.findLastIndex((root) => isWithin(state, root)) + 1);
  function isWithin(state: number, root: number): boolean {
    for (let each = state; each >= root; each = states[each]?.[1] ?? -1) if (each === root) return true;
    return false;
  }
  const nameOf = (state = -1): string => states[state]?.[0] ?? '';
  const whereIs = (leaves: readonly string[]): readonly number[] => {
    const at = [-1, ...regions.map(() => -1)];
    for (const leaf of leaves) {
      // From the leaf outwards: each region stands at the innermost of its states on this way.
      for (let state = numberOf(program, leaf); state !== -1; state = states[state]?.[1] ?? -1) {
        const region = regionOf[state] ?? 0;
        if (at[region] === -1) at[region] = state;
      }
    }
    return at;
  };
  return machineOf(program, {
    open: (context, scope, snapshot) => {
      const remembered = histories.map((): readonly number[] => []);
      for (const [history, names] of Object.entries(snapshot?.history ?? {})) {
        const index = histories.indexOf(numberOf(program, history));
        if (index !== -1) remembered[index] = names.map((state) => numberOf(program, state));
      }
      return program.open(newCell(context, scope), whereIs(snapshot?.state ?? []), remembered);
    },
    read: (cell) => {
      const state: string[] = [];
      for (const at of program.read(cell)) {
        const leaf = at === -1 ? undefined : leaves[at];
        if (leaf !== undefined) state.push(leaf);
      }
      const snapshot = snapshotOf(cell, state);
      const kept = program.remembered?.(cell) ?? [];
      const history = kept.flatMap((numbers, index) =>
        numbers.length === 0 ? [] : [[nameOf(histories[index]), numbers.map(nameOf)] as const],
      );
      return history.length === 0 ? snapshot : { ...snapshot, history: Object.fromEntries(history) };
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
