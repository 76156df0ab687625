import type { ErrorRecord } from '../core/index.ts';
import { noInstance } from '../engine/index.ts';
import { openSqlite, type BudgetRow, type EventRow, type RunStatus, type Store, type Tables } from '../store/index.ts';
import { checkpointsOf, type CheckpointQuery, type CheckpointView } from './checkpoints/checkpoints.ts';
import { decisionsOf, type DecisionView } from './decisions.ts';
import type { Dispatched } from './dispatcher.ts';
import { documentOf, type InstanceDocument } from './instances/document.ts';
import { metricsOf, type MachineMetrics } from './instances/metrics.ts';
import { historyView, instanceView, type HistoryView, type InstanceView } from './instances/views.ts';
import { toolUse, toolViews, type ToolUse, type ToolView } from './ledger/views.ts';
import { usageOf, usageOfRun, usageOfSteps, type UsageQuery, type UsageView } from './models/usage.ts';
import { clockOf } from './options.ts';
import { isAlive } from './owner.ts';
import { lookAt } from './unreadable.ts';
import { present, runView, stepViews, told, type RunView, type StepView } from './views.ts';
import { workViews, type WorkView } from './workers/views.ts';
import { scheduleViews, type ScheduleView } from './schedules/schedules.ts';

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
  /** One of the active leaf states. */
  readonly state?: string;
  readonly limit?: number;
  readonly offset?: number;
}

/** Which entries of a history: the newest `tail` of them (default: all that are kept) that are older than `before`. */
export interface HistoryQuery {
  readonly tail?: number;
  /** A `sequence`: pass the last one of a page to get the next. */
  readonly before?: number;
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
  /** What of its row cannot be read, because it was changed from outside (MR3020). Absent when all can. */
  readonly unreadable?: readonly ErrorRecord[];
}

/** Reads what a database knows. Changes nothing, and needs neither the system nor to be its owner. */
export interface Reader {
  runs(query?: RunQuery): RunView[];
  run(id: string): RunView | undefined;
  steps(run: string): StepView[];
  /** What calls of models have used and cost: all together, or by the name of the task, model, run, …. */
  usage(query?: UsageQuery): UsageView[];
  /** What was spent and is set aside in each scope that a budget held for. */
  budgets(): BudgetRow[];
  /** How many runs there are, by status. */
  counts(): Partial<Record<RunStatus, number>>;
  /** The flows that start by themselves, the next one first. */
  schedules(): ScheduleView[];
  /** The tools that the steps of a run have used, in order, with what they gave last. */
  tools(run: string): ToolView[];
  /** How often tools were used and their results given again, by task. */
  toolUse(task?: string): ToolUse[];
  /**
   * Committed steps, newest first: of the run of this id, or those that a query asks for. `counts` is false for what its run
   * has taken back.
   */
  checkpoints(query: string | CheckpointQuery): CheckpointView[];
  /** The steps that wait for a person, of one run or of all, the oldest first. */
  decisions(run?: string): DecisionView[];
  instances(query?: InstanceQuery): InstanceView[];
  instance(machine: string, id: string): InstanceView | undefined;
  /** Newest first. A number is a `tail`. */
  history(machine: string, id: string, query?: number | HistoryQuery): HistoryView[];
  /**
   * An instance as one JSON document, which `restoreInstance` makes an instance of again.
   *
   * @throws EventError MR3306 when there is no such instance.
   */
  exportInstance(machine: string, id: string): InstanceDocument;
  /** All instances, by `machine/id`, as they stood at one moment. Those that work for another are in its document. */
  exportInstances(query?: InstanceQuery): Record<string, InstanceDocument>;
  /** What the histories of a machine tell, or that of one instance. */
  metrics(machine: string, query?: { readonly id?: string }): MachineMetrics;
  /** Newest first. */
  events(query?: { readonly name?: string; readonly limit?: number; readonly offset?: number }): EventView[];
  /** The attempts that are shared with other processes now, in the order in which they are taken. */
  work(): WorkView[];
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

/** A reader on an open store. `now`: the time that it is for what is in it. */
export function readerOf(store: Store, now: () => number = () => clockOf(store, undefined).now()): Reader {
  return {
    ...reading(store.tables),
    exportInstance: (machine, id) =>
      store.reading((tables) => {
        const row = tables.instances.get(machine, id);
        if (row === undefined) throw noInstance({ machine, id });
        return documentOf(tables, row, now());
      }),
    exportInstances: (query = {}) =>
      store.reading((tables) => {
        const documents = tables.instances
          .list(query)
          .filter(({ parentRef }) => parentRef === null)
          .map((row): [string, InstanceDocument] => [`${row.machine}/${row.id}`, documentOf(tables, row, now())]);
        return Object.fromEntries(documents.sort(([a], [b]) => (a < b ? -1 : 1)));
      }),
    metrics: (machine, { id } = {}) => store.reading((tables) => metricsOf(tables, machine, id, now())),
    close: () => store.close(),
  };
}

function reading(tables: Tables): Omit<Reader, 'close' | 'exportInstance' | 'exportInstances' | 'metrics'> {
  return {
    runs: (query = {}) => tables.runs.list(query).map(runView),
    run: (id) => {
      const row = tables.runs.get(id);
      return row && { ...runView(row), ...present({ usage: usageOfRun(tables, id) }) };
    },
    steps: (run) => {
      const used = usageOfSteps(tables, run);
      const steps = stepViews(tables.journal.of(run));
      return used.size === 0 ? steps : steps.map((step) => ({ ...step, ...present({ usage: used.get(step.path) }) }));
    },
    usage: (query = {}) => usageOf(tables, query),
    budgets: () => tables.budgets.accounts(),
    counts: () => tables.runs.count(),
    schedules: () => scheduleViews(tables.timers),
    checkpoints: (query) => checkpointsOf(tables, typeof query === 'string' ? { run: query } : query),
    decisions: (run) => decisionsOf(tables, run),
    work: () => workViews(tables),
    tools: (run) => toolViews(tables, run),
    toolUse: (task) => toolUse(tables, task),
    instances: (query = {}) => tables.instances.list(query).map((row) => instanceView(tables, row)),
    instance: (machine, id) => {
      const row = tables.instances.get(machine, id);
      return row && instanceView(tables, row);
    },
    history: (machine, id, query = {}) => {
      const { tail: limit, before } = typeof query === 'number' ? { tail: query } : query;
      return tables.instances
        .history(machine, id, {
          ...(limit === undefined ? {} : { limit }),
          ...(before === undefined ? {} : { before }),
        })
        .map(historyView);
    },
    events: (query = {}) => tables.events.list(query).map(eventView),
    owner: () => {
      const row = tables.owner.get();
      return row !== undefined && isAlive(row, Date.now()) ? { pid: row.pid, host: row.host } : undefined;
    },
  };
}

function eventView(row: EventRow): EventView {
  const { read, errors } = lookAt(`event '${row.id}'`);
  const result = read<Dispatched>('result', row.result);
  const view = {
    id: row.id,
    sequence: row.seq,
    name: row.name,
    payload: read('payload', row.payload),
    time: row.at,
    source: row.source,
    ...(result === undefined ? {} : { result }),
  };
  return { ...view, ...told(errors) };
}
