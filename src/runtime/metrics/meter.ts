import type { RunStatus, Store } from '../../store/index.ts';
import type { Bus, RuntimeEvent } from '../bus.ts';
import type { Writer } from '../writer.ts';
import { Counter, gauge, Sizing } from './families.ts';
import { Histogram, type Spans } from './histogram.ts';
import { ModelMeter, type ModelMetrics } from './model-meter.ts';

/** What `metricsText()` is: the text format of Prometheus. */
export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8';

/** What an engine has done since it was counted. Spans are in ms: of runs by the clock of the runtime, else of real time. */
export interface EngineMetrics {
  readonly runs: {
    /** All that are in the database. */
    readonly byStatus: Readonly<Partial<Record<RunStatus, number>>>;
    readonly inMemory: number;
    readonly started: number;
    /** By flow (or task) and status. */
    readonly ended: readonly { readonly target: string; readonly status: string; readonly count: number }[];
    readonly duration: readonly { readonly target: string; readonly spans: Spans }[];
  };
  readonly steps: Readonly<Record<string, number>>;
  readonly attempts: readonly { readonly task: string; readonly outcome: string; readonly count: number }[];
  readonly attemptDuration: readonly { readonly task: string; readonly spans: Spans }[];
  readonly retries: readonly { readonly task: string; readonly count: number }[];
  readonly cacheHits: readonly { readonly task: string; readonly count: number }[];
  readonly commits: {
    /** Of each transaction. */
    readonly duration: Spans;
    /** How many pieces of work each carried. */
    readonly units: Spans;
    /** How many wait to be written now. */
    readonly queued: number;
  };
  /** Calls of models, their tokens and cost. */
  readonly models: ModelMetrics;
  /** How many events of each type the runtime has told: leases, breakers, caches, schedules, machines. */
  readonly told: Readonly<Record<string, number>>;
}

interface Engine {
  readonly store: Store;
  readonly writer: Writer;
  readonly runs: ReadonlyMap<string, { readonly row: { readonly created: number } }>;
  readonly stopwatch: () => number;
}

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 300, 3600, 86_400];
const units = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000];

/** An open breaker, a full queue. */
const refusals: ReadonlySet<string> = new Set(['MR3120', 'MR3121']);

const most = 10_000;

