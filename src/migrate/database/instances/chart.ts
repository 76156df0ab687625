import { milliseconds } from '../../../core/index.ts';
import type { StateRow } from '../../../machine/index.ts';
import type { MachineNode, StateNode, SystemModel } from '../../../model/index.ts';
import { own } from '../world.ts';

/** What a migration needs to know of a state. */
export interface ChartState {
  readonly parent: string | undefined;
  /** What there is after which time: ms, or the text of a lambda. */
  readonly after: readonly (number | string)[];
  readonly run: StateNode['run'];
}

/** A machine of one version, flat. */
export interface Chart {
  readonly name: string;
  readonly states: ReadonlyMap<string, ChartState>;
  /** For `checkSnapshot`. */
  readonly rows: readonly StateRow[];
  /** From the alias of an event to its own name. */
  readonly events: ReadonlyMap<string, string>;
}

const known = new WeakMap<MachineNode, Chart>();

/** The chart of a machine in a version of a system; undefined when the version was not kept or has no such machine. */
export function chartOf(system: SystemModel | undefined, machine: string): Chart | undefined {
  const node = own(system?.machines, machine);
  if (node === undefined) return undefined;
  const chart = known.get(node) ?? draw(node);
  known.set(node, chart);
  return chart;
}

function draw({ name, states, events }: MachineNode): Chart {
  const found = new Map<string, ChartState>();
  const rows: StateRow[] = [];
  const walk = (nodes: readonly StateNode[], parent: string | undefined, number: number): void => {
    for (const node of nodes) {
      found.set(node.name, {
        parent,
        after: node.after.map(({ delay }) => (typeof delay === 'string' ? milliseconds(delay) : delay.text)),
        run: node.run,
      });
      const type = node.type === 'history' ? (node.history ?? 'shallow') : node.type;
      rows.push(type === 'atomic' || type === 'compound' ? [node.name, number, []] : [node.name, number, [], type]);
      walk(node.states, node.name, rows.length - 1);
    }
  };
  walk(states, undefined, -1);
  return { name, states: found, rows, events: new Map(events.map((event) => [event.alias, event.name])) };
}

/** The active states with those around them, as far as the chart is known. */
export function activeIn(chart: Chart | undefined, leaves: readonly string[]): readonly string[] {
  const active = new Set<string>();
  for (const leaf of leaves) {
    for (let state: string | undefined = leaf; state !== undefined; state = chart?.states.get(state)?.parent)
      active.add(state);
  }
  return [...active];
}

/** From the number of each `after` of a state to that in its new version: one of the same time, else of the same place. */
export function sameAfters(before: ChartState | undefined, next: ChartState): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>();
  const taken = new Set<number>();
  const pair = (from: number, to: number): void => {
    if (pairs.has(from) || taken.has(to)) return;
    pairs.set(from, to);
    taken.add(to);
  };
  const old = before?.after ?? next.after;
  for (const [from, delay] of old.entries()) {
    const to = next.after.findIndex((each, index) => each === delay && !taken.has(index));
    if (to !== -1) pair(from, to);
  }
  for (const from of old.keys()) if (from < next.after.length) pair(from, from);
  return pairs;
}
