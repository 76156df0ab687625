import {
  claimWork,
  hasWork,
  isSuspect,
  LeaseError,
  releaseWork,
  renewWork,
  type Lease,
  type Tables,
  type Tx,
  type WorkRow,
} from '../../store/index.ts';
import { toTaskError, type AttemptOutcome, type Logger } from '../../tasks/index.ts';
import { leaseOf } from './overdue.ts';

export interface ExecutorOptions {
  /** Under which name it holds leases. */
  readonly name: string;
  readonly concurrency: number;
  readonly leaseMs: number;
  /** The tasks that it can do. */
  readonly tasks: () => readonly string[];
  readonly tables: Tables;
  /** Writes; settles after the commit. */
  readonly submit: <T>(run: (tx: Tx) => T) => Promise<T>;
  /** Makes the attempt. */
  readonly perform: (row: WorkRow, signal: AbortSignal) => Promise<AttemptOutcome>;
  /** Hands in what came of it, as long as the lease is held. */
  readonly finished: (row: WorkRow, outcome: AttemptOutcome) => void | Promise<void>;
  readonly logger: Logger;
}

interface Held {
  readonly row: WorkRow;
  readonly lease: Lease;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
  readonly leaseMs: number;
  /** When it was last renewed. */
  renewed: number;
}

/** How often a lease is renewed, in ms. */
const everyOf = (leaseMs: number): number => Math.min(leaseMs / 3, 30_000);

/** How much it has done since its start. */
export interface WorkerCounts {
  readonly claimed: number;
  readonly completed: number;
  readonly failed: number;
  /** Leases that were lost while the work was done: what came of it counts for nothing. */
  readonly lost: number;
}

/** Does pieces of work that it holds by leases, several at a time. A lost lease aborts the work by its signal. */
export class Executor {
  readonly #options: ExecutorOptions;
  readonly #held = new Map<string, Held>();
  #beat: NodeJS.Timeout;
  #every: number;
  readonly #counts = { claimed: 0, completed: 0, failed: 0, lost: 0 };
  #reserved = 0;
  /** How many of those that it holds are done, and their results on their way to the disk. */
  #finishing = 0;
  #claiming: Promise<void> | undefined;
  #closed = false;

  constructor(options: ExecutorOptions) {
    this.#options = options;
    this.#every = everyOf(options.leaseMs);
    this.#beat = this.#arm();
  }

