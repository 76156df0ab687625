import { Faults } from './faults.ts';

/** A row that was left as it was. */
export interface LeftRow {
  readonly id: string;
  readonly reason: string;
}

/** What became of the instances of a machine, by its old name. */
export interface MachineReport {
  readonly machine: string;
  /** Those of which something changed: state, context, name, what waits for them or works for them. */
  readonly mapped: number;
  /** Those that are as they were, the version aside. */
  readonly unchanged: number;
  readonly left: readonly (LeftRow & { readonly state: string })[];
  /** How many more were left than are listed. */
  readonly leftMore?: number;
  /** The fields of contexts that the new schema does not know and that went, such as `note` or `lines[].sku`. */
  readonly dropped?: readonly string[];
}

/** What became of the runs in flight of a flow (or of a single task), by its old name. */
export interface FlowReport {
  readonly flow: string;
  /** How many go on, mapped or not. */
  readonly continuing: number;
  /** How many of these have new names or data. */
  readonly mapped: number;
  readonly cancelled: number;
  readonly blocked: readonly LeftRow[];
  /** How many more are blocked than are listed. */
  readonly blockedMore?: number;
}

/** What a migration did in a database. */
export interface DatabaseReport {
  /** The versions of the rows that were found, the target aside. */
  readonly from: readonly string[];
  readonly instances: readonly MachineReport[];
  readonly runs: readonly FlowReport[];
  readonly events: { readonly mapped: number; readonly left: readonly (LeftRow & { readonly name: string })[] };
}

/** How many rows that were left are listed of each machine and flow: there may be a million. */
const listed = 1000;

/** Adds up what becomes of the rows. */
export class Tally {
  readonly faults = new Faults();
  readonly #versions = new Set<string>();
  readonly #machines = new Map<
    string,
    { mapped: number; unchanged: number; left: MachineReport['left'][number][]; more: number; dropped: Set<string> }
  >();
  readonly #flows = new Map<
    string,
    { continuing: number; mapped: number; cancelled: number; blocked: LeftRow[]; more: number }
  >();
  readonly #events: DatabaseReport['events']['left'][number][] = [];
  #mapped = 0;

  version(version: string): void {
    this.#versions.add(version);
  }

  machine(
    name: string,
    outcome: 'mapped' | 'unchanged' | MachineReport['left'][number],
    dropped: readonly string[] = [],
  ): void {
    const sum = this.#machines.get(name) ?? { mapped: 0, unchanged: 0, left: [], more: 0, dropped: new Set() };
    this.#machines.set(name, sum);
    for (const field of dropped) if (sum.dropped.size < listed) sum.dropped.add(field);
    if (typeof outcome === 'string') sum[outcome]++;
    else if (sum.left.length < listed) sum.left.push(outcome);
    else sum.more++;
  }

  flow(name: string, outcome: 'continuing' | 'mapped' | 'cancelled' | LeftRow): void {
    const sum = this.#flows.get(name) ?? { continuing: 0, mapped: 0, cancelled: 0, blocked: [], more: 0 };
    this.#flows.set(name, sum);
    if (outcome === 'mapped') sum.continuing++;
    if (typeof outcome === 'string') sum[outcome]++;
    else if (sum.blocked.length < listed) sum.blocked.push(outcome);
    else sum.more++;
  }

  event(outcome: 'mapped' | DatabaseReport['events']['left'][number]): void {
    if (outcome === 'mapped') this.#mapped++;
    else if (this.#events.length < listed) this.#events.push(outcome);
  }

  report(): DatabaseReport {
    const byName = <T>(map: ReadonlyMap<string, T>): [string, T][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      from: [...this.#versions].sort(),
      instances: byName(this.#machines).map(([machine, { more, dropped, ...sum }]) => ({
        machine,
        ...sum,
        ...(more > 0 && { leftMore: more }),
        ...(dropped.size > 0 && { dropped: [...dropped].sort() }),
      })),
      runs: byName(this.#flows).map(([flow, { more, ...sum }]) => ({
        flow,
        ...sum,
        ...(more > 0 && { blockedMore: more }),
      })),
      events: { mapped: this.#mapped, left: this.#events },
    };
  }
}
