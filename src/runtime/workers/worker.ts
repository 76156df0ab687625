import { systemScheduler, toErrorRecord, type Clock } from '../../core/index.ts';
import {
  finishWork,
  leaseStatus,
  sweepWork,
  type LeaseStatus,
  type Store,
  type Swept,
  type WorkRow,
} from '../../store/index.ts';
import {
  jsonLogger,
  runAttempt,
  unfailing,
  type AttemptOutcome,
  type BoundSystem,
  type Logger,
  type WorldPort,
} from '../../tasks/index.ts';
import { checkSystem, worldOf, Registry } from '../../engine/index.ts';
import { underLease, type LedgerPlace } from '../ledger/place.ts';
import { performInWorker } from '../models/worker.ts';
import { clockOf, openStore } from '../options.ts';
import { isAlive, isGone, processName } from '../owner.ts';
import { ReactiveSystemRuntime } from '../runtime.ts';
import { Writer } from '../writer.ts';
import { Executor, type WorkerCounts } from './executor.ts';
import { checkVersions, placeIn, type LeaseView, type WorkerEvent, type WorkerOptions } from './facts.ts';
import { requestOf, resultOf } from './item.ts';
import { Poll } from './poll.ts';
import { tasksOf, whole } from './settings.ts';
import { outsideOf } from '../world/outside.ts';

/** For so long after its last work it looks out for more as often as while it works, in ms. */
const warm = 1000;
const watchEvery = 500;
const sweepEvery = 60_000;

/**
 * Makes attempts of tasks for whoever drives the database (with `workers`), in another process. Each piece of work is done
 * by one worker at a time, under a lease; what a worker that has died or stalled held is done by another, and its own late
 * result is refused.
 *
 * @example
 * ```ts
 * import { Worker } from 'millrace/runtime';
 * import type { BoundSystem } from 'millrace/tasks';
 *
 * declare const orders: BoundSystem;
 * const worker = new Worker(orders, { db: 'orders.db', concurrency: 4 });
 * process.once('SIGTERM', () => void worker.close());
 * ```
 */
export class Worker {
  /** Under which name it holds leases: machine, process and a number. */
  readonly name: string;
  readonly #system: BoundSystem;
  readonly #options: WorkerOptions;
  readonly #logger: Logger;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #registry: Registry;
  readonly #outside: WorldPort;
  readonly #writer: Writer;
  readonly #executor: Executor;
  readonly #poll: Poll;
  readonly #watch: NodeJS.Timeout;
  readonly #listeners = new Set<(event: WorkerEvent) => void>();
  readonly #ended = Promise.withResolvers<void>();
  /** Nothing can be written any more. */
  readonly #broken = Promise.withResolvers<void>();
  readonly #endModels: () => void;
  #runtime: ReactiveSystemRuntime | undefined;
  #standby: boolean;
  #swept = Date.now();
  /** When it last began something. */
  #worked = 0;
  #closed: Promise<void> | undefined;

