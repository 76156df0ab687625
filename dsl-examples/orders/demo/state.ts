import { openReader, type HistoryView, type InstanceView, type RunView, type StepView } from 'millrace/runtime';

/** What the database says at one moment. */
export interface State {
  readonly orders: readonly InstanceView[];
  readonly runs: readonly RunView[];
  /** By run and path, as `RUN PATH`. */
  readonly steps: ReadonlyMap<string, StepView>;
}

/** Reads everything, beside whoever drives the database. */
export function readState(database: string): State {
  const reader = openReader(database);
  try {
    const runs = reader.runs();
    const steps = runs.flatMap((run) =>
      reader.steps(run.id).map((step): [string, StepView] => [`${run.id} ${step.path}`, step]),
    );
    return { orders: reader.instances({ machine: 'order' }), runs, steps: new Map(steps) };
  } finally {
    reader.close();
  }
}

/** Where the orders and runs stand, in numbers. */
export interface Standing {
  readonly states: ReadonlyMap<string, number>;
  readonly active: number;
  /** Days since the first order, on the clock of the system. */
  readonly day: number;
}

export function readStanding(database: string): Standing {
  const reader = openReader(database);
  try {
    const orders = reader.instances({ machine: 'order' });
    const first = Math.min(...orders.map((order) => order.createdAt));
    const last = Math.max(...orders.map((order) => order.updatedAt));
    const counts = reader.counts();
    return {
      states: tally(orders.map((order) => order.state.join('+'))),
      active: (['pending', 'running', 'waiting', 'paused', 'blocked'] as const).reduce(
        (sum, status) => sum + (counts[status] ?? 0),
        0,
      ),
      day: orders.length === 0 ? 0 : (last - first) / 86_400_000,
    };
  } finally {
    reader.close();
  }
}

/** How often each occurs, in order of their first. */
export function tally(values: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

const ends = new Set(['closed', 'cancelled']);
const isFinal = (states: readonly string[] | null): boolean => states?.some((name) => ends.has(name)) ?? false;

/** How often an order entered a final state, by its history. */
export const finalEntries = (order: InstanceView, history: readonly HistoryView[]): number =>
  order.status === 'done' ? history.filter(({ from, to }) => isFinal(to) && !isFinal(from)).length : 0;

/** The same for all orders of a database. */
export function readFinals(database: string, { orders }: State): ReadonlyMap<string, number> {
  const reader = openReader(database);
  try {
    return new Map(orders.map((order) => [order.id, finalEntries(order, reader.history('order', order.id))]));
  } finally {
    reader.close();
  }
}
