import type { Tables, WalkRow } from '../../store/index.ts';

/** How long something takes, in ms. */
export interface Spans {
  readonly count: number;
  readonly total: number;
  readonly mean: number;
  /** Half of them took no longer; right to 5 %. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** What the histories of instances tell. Times are in ms, by the runtime's clock unless said otherwise. */
export interface MachineMetrics {
  readonly machine: string;
  /** Of this instance only. */
  readonly instance?: string;
  readonly instances: { readonly active: number; readonly done: number; readonly stopped: number };
  /** The entries that were counted: creations, events, rollbacks. */
  readonly entries: number;
  /** Instances whose oldest entries have been dropped: what they did then is not counted. */
  readonly shortened: number;
  /** What a step took, in ms of real time: guards, actions, and noting down what they set off; without the commit. */
  readonly transitions: Spans;
  /** Entries in which something threw or could not be done. */
  readonly errors: number;
  /** Their share of the entries. */
  readonly errorRate: number;
  /** By leaf state: `count` is how often it was entered. A state in which an instance still stands counts up to now. */
  readonly timeInState: Readonly<Record<string, Spans>>;
  /** From creation to the end; of active instances up to now. */
  readonly totalDuration: Spans;
}

/** Counts spans in classes, each 5 % wider than the one before: some hundred numbers however many spans there are. */
class Histogram {
  readonly #classes = new Map<number, number>();
  #count = 0;
  #total = 0;
  #max = 0;

  add(span: number): void {
    // Clocks are set back at times.
    const ms = Math.max(0, span);
    const at = ms < smallest ? 0 : 1 + Math.floor(Math.log(ms / smallest) / Math.log(growth));
    this.#classes.set(at, (this.#classes.get(at) ?? 0) + 1);
    this.#count++;
    this.#total += ms;
    this.#max = Math.max(this.#max, ms);
  }

  spans(): Spans {
    const count = this.#count;
    const round = (ms: number): number => Math.round(ms * 1000) / 1000;
    return {
      count,
      total: round(this.#total),
      mean: count === 0 ? 0 : round(this.#total / count),
      p50: round(this.#quantile(0.5)),
      p99: round(this.#quantile(0.99)),
      max: round(this.#max),
    };
  }

  #quantile(share: number): number {
    let left = Math.ceil(this.#count * share);
    for (const at of [...this.#classes.keys()].sort((a, b) => a - b)) {
      left -= this.#classes.get(at) ?? 0;
      if (left <= 0) return at === 0 ? 0 : Math.min(this.#max, smallest * growth ** at);
    }
    return 0;
  }
}

const smallest = 0.001;
const growth = 1.05;

/** Works out the metrics of a machine, or of one instance, from the histories. `now`: the time that it is for them. */
export function metricsOf(tables: Tables, machine: string, id: string | undefined, now: number): MachineMetrics {
  const transitions = new Histogram();
  const durations = new Histogram();
  const states = new Map<string, Histogram>();
  const statuses = { active: 0, done: 0, stopped: 0 };
  let [entries, errors, shortened] = [0, 0, 0];
  let before: WalkRow | undefined;
  /** Since when the instance at hand has been in each of its states. */
  let since = new Map<string, number>();

  const leave = (state: string, at: number): void => {
    const histogram = states.get(state) ?? new Histogram();
    states.set(state, histogram);
    histogram.add(at - (since.get(state) ?? at));
  };
  const finish = (): void => {
    if (before === undefined) return;
    const end = before.status === 'active' ? now : before.updated;
    for (const state of since.keys()) leave(state, end);
    statuses[before.status]++;
    durations.add(end - before.created);
  };
  for (const row of tables.instances.walk(machine, id)) {
    if (row.instance !== before?.instance) {
      finish();
      since = new Map();
      if (row.seq > 1) shortened++;
    }
    if (row.after !== before?.after || row.instance !== before.instance) {
      const leaves = JSON.parse(row.after) as readonly string[];
      for (const state of since.keys()) if (!leaves.includes(state)) leave(state, row.at);
      since = new Map(leaves.map((state) => [state, since.get(state) ?? row.at]));
    }
    entries++;
    if (row.failed) errors++;
    if (row.took !== null) transitions.add(row.took);
    before = row;
  }
  finish();
  return {
    machine,
    ...(id === undefined ? {} : { instance: id }),
    instances: statuses,
    entries,
    shortened,
    transitions: transitions.spans(),
    errors,
    errorRate: entries === 0 ? 0 : errors / entries,
    timeInState: Object.fromEntries([...states].sort().map(([state, histogram]) => [state, histogram.spans()])),
    totalDuration: durations.spans(),
  };
}
