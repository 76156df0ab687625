import { systemScheduler, toErrorRecord, type Repeated, type Scheduler } from '../core/index.ts';
import type { Models } from '../llm/index.ts';
import type { Store } from '../store/index.ts';
import { jsonLogger, unfailing, type Logger } from '../tasks/index.ts';
import { checkLimits } from './attempts/index.ts';
import { Bus } from './bus.ts';
import { Engine } from './engine.ts';
import { RunError, historyLimits, newId, worldOf, type Registry } from '../engine/index.ts';
import { Inbox } from './inbox.ts';
import { sweep } from './instances/retention.ts';
import { checkClock, clockOf, openStore, type RuntimeOptions } from './options.ts';
import { Meter } from './metrics/meter.ts';
import { acquire, forsake, heartbeat, mine, release } from './owner.ts';
import { outsideOf } from './world/outside.ts';
import { performInEngine } from './models/engine.ts';
import { limitsOf, merged } from './retention/limits.ts';
import { sweepAll } from './retention/sweep.ts';
import { checkShared } from './unreadable.ts';
import { noteVersion } from './versions.ts';
import { defaultMaxLost, whole } from './workers/settings.ts';

/** How often histories are looked through for what is beyond their limits, in ms of real time. */
const sweepEvery = 3_600_000;

/** The time in which this process drives a database: from taking it over to letting it go, or to the first failure. */
export class Session {
  readonly store: Store;
  readonly engine: Engine;
  readonly bus: Bus;
  /** What was under way has been taken up. */
  readonly recovered: Promise<void>;
  /** Why nothing can be done any more. */
  failure: unknown;
  /** Resolves with it. */
  readonly over: Promise<unknown>;
  readonly #over = Promise.withResolvers<unknown>();
  readonly #logger: Logger;
  /** Was the store opened here, and not by the caller? */
  readonly #own: boolean;
  readonly #inbox: Inbox;
  readonly #id: string;
  readonly #epoch: number;
  readonly #scheduler: Scheduler;
  readonly #beat: Repeated;
  readonly #sweep: Repeated | undefined;
  /** The calls that wait for something. */
  readonly #held = new Set<(error: unknown) => void>();
  #idle: (() => void)[] = [];
  readonly #drainMs: number;
  readonly #atEnd: (() => void)[] = [];
  #meter: Meter | undefined;
  #closed: Promise<void> | undefined;

