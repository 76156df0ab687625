import type { Cell, StateRow } from '../compiled/program.ts';

/** The registers of a machine with parallel states: one for each region. */
export interface RegionalCell<Context> extends Cell<Context> {
  /** By region, the innermost of its states that is active: a leaf or a parallel state; -1 when the region is not active. */
  regions: number[];
  /** What guards answered while the transitions of one event are selected: each is asked once. */
  asked: boolean[];
}

/** The part of a cell that says which states are active. */
export type Registers = Pick<RegionalCell<unknown>, 'regions'>;

/** A transition: its source, the state that stays active around it (-1: the machine), the states it enters. Without targets only its source. */
export type TransitionRow = readonly [source: number, domain?: number, enters?: readonly number[]];

/** What a machine with parallel states consists of, by the numbers of its states. */
export interface RegionTable {
  readonly states: readonly StateRow[];
  /** The parallel states. */
  readonly parallel: readonly number[];
  /** The final states. */
  readonly final: readonly number[];
  readonly transitions: readonly TransitionRow[];
}

/** A table with what follows from it. */
export interface Regions extends RegionTable {
  /** By state, the number of its region. */
  readonly region: readonly number[];
  /** By state, the number of the last state below it. */
  readonly last: readonly number[];
  readonly parent: readonly number[];
  readonly isParallel: readonly boolean[];
  readonly count: number;
}

/** Works out the regions: one for the states at the top, one for each state right below a parallel one. */
export function regionsOf(table: RegionTable): Regions {
  const { states, parallel } = table;
  const region: number[] = [];
  const last = states.map((_, number) => number);
  let count = 1;
  for (const [number, [, parent]] of states.entries()) {
    region.push(parent === -1 ? 0 : parallel.includes(parent) ? count++ : (region[parent] as number));
    for (let outer = parent; outer !== -1; outer = states[outer]?.[1] ?? -1) last[outer] = number;
  }
  const parents = states.map(([, parent]) => parent);
  return {
    ...table,
    region,
    last,
    parent: parents,
    isParallel: states.map((_, state) => parallel.includes(state)),
    count,
  };
}

/** Is this state active? */
export function isActive({ region, last }: Regions, cell: Registers, state: number): boolean {
  const register = cell.regions[region[state] as number] as number;
  return register >= state && register <= (last[state] as number);
}

/** Is the state of this name active? Generated code calls it. */
export function isInRegions(regions: Regions, cell: Registers, name: string): boolean {
  const state = regions.states.findIndex(([each]) => each === name);
  return state !== -1 && isActive(regions, cell, state);
}

/** Has everything below this state come to a final state? Generated code calls it. */
export function isFinished(regions: Regions, cell: Registers, state: number): boolean {
  const { states, final, parallel } = regions;
  const children = states.flatMap(([, parent], number) => (parent === state ? [number] : []));
  return parallel.includes(state)
    ? children.every((child) => isFinished(regions, cell, child))
    : children.some((child) => final.includes(child) && isActive(regions, cell, child));
}
