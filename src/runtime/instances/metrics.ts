import type { Tables, WalkRow } from '../../store/index.ts';
import { Histogram, type Spans } from '../metrics/histogram.ts';

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