  /**
   * @throws RunError MR3222 for a bare model, MR3219 for a task that the system does not have, MR3271 for numbers that make
   * no sense. OwnerError MR3500 when the database is driven by a version whose work this code may not understand. StoreError
   * MR30xx when the file cannot be used.
   */
  constructor(system: BoundSystem, options: WorkerOptions) {
    checkSystem(system);
    this.#system = system;
    this.#options = options;
    this.#logger = unfailing(options.logger ?? jsonLogger({ level: 'warn' }));
    this.#registry = new Registry(system);
    this.#outside = outsideOf(options);
    const concurrency = whole('concurrency', options.concurrency ?? 8, 1);
    const leaseMs = whole('leaseMs', options.leaseMs ?? 300_000, 10);
    this.#standby = options.standby !== undefined && options.standby !== false;
    this.#store = openStore(options);
    try {
      checkVersions(this.#store, system);
      this.#clock = clockOf(this.#store, options.clock);
    } catch (error) {
      this.#release();
      throw error;
    }
    this.name = processName(`worker${++serial}`);
    this.#writer = new Writer({
      store: this.#store,
      epoch: undefined,
      logger: this.#logger,
      scheduler: systemScheduler,
      last: () => [],
      after: () => {},
      stopped: (error) => {
        this.#broken.resolve();
        this.#fail(error);
      },
    });
    let tasks: readonly string[];
    try {
      this.#endModels = this.#perform(options);
      tasks = tasksOf(this.#registry, options.tasks);
    } catch (error) {
      this.#release();
      throw error;
    }
    this.#executor = new Executor({
      name: this.name,
      concurrency,
      leaseMs,
      tasks: () => tasks,
      tables: this.#store.tables,
      submit: (run) => this.#writer.submit(run),
      perform: (row, signal) => this.#attempt(row, signal),
      finished: (row, outcome) => this.#finished(row, outcome),
      logger: this.#logger,
    });
    const guarded = (work: () => void) => () => {
      try {
        work();
      } catch (error) {
        this.#fail(error);
      }
    };
    const look = guarded(() => this.#look());
    const soon = (): boolean => this.#executor.size > 0 || Date.now() - this.#worked < warm;
    this.#poll = new Poll(this.#store, soon, look, true);
    this.#watch = setInterval(
      guarded(() => this.#watchOver()),
      watchEvery,
    );
    this.#ended.promise.catch(() => {});
    setImmediate(guarded(() => this.#watchOver()));
  }

  /** Does it drive the database now, too? */
  get role(): 'worker' | 'owner' {
    return this.#runtime === undefined ? 'worker' : 'owner';
  }

  /** The runtime with which it drives the database, while it does. */
  get runtime(): ReactiveSystemRuntime | undefined {
    return this.#runtime;
  }

  /** Does anybody drive the database, this process or another? */
  get driven(): boolean {
    const owner = this.#store.tables.owner.get();
    return owner !== undefined && isAlive(owner, Date.now());
  }

  /** How much it is doing. */
  get busy(): number {
    return this.#executor.size;
  }

  /** What it has done since its start. */
  get counts(): WorkerCounts {
    return this.#executor.counts;
  }

  /** Settles when it has come to its end: rejects when the database failed. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** The work that it holds, by the database. */
  leases(): LeaseView[] {
    return this.#store.tables.work.heldBy(this.name).map((row) => ({ ...placeIn(row), expires: row.until ?? 0 }));
  }

  /** Who holds a piece of work. */
  lease(work: string): LeaseStatus {
    return leaseStatus(this.#store.tables.work.get(work), this.name, Date.now());
  }

  /** Takes back at once what others have let run out. It is done by itself, once a minute. */
  async sweep(): Promise<Swept> {
    const dead = this.#store.tables.work.holders().filter((name) => isGone(name));
    const swept = await this.#writer.submit((tx) => sweepWork(tx, Date.now(), dead));
    if (swept.returned + swept.parked > 0) {
      this.#tell({ type: 'work.swept', ...swept });
      this.#look();
    }
    return swept;
  }

  /** Calls `listener` for whatever happens. Gives a function that ends it. */
  on(listener: (event: WorkerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes nothing more, waits for what it is doing (for `drainMs`, 10 s by default), hands back the rest, and ends. */
  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  /** As after `kill -9`, for tests: nothing more is written, nothing is handed back. */
  abandon(): void {
    this.#closed ??= Promise.resolve();
    this.#stop();
    this.#executor.abandon();
    this.#writer.stop();
    this.#endModels();
    this.#runtime?.abandon();
    this.#ended.resolve();
  }

  async #close(): Promise<void> {
    this.#stop();
    // What is written to a database that fails now is not waited for.
    await Promise.race([this.#executor.close(this.#options.drainMs ?? 10_000), this.#broken.promise]);
    await this.#runtime?.close();
    this.#runtime = undefined;
    this.#writer.stop();
    this.#endModels();
    this.#release();
    this.#ended.resolve();
  }

  #stop(): void {
    this.#standby = false;
    this.#poll.stop();
    clearInterval(this.#watch);
  }

  #release(): void {
    if (this.#options.store === undefined) this.#store.close();
  }

  /** The database failed. */
  #fail(reason: unknown): void {
    if (this.#closed !== undefined) return;
    this.#closed = Promise.resolve();
    this.#stop();
    this.#executor.abandon();
    this.#writer.stop();
    this.#endModels();
    this.#runtime?.abandon();
    this.#logger.error('The worker has stopped.', { error: String(reason), code: toErrorRecord(reason).code });
    this.#ended.reject(reason);
  }

  #look(): void {
    this.#executor.check();
    this.#executor.look();
  }

  #watchOver(): void {
    this.#look();
    if (this.#standby && this.#runtime === undefined) this.#takeOver();
    const now = Date.now();
    const { work } = this.#store.tables;
    const late = now - this.#swept >= sweepEvery;
    if (late) this.#swept = now;
    if (work.holders().some((name) => isGone(name)) || (late && work.expired(now).length > 0))
      this.sweep().catch((error: unknown) => this.#fail(error));
  }

  #takeOver(): void {
    const held = this.#store.tables.owner.get();
    if (held !== undefined && isAlive(held, Date.now())) return;
    const { db, store, standby, drainMs, resources, world, models } = this.#options;
    let runtime: ReactiveSystemRuntime;
    try {
      runtime = new ReactiveSystemRuntime(this.#system, {
        ...(resources === undefined ? {} : { resources }),
        ...(world === undefined ? {} : { world }),
        ...(models === undefined ? {} : { models }),
        ...(typeof standby === 'object' ? standby : {}),
        ...(store === undefined ? { db: db ?? '' } : { store }),
        ...(drainMs === undefined ? {} : { drainMs }),
        clock: this.#clock,
        logger: this.#logger,
        // This process makes attempts already.
        workers: { concurrency: 0 },
      });
    } catch (error) {
      const { code, message } = toErrorRecord(error);
      // Another was faster.
      if (code === 'MR3401') return;
      this.#standby = false;
      this.#logger.error('The database cannot be driven from here.', { code, error: message });
      return;
    }
    this.#runtime = runtime;
    this.#tell({ type: 'owner.taken' });
    void runtime.stopped().then(async () => {
      if (this.#closed !== undefined) return;
      await runtime.close();
      this.#runtime = undefined;
      this.#tell({ type: 'owner.lost' });
    });
  }

  #perform({ models, resources }: WorkerOptions): () => void {
    if (models === undefined) return () => {};
    const around = { name: this.name, place: this.#place(), registry: this.#registry, logger: this.#logger };
    return performInWorker({ ...around, world: worldOf(resources), outside: this.#outside }, models);
  }

  #place(): LedgerPlace {
    return { tables: this.#store.tables, clock: this.#clock, write: (work) => this.#writer.submit(work) };
  }

  async #attempt(row: WorkRow, signal: AbortSignal): Promise<AttemptOutcome> {
    this.#worked = Date.now();
    this.#tell({ type: 'work.started', ...placeIn(row) });
    const held = underLease(this.#place(), { id: row.id, worker: this.name, token: row.token });
    return runAttempt(requestOf(row, this.#registry, held, { logger: this.#logger, signal, world: this.#outside }));
  }

  async #finished(row: WorkRow, outcome: AttemptOutcome): Promise<void> {
    const lease = { id: row.id, worker: this.name, token: row.token };
    const end = { status: outcome.ok ? 'completed' : 'failed', result: resultOf(outcome) } as const;
    await this.#writer.submit((tx) => finishWork(tx, lease, end, Date.now()));
    this.#tell({
      type: 'work.ended',
      ...placeIn(row),
      ...(outcome.ok ? {} : { error: toErrorRecord(outcome.error) }),
    });
  }

  #tell(event: WorkerEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#logger.error('A listener threw.', { event: event.type, error: String(error) });
      }
    }
  }
}

let serial = 0;
