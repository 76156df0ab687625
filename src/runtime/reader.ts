import { openSqlite, type EventRow, type RunStatus, type Store, type Tables } from '../store/index.ts';
import type { Dispatched } from './dispatcher.ts';
import {
  historyView,
  instanceView,
  runView,
  stepViews,
  type HistoryView,
  type InstanceView,
  type RunView,
  type StepView,
} from './views.ts';
import { isAlive } from './owner.ts';

/** Which runs. Newest first; `limit` defaults to all. */
export interface RunQuery {
  readonly status?: readonly RunStatus[];
  /** A flow or task. */
  readonly target?: string;
  readonly parent?: string;
  readonly limit?: number;
  readonly offset?: number;
}

/** Which instances. The most recently changed first. */
export interface InstanceQuery {
  readonly machine?: string;
  readonly status?: InstanceView['status'];
  readonly limit?: number;
  readonly offset?: number;
}

/** An event of the log. */
export interface EventView {
  readonly id: string;
  readonly sequence: number;
  readonly name: string;
  readonly payload: unknown;
  readonly time: number;
  readonly source: string;
  /** Absent: it has not been handed out yet. */
  readonly result?: Dispatched;
}

/** Reads what a database knows. Changes nothing, and needs neither the system nor to be its owner. */
export interface Reader {
  runs(query?: RunQuery): RunView[];
  run(id: string): RunView | undefined;
  steps(run: string): StepView[];
  /** How many runs there are, by status. */
  counts(): Partial<Record<RunStatus, number>>;
  instances(query?: InstanceQuery): InstanceView[];
  instance(machine: string, id: string): InstanceView | undefined;
  /** Newest first. */
  history(machine: string, id: string, limit?: number): HistoryView[];
  /** Newest first. */
  events(query?: { readonly name?: string; readonly limit?: number; readonly offset?: number }): EventView[];
  /** The process that drives the database now. */
  owner(): { readonly pid: number; readonly host: string } | undefined;
  close(): void;
}

/**
 * Opens a database for reading only, beside whoever drives it.
 *
 * @throws StoreError MR3003 not a Millrace database, MR3004 a newer schema, MR3008 no such file.
 * @example
 * ```ts
 * import { openReader } from 'millrace/runtime';
 *
 * const reader = openReader('orders.db');
 * for (const run of reader.runs({ status: ['failed'] })) console.log(run.id, run.error?.message);
 * reader.close();
 * ```
 */
export function openReader(file: string): Reader {
  return readerOf(openSqlite(file, { readOnly: true }));
}

/** A reader on an open store. */
export function readerOf(store: Store): Reader {
  return { ...reading(store.tables), close: () => store.close() };
}

function reading(tables: Tables): Omit<Reader, 'close'> {
  return {
    runs: (query = {}) => tables.runs.list(query).map(runView),
    run: (id) => {
      const row = tables.runs.get(id);
      return row && runView(row);
    },
    steps: (run) => stepViews(tables.journal.of(run)),
    counts: () => tables.runs.count(),
    instances: (query = {}) => tables.instances.list(query).map(instanceView),
    instance: (machine, id) => {
      const row = tables.instances.get(machine, id);
      return row && instanceView(row);
    },
    history: (machine, id, limit) =>
      tables.instances.history(machine, id, limit === undefined ? {} : { limit }).map(historyView),
    events: (query = {}) => tables.events.list(query).map(eventView),
    owner: () => {
      const row = tables.owner.get();
      return row !== undefined && isAlive(row, Date.now()) ? { pid: row.pid, host: row.host } : undefined;
    },
  };
}

function eventView(row: EventRow): EventView {
  return {
    id: row.id,
    sequence: row.seq,
    name: row.name,
    payload: row.payload === null ? undefined : JSON.parse(row.payload),
    time: row.at,
    source: row.source,
    ...(row.result === null ? {} : { result: JSON.parse(row.result) as Dispatched }),
  };
}
