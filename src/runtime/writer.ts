import type { Scheduler } from '../core/index.ts';
import type { Logger } from '../tasks/index.ts';
import { StoreError, type Store, type Tx } from '../store/index.ts';
import { OwnerError } from '../engine/index.ts';

/** Whose memory a unit belongs to: when one of its units fails, the rest of them must not be written. */
export interface UnitOwner {
  dead: boolean;
}

/** One indivisible piece of writing. It may run twice (see `Writer`), so it changes nothing but the database. */
export interface Unit<T> {
  readonly owner?: UnitOwner;
  run(tx: Tx): T;
  /** After the commit. */
  done?(result: T): void;
  /** The unit alone was rolled back; the others of its batch are committed. */
  failed?(error: unknown): void;
}

export interface WriterOptions {
  readonly store: Store;
  /** Absent: this process does not drive the database, and others may write beside it. */
  readonly epoch: number | undefined;
  readonly logger: Logger;
  readonly scheduler: Scheduler;
  /** Units to append to the batch that is about to be written. */
  readonly last: () => readonly Unit<unknown>[];
  /** After each batch. */
  readonly after: () => void;
  /** The database failed, or another process has taken over: nothing can be written any more. */
  readonly stopped: (error: unknown) => void;
}

type Outcome =
  | { readonly ok: true; readonly value: unknown; readonly effects: readonly (() => void)[] }
  | { readonly ok: false; readonly error: unknown }
  | undefined;

/**
 * Group commit. Units queue up until the event loop comes round, and are then written in one transaction: a hundred
 * runs share one fsync. When a unit fails, the batch is rolled back and written again with a savepoint around each
 * unit, so that only the bad one is lost. Nothing is told about a unit before its commit.
 */
export class Writer {
  readonly #options: WriterOptions;
  #queue: Unit<never>[] = [];
  #gate: PromiseWithResolvers<void> | undefined;
  #scheduled = false;
  #stopped = false;
  #tries = 0;
  /** Hears of each commit: how many units, and how many ms of real time. */
  measure: { readonly stopwatch: () => number; readonly note: (units: number, ms: number) => void } | undefined;
  #effects: (() => void)[] = [];
  #takenBack: (() => void)[] = [];
  readonly #flush = (): void => this.flush();

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** How many units wait to be written. */
  get queued(): number {
    return this.#queue.length;
  }

  get idle(): boolean {
    return this.#queue.length === 0 && !this.#scheduled;
  }

  enqueue<T>(unit: Unit<T>): void {
    if (this.#stopped) return;
    this.#queue.push(unit as Unit<never>);
    this.#schedule();
  }

  /** Settles with the unit: after its commit, or when it alone was rolled back. */
  submit<T>(run: (tx: Tx) => T): Promise<T> {
    return new Promise((done, failed) => this.enqueue({ run, done, failed }));
  }

  /** Resolves when everything enqueued so far is committed; never, when the engine stops first. */
  committed(): Promise<void> {
    this.#gate ??= Promise.withResolvers<void>();
    this.#schedule();
    return this.#gate.promise;
  }

  /** Inside a unit: runs `effect` after its commit, before `done`. */
  afterCommit(effect: () => void): void {
    this.#effects.push(effect);
  }

  /** Inside a unit: runs `effect` when what it has written is taken back, by a savepoint or with the whole batch. */
  ifTakenBack(effect: () => void): void {
    this.#takenBack.push(effect);
  }

  /** Inside a unit: work that is taken back when it throws, with what was to follow its commit. */
  savepoint<T>(tx: Tx, work: () => T): T {
    const before = this.#effects.length;
    const marked = this.#takenBack.length;
    try {
      return tx.savepoint(work);
    } catch (thrown) {
      this.#effects.length = before;
      this.#takeBack(marked);
      throw thrown;
    }
  }

  /** Writes no more. What is queued is dropped, as in a crash. */
  stop(): void {
    this.#stopped = true;
    this.#queue = [];
  }

  /** Writes what is queued now. */
  flush(): void {
    this.#scheduled = false;
    if (this.#stopped) return;
    const { last, after, stopped, logger } = this.#options;
    const batch = [...this.#queue, ...(last() as readonly Unit<never>[])];
    const gate = this.#gate;
    this.#queue = [];
    this.#gate = undefined;
    let outcomes: readonly Outcome[];
    const { measure } = this;
    const began = measure?.stopwatch() ?? 0;
    try {
      outcomes = batch.length === 0 ? [] : this.#write(batch);
      if (batch.length > 0) measure?.note(batch.length, measure.stopwatch() - began);
    } catch (error) {
      if (error instanceof StoreError && error.code === 'MR3001' && this.#tries++ < 10) {
        this.#queue = [...batch, ...this.#queue];
        if (gate !== undefined) void this.committed().then(gate.resolve);
        this.#schedule();
        return;
      }
      this.stop();
      stopped(error);
      return;
    }
    this.#tries = 0;
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome === undefined) continue;
      const unit = batch[index] as Unit<unknown>;
      try {
        if (outcome.ok) {
          for (const effect of outcome.effects) effect();
          unit.done?.(outcome.value);
        } else if (unit.failed === undefined) {
          logger.error('A unit of work could not be written.', { error: String(outcome.error) });
        } else {
          unit.failed(outcome.error);
        }
      } catch (error) {
        logger.error('A callback after a commit threw.', {
          error: error instanceof Error ? error.stack : String(error),
        });
      }
    }
    after();
    gate?.resolve();
  }

  #schedule(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    this.#options.scheduler.soon(this.#flush);
  }

  #write(batch: readonly Unit<never>[]): readonly Outcome[] {
    try {
      return this.#transaction((tx) =>
        batch.map((unit) => (unit.owner?.dead === true ? undefined : this.#run(unit, tx))),
      );
    } catch (error) {
      if (isFatal(error)) throw error;
    }
    return this.#transaction((tx) =>
      batch.map((unit): Outcome => {
        if (unit.owner?.dead === true) return undefined;
        const marked = this.#takenBack.length;
        try {
          return tx.savepoint(() => this.#run(unit, tx));
        } catch (error) {
          this.#takeBack(marked);
          if (isFatal(error)) throw error;
          if (unit.owner !== undefined) unit.owner.dead = true;
          return { ok: false, error };
        }
      }),
    );
  }

  #transaction<T>(work: (tx: Tx) => T): T {
    this.#takenBack = [];
    try {
      return this.#options.store.transaction((tx) => {
        this.#fence(tx);
        return work(tx);
      });
    } catch (error) {
      this.#takeBack(0);
      throw error;
    }
  }

  #takeBack(from: number): void {
    for (const effect of this.#takenBack.splice(from).toReversed()) effect();
  }

  #run(unit: Unit<never>, tx: Tx): Outcome {
    this.#effects = [];
    const value = unit.run(tx);
    return { ok: true, value, effects: this.#effects };
  }

  #fence(tx: Tx): void {
    const { epoch } = this.#options;
    if (epoch === undefined) return;
    const now = tx.owner.epoch();
    if (now === epoch) return;
    throw new OwnerError(
      'MR3402',
      `Another process has taken over this database (epoch ${now}, ours is ${epoch}). This one had stalled for too long; it writes no more.`,
      { retryable: true, fault: 'environment', details: { epoch, current: now } },
    );
  }
}

function isFatal(error: unknown): boolean {
  return error instanceof StoreError || error instanceof OwnerError;
}
