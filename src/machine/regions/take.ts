import type { RegionalCell, Regions } from './table.ts';

/** What generated code does with the states and transitions of a machine with parallel states, by number. */
export interface RegionalCode<Context> {
  readonly act: (cell: RegionalCell<Context>, transition: number, payload: unknown) => void;
  readonly exit: (cell: RegionalCell<Context>, state: number) => void;
  readonly enter: (cell: RegionalCell<Context>, state: number) => void;
  /** The transition that an event enables from this leaf, -1 when there is none. */
  readonly select: (cell: RegionalCell<Context>, leaf: number, event: string, payload: unknown) => number;
  /** The eventless transition that is enabled from this leaf, -1 when there is none. */
  readonly selectAlways?: (cell: RegionalCell<Context>, leaf: number) => number;
}

/**
 * Takes the transitions that an event (or, without one, that nothing but the state) enables: a microstep. Says whether
 * there were any.
 */
export function takeInRegions<Context>(
  regions: Regions,
  code: RegionalCode<Context>,
  cell: RegionalCell<Context>,
  event: string | undefined,
  payload: unknown,
): boolean {
  if (cell.asked.length > 0) cell.asked = [];
  const found: number[] = [];
  // The numbers of regions go the way the document goes, and so do the leaves in them.
  for (const leaf of cell.regions) {
    if (leaf === -1 || regions.isParallel[leaf] === true) continue;
    const transition =
      event === undefined ? (code.selectAlways?.(cell, leaf) ?? -1) : code.select(cell, leaf, event, payload);
    if (transition !== -1 && !found.includes(transition)) found.push(transition);
  }
  if (found.length === 0) return false;
  const taken = found.length === 1 ? found : withoutConflicts(regions, found);
  exitStates(regions, code, cell, taken);
  for (const transition of taken) code.act(cell, transition, payload);
  for (const state of entered(regions, taken)) enter(regions, code, cell, state);
  return true;
}

/** The states that transitions enter, each once, in document order. */
function entered({ transitions }: Regions, taken: readonly number[]): readonly number[] {
  if (taken.length === 1) return transitions[taken[0] as number]?.[2] ?? [];
  const states: number[] = [];
  let ordered = true;
  for (const transition of taken) {
    for (const state of transitions[transition]?.[2] ?? []) {
      ordered &&= states.length === 0 || (states.at(-1) as number) < state;
      states.push(state);
    }
  }
  // Mostly each transition stays in its own region, and the regions come in order.
  return ordered ? states : [...new Set(states)].sort((a, b) => a - b);
}

/** Makes a state active, and does what entering it brings. */
export function enter<Context>(
  { region }: Regions,
  code: Pick<RegionalCode<Context>, 'enter'>,
  cell: RegionalCell<Context>,
  state: number,
): void {
  cell.regions[region[state] as number] = state;
  code.enter(cell, state);
}

/** Leaves the active states below the domains, in reverse document order: later regions first, inner states first. */
function exitStates<Context>(
  regions: Regions,
  code: RegionalCode<Context>,
  cell: RegionalCell<Context>,
  taken: readonly number[],
): void {
  const { region, parent } = regions;
  for (let index = regions.count - 1; index >= 0; index -= 1) {
    let state = cell.regions[index] as number;
    while (state !== -1 && region[state] === index && isLeft(regions, taken, state)) {
      code.exit(cell, state);
      state = parent[state] as number;
      cell.regions[index] = state !== -1 && region[state] === index ? state : -1;
    }
  }
}

// What is left of a region is left from the inside: a domain that does not hold a state does not hold those around it.
function isLeft({ transitions, last }: Regions, taken: readonly number[], state: number): boolean {
  for (const transition of taken) {
    const domain = transitions[transition]?.[1];
    if (domain !== undefined && state > domain && (domain === -1 || state <= (last[domain] as number))) return true;
  }
  return false;
}

/** Of two transitions that would leave the same state, the one of the descendant wins, otherwise the earlier one. */
function withoutConflicts(regions: Regions, found: readonly number[]): readonly number[] {
  const source = (transition: number): number => regions.transitions[transition]?.[0] as number;
  let kept: number[] = [];
  for (const one of found) {
    const rivals = kept.filter((other) => collide(regions, one, other));
    if (rivals.length > 0) {
      if (
        !rivals.every((other) => source(one) > source(other) && source(one) <= (regions.last[source(other)] as number))
      )
        continue;
      kept = kept.filter((other) => !rivals.includes(other));
    }
    kept.push(one);
  }
  return kept;
}

/** Would both leave a state that is active? Each leaves whatever is active below its domain. */
function collide(regions: Regions, one: number, other: number): boolean {
  const domain = regions.transitions[one]?.[1];
  const otherDomain = regions.transitions[other]?.[1];
  if (domain === undefined || otherDomain === undefined) return false;
  const end = (state: number): number => (state === -1 ? regions.states.length - 1 : (regions.last[state] as number));
  return Math.max(domain, otherDomain) < Math.min(end(domain), end(otherDomain));
}