  constructor(registry: Registry, options: RuntimeOptions) {
    this.over = this.#over.promise;
    this.#logger = unfailing(options.logger ?? jsonLogger({ level: 'warn' }));
    checkClock(options.clock);
    const retention = merged(options.retention, registry.system.retention);
    const retained = limitsOf(retention);
    const history = options.history ?? retention.history;
    historyLimits(history);
    checkLimits(Object.values(registry.system.tasks), options);
    this.store = openStore(options);
    this.#own = options.store === undefined;
    this.#drainMs = options.drainMs ?? 10_000;
    const scheduler = options.scheduler ?? systemScheduler;
    this.#scheduler = scheduler;
    const id = newId('owner', scheduler.now(), Math.random);
    this.#id = id;
    let died = false;
    try {
      this.#epoch = acquire(this.store, id, scheduler.now(), (tx, dead) => {
        died = dead !== undefined;
        checkShared(tx);
        noteVersion(tx, registry.system, options.db);
      });
    } catch (error) {
      if (this.#own) this.store.close();
      throw error;
    }
    const clock = clockOf(this.store, options.clock);
    this.bus = new Bus(() => clock.now(), this.#logger);
    this.engine = new Engine({
      store: this.store,
      epoch: this.#epoch,
      sharing: {
        died,
        maxLost: whole('maxLost', options.maxLost ?? defaultMaxLost, 1),
        workers: options.workers ?? false,
      },
      registry,
      clock,
      scheduler,
      random: options.random ?? Math.random,
      stopwatch: options.stopwatch ?? (() => performance.now()),
      limits: historyLimits(history),
      world: worldOf(options.resources),
      outside: outsideOf(options),
      turns: options,
      logger: this.#logger,
      bus: this.bus,
      resident: options.resident ?? 10_000,
      maxDepth: options.maxDepth ?? 100,
      compactAfter: options.compactAfter ?? 1000,
      stopped: (error) => this.#stop(error),
      committed: () => this.#committed(),
    });
    if (options.models !== undefined) this.#perform(options.models);
    if (options.metrics === true) this.#meter = new Meter(this.engine, this.bus);
    // Liveness is a matter of real time, whatever clock the system runs on.
    this.#beat = scheduler.every(heartbeat.every, () => {
      this.engine.writer.enqueue({ run: (tx) => tx.owner.put(mine(id, this.#epoch, scheduler.now())) });
    });
    const isKept = Object.values(retained).some((limit) => limit !== undefined);
    if (history !== undefined || isKept) {
      const look = (): void =>
        this.engine.guard(() => {
          if (history !== undefined) sweep(this.engine);
          if (isKept) sweepAll(this.engine, retained);
        });
      this.#sweep = scheduler.every(sweepEvery, look);
      scheduler.soon(look);
    }
    this.#inbox = new Inbox(this.engine);
    // On the next turn, so that implementations can be registered first.
    this.recovered = new Promise((resolve) => {
      scheduler.soon(() => {
        if (this.failure === undefined && this.#closed === undefined) this.engine.guard(() => this.engine.recover());
        resolve();
      });
    });
  }

  #perform(models: Models): void {
    try {
      this.atEnd(performInEngine(this.engine, models));
    } catch (error) {
      // Budgets that are not right: nothing has begun yet.
      this.engine.stopAll();
      this.engine.bus.end();
      release(this.store, this.#epoch);
      if (this.#own) this.store.close();
      throw error;
    }
  }

  /** Counts from the first time that it is asked for. */
  get meter(): Meter {
    return (this.#meter ??= new Meter(this.engine, this.bus));
  }

  /** Calls back when nothing more will be told. */
  atEnd(work: () => void): void {
    this.#atEnd.push(work);
  }

  /** Refuses what is asked of a runtime that is being closed: it could only half happen. */
  checkOpen(): void {
    if (this.#closed !== undefined && this.failure === undefined)
      throw new RunError('MR3223', 'The runtime is being closed.');
  }

  /** Waits for work of the engine, keeps the process alive meanwhile, and gives up when the engine stops. */
  hold<T>(work: Promise<T>): Promise<T> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return new Promise<T>((resolve, reject) => {
      const over = (): void => {
        this.#held.delete(reject);
        if (this.#held.size === 0) this.#inbox.hold(false);
      };
      if (this.#held.size === 0) this.#inbox.hold(true);
      this.#held.add(reject);
      work.finally(over).then(resolve, reject);
    });
  }

  /** Resolves when nothing is left to do but to wait for time or for events. */
  idle(): Promise<void> {
    return this.hold(
      new Promise<void>((resolve) => {
        this.#idle.push(resolve);
        void this.recovered.then(() => this.engine.writer.enqueue({ run: () => {} }));
      }),
    );
  }

  /** Lets the database go. */
  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#inbox.stop();
    // What was acknowledged is committed already; this is for what is on its way.
    if (this.failure === undefined) await this.engine.drain(this.#drainMs);
    this.#stop(new RunError('MR3223', 'The runtime was closed. Its runs go on when the database is driven again.'));
    try {
      release(this.store, this.#epoch);
    } catch (error) {
      this.#logger.warn('The database could not be released; the next owner finds out by itself.', {
        error: String(error),
      });
    } finally {
      if (this.#own) this.store.close();
    }
  }

  /** Stops as in a crash: nothing more is written, nothing is released. */
  abandon(): void {
    // What is being closed, or has stopped, lets the database go itself, or has lost it.
    if (this.#closed === undefined) forsake(this.#id);
    this.#closed ??= Promise.resolve();
    this.#stop(new RunError('MR3223', 'The runtime was abandoned.'));
  }

  #stop(error: unknown): void {
    if (this.failure !== undefined) return;
    this.failure = error;
    this.#over.resolve(error);
    this.#beat.stop();
    this.#sweep?.stop();
    this.#inbox.stop();
    this.engine.stopAll();
    if (this.#closed === undefined && this.bus.heard) {
      const record = toErrorRecord(error);
      this.bus.tell({ type: record.code === 'MR3402' ? 'owner.lost' : 'runtime.stopped', error: record });
    }
    for (const work of this.#atEnd) work();
    this.bus.end();
    if (this.#closed === undefined) {
      this.#logger.error('The engine has stopped.', {
        error: error instanceof Error ? error.message : String(error),
        code: toErrorRecord(error).code,
      });
    }
    for (const reject of this.#held) reject(error);
    this.#held.clear();
    this.#inbox.hold(false);
  }

  #committed(): void {
    if (this.#idle.length === 0) return;
    // Whoever was woken by this commit goes first.
    this.#scheduler.soon(() => {
      if (!this.engine.idle || !this.#inbox.idle) return;
      const waiting = this.#idle;
      this.#idle = [];
      for (const resolve of waiting) resolve();
    });
  }
}