  get counts(): WorkerCounts {
    return { ...this.#counts };
  }

  /** How many pieces of work it is doing. */
  get size(): number {
    return this.#held.size;
  }

  /** Is there room for one more that was not claimed, but comes from whoever made it? It is kept free then. */
  reserve(task: string): boolean {
    if (this.#free <= 0 || this.#closed || !this.#options.tasks().includes(task)) return false;
    this.#reserved++;
    return true;
  }

  /** Gives up what was kept free. */
  unreserve(): void {
    this.#reserved--;
  }

  /** Begins work that it holds. */
  take(row: WorkRow): void {
    const abort = new AbortController();
    const lease = { id: row.id, worker: this.#options.name, token: row.token };
    const leaseMs = leaseOf(row, this.#options.leaseMs);
    const held: Held = { row, lease, abort, leaseMs, renewed: Date.now(), ended: this.#do(row, abort) };
    this.#held.set(row.id, held);
    this.#counts.claimed++;
    if (this.#closed) abort.abort();
    else if (everyOf(leaseMs) < this.#every) {
      this.#every = everyOf(leaseMs);
      clearInterval(this.#beat);
      this.#beat = this.#arm();
    }
  }

  /** Claims what there is, up to what it can do. */
  look(): void {
    if (this.#closed || this.#claiming !== undefined || this.#free <= 0 || this.#alone) return;
    const { tables, tasks } = this.#options;
    const wanted = tasks();
    if (!hasWork(tables, { tasks: wanted, now: Date.now() })) return;
    this.#claiming = this.#claim(wanted).finally(() => {
      this.#claiming = undefined;
    });
  }

  /** Aborts what it does not hold any more: somebody else has taken it, or it is not wanted. */
  check(): void {
    for (const { row, lease, abort } of this.#held.values()) {
      const now = this.#options.tables.work.get(row.id);
      if (now?.worker === lease.worker && now.token === lease.token && now.status === 'in_progress') continue;
      this.#lose(row.id, abort, 'it was withdrawn, or taken by another');
    }
  }

  /** Aborts one piece of work: it is not wanted any more. */
  abort(id: string): void {
    const held = this.#held.get(id);
    this.#held.delete(id);
    held?.abort.abort();
  }

  /** Takes nothing more, waits at most so many ms for what it is doing, and hands back the rest. */
  async close(most: number): Promise<void> {
    this.stop();
    await this.#claiming;
    if (most > 0 && this.#held.size > 0) {
      const over = Promise.withResolvers<void>();
      const timer = setTimeout(over.resolve, most);
      await Promise.race([Promise.all([...this.#held.values()].map(({ ended }) => ended)), over.promise]);
      clearTimeout(timer);
    }
    const left = [...this.#held.values()];
    this.#held.clear();
    for (const { abort } of left) abort.abort();
    if (left.length > 0) await this.#submitEach(left, (tx, { lease }) => releaseWork(tx, lease, Date.now()));
  }

  /** Takes nothing more, renews nothing more. */
  stop(): void {
    this.#closed = true;
    clearInterval(this.#beat);
  }

  /** As when its process ends: everything is let go of as it is. */
  abandon(): void {
    this.stop();
    for (const { abort } of this.#held.values()) abort.abort();
    this.#held.clear();
  }

  get #free(): number {
    return this.#options.concurrency - this.#busy - this.#reserved;
  }

  get #busy(): number {
    return this.#held.size - this.#finishing;
  }

  /** Is it doing something that may kill its process? Then nothing else is to die with it. */
  get #alone(): boolean {
    for (const { row } of this.#held.values()) if (isSuspect(row)) return true;
    return false;
  }

  async #claim(tasks: readonly string[]): Promise<void> {
    const { name, leaseMs, submit, logger } = this.#options;
    try {
      const rows = await submit((tx) =>
        claimWork(tx, {
          worker: name,
          tasks,
          limit: this.#free,
          held: this.#busy,
          now: Date.now(),
          leaseMs: (row) => leaseOf(row, leaseMs),
        }),
      );
      for (const row of rows) this.take(row);
    } catch (error) {
      logger.error('Work could not be claimed.', { error: String(error) });
    }
  }

  async #do(row: WorkRow, abort: AbortController): Promise<void> {
    const outcome = await this.#outcome(row, abort.signal);
    // Whoever aborted it has let go of it.
    if (this.#held.get(row.id)?.abort !== abort) return;
    this.#finishing++;
    try {
      const written = this.#options.finished(row, outcome);
      // What is claimed now is written with the result: one commit.
      this.look();
      await written;
      this.#counts[outcome.ok ? 'completed' : 'failed']++;
    } catch (error) {
      this.#refused(row.id, error);
    } finally {
      if (this.#held.get(row.id)?.abort === abort) this.#held.delete(row.id);
      this.#finishing--;
      this.look();
    }
  }

  async #outcome(row: WorkRow, signal: AbortSignal): Promise<AttemptOutcome> {
    try {
      return await this.#options.perform(row, signal);
    } catch (error) {
      // Its row cannot be read.
      return { ok: false, error: toTaskError(error, { task: row.task, runId: row.run, step: row.path }) };
    }
  }

  #arm(): NodeJS.Timeout {
    return setInterval(() => void this.#renew(), this.#every).unref();
  }

  async #renew(): Promise<void> {
    // Those for which the next time would be too late.
    const now = Date.now();
    const due = [...this.#held.values()].filter(
      ({ renewed, leaseMs }) => now - renewed > everyOf(leaseMs) - this.#every,
    );
    for (const held of due) held.renewed = now;
    if (due.length > 0)
      await this.#submitEach(due, (tx, { lease, leaseMs }) => renewWork(tx, lease, Date.now(), leaseMs));
  }

  /** One transaction for all of them. What is refused is let go of. */
  async #submitEach(all: readonly Held[], work: (tx: Tx, held: Held) => void): Promise<void> {
    const { submit, logger } = this.#options;
    try {
      const refused = await submit((tx) =>
        all.flatMap((held) => {
          try {
            work(tx, held);
            return [];
          } catch (error) {
            if (error instanceof LeaseError) return [{ held, error }];
            throw error;
          }
        }),
      );
      for (const { held, error } of refused) this.#lose(held.row.id, held.abort, error.message);
    } catch (error) {
      logger.error('Leases could not be renewed.', { error: String(error) });
    }
  }

  #lose(id: string, abort: AbortController, reason: string): void {
    if (this.#held.get(id)?.abort !== abort) return;
    this.#held.delete(id);
    this.#counts.lost++;
    this.#options.logger.warn('The lease of a piece of work is lost, and the work is given up.', { work: id, reason });
    abort.abort(new Error(reason));
  }

  #refused(id: string, error: unknown): void {
    this.#counts.lost++;
    const code = error instanceof LeaseError ? error.code : undefined;
    this.#options.logger.warn('A result was refused, and is thrown away.', { work: id, code, error: String(error) });
  }
}