/** Counts what an engine does, by listening to it: how many labels there are does not grow with the work. */
export class Meter {
  readonly #engine: Engine;
  readonly #started = new Counter('millrace_runs_started_total', 'Runs that were started.', ['target']);
  readonly #ended = new Counter('millrace_runs_ended_total', 'Runs that have ended.', ['target', 'status']);
  readonly #runs = new Sizing(
    'millrace_run_duration_seconds',
    'From the start of a run to its end.',
    ['target'],
    seconds,
    1000,
  );
  readonly #steps = new Counter('millrace_steps_ended_total', 'Steps that have ended.', ['status']);
  readonly #attempts = new Counter('millrace_attempts_total', 'Attempts that have ended.', ['task', 'outcome']);
  readonly #tries = new Sizing('millrace_attempt_duration_seconds', 'What attempts took.', ['task'], seconds, 1000);
  readonly #retries = new Counter('millrace_retries_total', 'Attempts that failed and are followed by another.', [
    'task',
  ]);
  readonly #cacheHits = new Counter('millrace_cache_hits_total', 'Results that were taken instead of made.', ['task']);
  readonly #told = new Counter('millrace_events_told_total', 'What the runtime has told, by type.', ['type']);
  readonly #commits = new Sizing('millrace_commit_duration_seconds', 'What transactions took.', [], seconds, 1000);
  readonly #units = new Sizing('millrace_commit_units', 'Pieces of work in a transaction.', [], units, 1);
  readonly #models = new ModelMeter();
  /** When the runs at work have begun. */
  readonly #began = new Map<string, number>();

  constructor(engine: Engine, bus: Bus) {
    this.#engine = engine;
    bus.on((event) => this.#take(event));
    engine.writer.measure = {
      stopwatch: engine.stopwatch,
      note: (count, ms) => {
        this.#commits.add(ms);
        this.#units.add(count);
      },
    };
  }

  data(): EngineMetrics {
    const { store, runs, writer } = this.#engine;
    const none = new Histogram().spans();
    return {
      runs: {
        byStatus: store.tables.runs.count(),
        inMemory: runs.size,
        started: this.#started.data().reduce((sum, { value }) => sum + value, 0),
        ended: this.#ended.data().map(({ labels, value }) => ({ ...pick(labels, 'target', 'status'), count: value })),
        duration: this.#runs.data().map(({ labels, spans }) => ({ ...pick(labels, 'target'), spans })),
      },
      steps: Object.fromEntries(this.#steps.data().map(({ labels, value }) => [labels['status'] ?? '', value])),
      attempts: this.#attempts
        .data()
        .map(({ labels, value }) => ({ ...pick(labels, 'task', 'outcome'), count: value })),
      attemptDuration: this.#tries.data().map(({ labels, spans }) => ({ ...pick(labels, 'task'), spans })),
      retries: this.#retries.data().map(({ labels, value }) => ({ ...pick(labels, 'task'), count: value })),
      cacheHits: this.#cacheHits.data().map(({ labels, value }) => ({ ...pick(labels, 'task'), count: value })),
      commits: {
        duration: this.#commits.data()[0]?.spans ?? none,
        units: this.#units.data()[0]?.spans ?? none,
        queued: writer.queued,
      },
      models: this.#models.data(),
      told: Object.fromEntries(this.#told.data().map(({ labels, value }) => [labels['type'] ?? '', value])),
    };
  }

  text(): string {
    const { store, runs, writer } = this.#engine;
    const byStatus = Object.entries(store.tables.runs.count()).map(([status, value]) => ({
      labels: { status },
      value,
    }));
    const byWork = Object.entries(store.tables.work.count()).map(([status, value]) => ({ labels: { status }, value }));
    const counted = [
      this.#cacheHits,
      this.#started,
      this.#ended,
      this.#runs,
      this.#steps,
      this.#attempts,
      this.#tries,
      this.#retries,
      this.#commits,
      this.#units,
      this.#told,
    ];
    return [
      gauge('millrace_runs', 'Runs in the database, by status.', byStatus),
      gauge('millrace_runs_in_memory', 'Runs that are in memory.', [{ value: runs.size }]),
      gauge('millrace_work', 'Attempts that processes share, by status.', byWork),
      gauge('millrace_writer_queue', 'Pieces of work that wait to be written.', [{ value: writer.queued }]),
      ...counted.map((family) => family.text()),
      this.#models.text(),
    ].join('');
  }

  #take(event: RuntimeEvent): void {
    this.#told.add(event.type);
    this.#models.take(event);
    switch (event.type) {
      case 'run.started':
      case 'run.forked':
        this.#started.add(event.target);
        this.#began.set(event.runId, event.at);
        // Of those that wait for long the database knows it.
        if (this.#began.size > most) this.#began.delete(this.#began.keys().next().value as string);
        return;
      case 'run.completed':
      case 'run.failed':
      case 'run.cancelled': {
        this.#ended.add(event.target, event.type.slice('run.'.length));
        const began = this.#began.get(event.runId) ?? this.#engine.store.tables.runs.get(event.runId)?.created;
        if (began !== undefined) this.#runs.add(event.at - began, event.target);
        this.#began.delete(event.runId);
        return;
      }
      case 'step.completed':
      case 'step.failed':
      case 'step.cancelled':
      case 'step.skipped':
        return this.#steps.add(event.type.slice('step.'.length));
      case 'cache.hit':
        return this.#cacheHits.add(event.task);
      case 'step.retrying':
        // What was refused its turn was no attempt.
        if (refusals.has(event.error.code)) return;
        return this.#retries.add(event.target ?? '');
      case 'attempt.completed':
      case 'attempt.failed':
      case 'attempt.cancelled':
        this.#attempts.add(event.task, event.type.slice('attempt.'.length));
        return this.#tries.add(event.took, event.task);
      default:
        return;
    }
  }
}

function pick<Name extends string>(
  labels: Readonly<Record<string, string>>,
  ...names: readonly Name[]
): { readonly [N in Name]: string } {
  return Object.fromEntries(names.map((name) => [name, labels[name] ?? ''])) as { [N in Name]: string };
}
