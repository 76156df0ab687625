import { isActive, leavesOf, type RegionalCell, type Regions, type Registers } from './table.ts';

/** What generated code does with the states and transitions of a machine with parallel states, by number. */
export interface RegionalCode<Context> {
  readonly act: (cell: RegionalCell<Context>, transition: number, payload: unknown) => void;
  readonly exit: (cell: RegionalCell<Context>, state: number) => void;
  readonly enter: (cell: RegionalCell<Context>, state: number) => void;
}

/**
 * Takes the transitions that `select` finds from each active leaf (-1: none): a microstep. Says whether there were any.
 */
export function takeInRegions<Context>(
  regions: Regions,
  code: RegionalCode<Context>,
  cell: RegionalCell<Context>,
  select: (leaf: number) => number,
  payload: unknown,
): boolean {
  cell.asked = [];
  const found = new Set(leavesOf(regions, cell).map(select));
  found.delete(-1);
  const taken = withoutConflicts(regions, [...found]);
  if (taken.length === 0) return false;
  for (const state of statesLeft(regions, cell, taken)) {
    code.exit(cell, state);
    leave(regions, cell, state);
  }
  for (const transition of taken) code.act(cell, transition, payload);
  enterStates(
    regions,
    code,
    cell,
    taken.flatMap((transition) => regions.transitions[transition]?.[2] ?? []),
  );
  return true;
}

/** Enters states in document order. */
export function enterStates<Context>(
  { region }: Regions,
  code: Pick<RegionalCode<Context>, 'enter'>,
  cell: RegionalCell<Context>,
  states: readonly number[],
): void {
  for (const state of [...new Set(states)].sort((a, b) => a - b)) {
    cell.regions[region[state] as number] = state;
    code.enter(cell, state);
  }
}

/** The register of a region goes back to the state around the one that was left. */
function leave({ region, states }: Regions, cell: Registers, state: number): void {
  const parent = states[state]?.[1] ?? -1;
  cell.regions[region[state] as number] = parent !== -1 && region[parent] === region[state] ? parent : -1;
}

/** The active states below the domains, in reverse document order. */
function statesLeft(regions: Regions, cell: Registers, taken: readonly number[]): readonly number[] {
  const left: number[] = [];
  for (let state = regions.states.length - 1; state >= 0; state -= 1) {
    if (taken.some((transition) => leaves(regions, transition, state)) && isActive(regions, cell, state))
      left.push(state);
  }
  return left;
}

function leaves({ transitions, last }: Regions, transition: number, state: number): boolean {
  const domain = transitions[transition]?.[1];
  if (domain === undefined) return false;
  return domain === -1 || (state > domain && state <= (last[domain] as number));
}

/** Of two transitions that would leave the same state, the one of the descendant wins, otherwise the earlier one. */
function withoutConflicts(regions: Regions, found: readonly number[]): readonly number[] {
  const source = (transition: number): number => regions.transitions[transition]?.[0] as number;
  let kept: readonly number[] = [];
  for (const one of found) {
    const rivals = kept.filter((other) => collide(regions, one, other));
    const wins = rivals.every(
      (other) => source(one) > source(other) && source(one) <= (regions.last[source(other)] as number),
    );
    if (wins) kept = [...kept.filter((other) => !rivals.includes(other)), one];
  }
  return kept;
}

/** Would both leave a state that is active? Each leaves whatever is active below its domain. */
function collide({ transitions, last, states }: Regions, one: number, other: number): boolean {
  const range = (transition: number): readonly [number, number] => {
    const domain = transitions[transition]?.[1];
    return domain === undefined
      ? [0, -1]
      : domain === -1
        ? [0, states.length - 1]
        : [domain + 1, last[domain] as number];
  };
  const [from, to] = range(one);
  const [otherFrom, otherTo] = range(other);
  return Math.max(from, otherFrom) <= Math.min(to, otherTo);
}
