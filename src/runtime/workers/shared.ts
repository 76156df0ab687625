import type { Clock } from '../../core/index.ts';
import {
  runAttempt,
  TaskCancelledError,
  type AttemptOutcome,
  type AttemptRequest,
  type WorldPort,
  type Logger,
} from '../../tasks/index.ts';
import {
  finishWork,
  lossesOf,
  sweepWork,
  type JournalRow,
  type Store,
  type Tx,
  type WorkRow,
} from '../../store/index.ts';
import type { Asker, Perform } from '../attempts/index.ts';
import type { Bus } from '../bus.ts';
import type { LiveRun } from '../live-run.ts';
import { StepServices } from '../host/task/services.ts';
import { placeOf, underLease } from '../ledger/place.ts';
import { settleCalls } from '../models/engine.ts';
import { isGone, processName } from '../owner.ts';
import type { Registry } from '../../engine/index.ts';
import type { Writer } from '../writer.ts';
import { Executor } from './executor.ts';
import { outcomeOf, requestOf, resultOf, workId, workRow } from './item.ts';
import { parked } from './lost.ts';
import { failWork, leaseOf, overdue } from './overdue.ts';
import { Poll } from './poll.ts';
import { Untaken } from './untaken.ts';
import type { SharedOptions } from './settings.ts';

/** What it needs of the engine. */
export interface Owner {
  readonly store: Store;
  readonly writer: Writer;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly bus: Bus;
  readonly outside: WorldPort;
  readonly runs: ReadonlyMap<string, LiveRun>;
  guard(work: () => void): void;
}

interface Waiting {
  readonly request: AttemptRequest;
  readonly settle: (outcome: AttemptOutcome | undefined) => void;
  readonly off: () => void;
  /** How many of its losses the journal has. */
  noted: number;
  /** Is its run on the way to be parked? */
  parking: boolean;
}

/** What is done here counts until another has taken it, also after its time. */
const unexpiring = (): number => 0;

const gone = 1000;
const sweepEvery = 60_000;

/**
 * The side of whoever drives the database: attempts become rows that any process may take, this one too; what comes of
 * them is handed to the run, and the row goes with the line of the journal that records it.
 */
export class SharedWork {
  readonly #owner: Owner;
  readonly #options: SharedOptions;
  readonly #name = processName('owner');
  readonly #waiting = new Map<string, Waiting>();
  /** The work of a step whose try is not recorded as ended yet, by run and path. */
  readonly #ids = new Map<string, string>();
  readonly #untaken = new Untaken();
  readonly #executor: Executor;
  readonly #poll: Poll;
  readonly #watch: NodeJS.Timeout;
  #swept = Date.now();

  constructor(owner: Owner, options: SharedOptions) {
    this.#owner = owner;
    this.#options = options;
    const { store, writer, registry, logger } = owner;
    this.#executor = new Executor({
      name: this.#name,
      concurrency: options.concurrency,
      leaseMs: options.leaseMs,
      tasks: () => [...registry.implementations.keys()],
      tables: store.tables,
      submit: (run) => writer.submit(run),
      perform: (row, signal) => this.#perform(row, signal),
      finished: (row, outcome) => this.#finished(row, outcome),
      logger,
    });
    this.#poll = new Poll(
      store,
      () => this.#waiting.size > 0,
      () => owner.guard(() => this.look()),
      false,
    );
    this.#watch = setInterval(() => owner.guard(() => this.#sweep()), gone).unref();
  }

  /** Puts in order what a former owner has left, before its runs are taken up. */
  recover(): void {
    const { store, writer } = this.#owner;
    const { work, runs } = store.tables;
    const over = work.places().filter(({ run }) => runs.get(run)?.ended !== null);
    writer.enqueue({
      run: (tx) => {
        for (const { id } of over) tx.work.remove(id);
        sweepWork(
          tx,
          Date.now(),
          tx.work.holders().filter((name) => name === this.#name || isGone(name)),
        );
      },
    });
  }

  /** An attempt, made by whoever takes it. Gives nothing when this process ends before that. */
  readonly perform: Perform = (request, by) => {
    const { promise, resolve } = Promise.withResolvers<AttemptOutcome | undefined>();
    const id = workId(request);
    const { signal } = request;
    const cancel = (): void => this.#withdraw(id, request);
    const off = (): void => signal?.removeEventListener('abort', cancel);
    this.#waiting.set(id, { request, settle: resolve, off, noted: this.#losses(request), parking: false });
    this.#ids.set(stepOf(request.runId, request.step), id);
    signal?.addEventListener('abort', cancel, { once: true });
    if (signal?.aborted === true) cancel();
    else this.#put(id, request, by);
    return promise;
  };

  /** In the transaction of a line: the row of a try goes when the journal has its end. */
  recorded(tx: Tx, { kind, run, path }: JournalRow): void {
    if (kind !== 'completed' && kind !== 'failed' && kind !== 'retrying' && kind !== 'cancelled') return;
    const place = stepOf(run, path);
    const id = this.#ids.get(place);
    if (id === undefined) return;
    tx.work.remove(id);
    // Whoever did it may have saved a state that this process does not know of.
    if (kind === 'completed') tx.progress.remove(run, this.#owner.runs.get(run)?.origin(path) ?? path);
    this.#owner.writer.afterCommit(() => {
      if (this.#ids.get(place) === id) this.#ids.delete(place);
    });
  }

  /** Takes in what other processes have done, and takes work if there is room. */
  look(): void {
    const { work } = this.#owner.store.tables;
    if (this.#waiting.size > 0) {
      for (const row of work.over()) this.#settle(row);
      for (const row of work.lost()) this.#noteLosses(row);
    }
    this.#executor.check();
    this.#executor.look();
  }

  /** Waits at most so many ms for what is done here, and leaves what others do to the next owner. */
  async leave(most: number): Promise<void> {
    await this.#executor.close(most);
    this.look();
    this.#poll.stop();
    clearInterval(this.#watch);
    for (const id of this.#waiting.keys()) this.#end(id, undefined);
  }

  /** The engine has stopped. */
  stop(): void {
    this.#poll.stop();
    clearInterval(this.#watch);
    this.#executor.abandon();
    for (const { off } of this.#waiting.values()) off();
    this.#waiting.clear();
  }

  #put(id: string, request: AttemptRequest, by: Asker): void {
    const here = this.#executor.reserve(request.contract.contract);
    const { maxLost, leaseMs } = this.#options;
    const now = Date.now();
    const row = workRow(request, { priority: by.row.priority, lost: this.#losses(request), maxLost, now });
    this.#owner.writer.enqueue<{ readonly row: WorkRow; readonly mine: boolean }>({
      run: (tx) => {
        const known = tx.work.get(id);
        if (known !== undefined) return { row: known, mine: false };
        const made: WorkRow = here
          ? {
              ...row,
              status: 'in_progress',
              worker: this.#name,
              token: tx.work.nextToken(),
              until: now + leaseOf(row, leaseMs),
            }
          : row;
        tx.work.insert(made);
        return { row: made, mine: here };
      },
      done: ({ row: found, mine }) => {
        if (here) this.#executor.unreserve();
        if (!this.#waiting.has(id)) return;
        if (mine) this.#executor.take(found);
        else if (found.status === 'pending' || found.status === 'in_progress') {
          this.#noteLosses(found);
          this.#executor.look();
        } else this.#settle(found);
      },
      failed: (error) => {
        if (here) this.#executor.unreserve();
        this.#owner.logger.error('Work could not be handed out; it is done here.', { work: id, error: String(error) });
        void this.#alone(id, request);
      },
    });
  }

  async #alone(id: string, request: AttemptRequest): Promise<void> {
    this.#end(id, await runAttempt(request));
  }

  #perform(row: WorkRow, signal: AbortSignal): Promise<AttemptOutcome> {
    const { registry, logger, outside: world } = this.#owner;
    const lease = { id: row.id, worker: this.#name, token: row.token };
    const request = this.#waiting.get(row.id)?.request;
    // After a restart work may be taken before its run has come to it again: then its row says what to do.
    if (request === undefined)
      return runAttempt(
        requestOf(row, registry, underLease(placeOf(this.#owner), lease, unexpiring), { logger, signal, world }),
      );
    const { services } = request;
    return runAttempt({
      ...request,
      signal,
      ...(services instanceof StepServices && { services: services.under(lease, unexpiring) }),
    });
  }

  #finished(row: WorkRow, outcome: AttemptOutcome): void | Promise<void> {
    const { id, token } = row;
    if (!this.#waiting.has(id)) {
      const lease = { id, worker: this.#name, token };
      const end = { status: outcome.ok ? 'completed' : 'failed', result: resultOf(outcome) } as const;
      return this.#owner.writer
        .submit((tx) => finishWork(tx, lease, end, Date.now()))
        .then(() => this.#owner.guard(() => this.look()));
    }
    const now = this.#owner.store.tables.work.get(id);
    if (now?.token !== token || now.worker !== this.#name) {
      this.#owner.logger.warn('A result came after the lease had been taken by another, and is thrown away.', {
        work: id,
        code: 'MR3411',
      });
      return;
    }
    this.#end(id, outcome);
  }

  #settle(row: WorkRow): void {
    if (!this.#waiting.has(row.id)) return;
    this.#untaken.done(row.task, Date.now());
    this.#noteLosses(row);
    if (row.status !== 'expired') return this.#end(row.id, outcomeOf(row, this.#owner.registry));
    void this.#park(row);
  }

  async #park(row: WorkRow): Promise<void> {
    const waiting = this.#waiting.get(row.id);
    const run = this.#owner.runs.get(row.run);
    if (waiting === undefined || waiting.parking) return;
    waiting.parking = true;
    // A run that is blocked writes nothing more.
    await this.#owner.writer.committed();
    void run?.block(parked({ ...row, path: waiting.request.step }, row.lost, lossesOf(row).at(-1)?.at));
    // Blocking has aborted what is not an undo.
    const request = this.#waiting.get(row.id)?.request;
    if (request !== undefined) this.#withdraw(row.id, request);
    this.#ids.delete(stepOf(row.run, waiting.request.step));
  }

  /** The journal gets a line for each time. */
  #noteLosses(row: WorkRow): void {
    const waiting = this.#waiting.get(row.id);
    const run = this.#owner.runs.get(row.run);
    if (waiting === undefined || run === undefined || row.lost <= waiting.noted) return;
    const losses = lossesOf(row);
    for (let lost = waiting.noted + 1; lost <= row.lost; lost++) {
      const loss = losses[losses.length - 1 - (row.lost - lost)];
      run.append({
        kind: 'lost',
        // A migration may have renamed the step since.
        path: waiting.request.step,
        name: row.task,
        attempt: row.attempt,
        data: JSON.stringify({ lost, ...loss }),
      });
    }
    waiting.noted = row.lost;
  }

  #losses({ runId, step }: AttemptRequest): number {
    return this.#owner.runs.get(runId)?.records.get(step)?.lost ?? 0;
  }

  #withdraw(id: string, request: AttemptRequest): void {
    this.#executor.abort(id);
    this.#owner.writer.enqueue({ run: (tx) => tx.work.remove(id) });
    const { contract, runId, step, attempt, signal } = request;
    const ids = { task: contract.contract, runId, step, attempt };
    this.#end(id, { ok: false, error: new TaskCancelledError(ids, signal?.reason) });
  }

  #end(id: string, outcome: AttemptOutcome | undefined): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.off();
    waiting?.settle(outcome);
  }

  #tellUntaken(now: number): void {
    const { store, logger, bus } = this.#owner;
    for (const { id, task, run, path, created } of this.#untaken.find(store.tables, this.#waiting.keys(), now)) {
      logger.warn(`Nobody takes work of task '${task}'. Start a worker for it: dsl work FILE --tasks ${task}.`, {
        work: id,
        run,
        step: path,
        waited: now - created,
      });
      if (bus.heard) bus.tell({ type: 'work.untaken', runId: run, step: path, task, since: created });
    }
  }

  #sweep(): void {
    const { store, writer, logger } = this.#owner;
    const { work } = store.tables;
    const now = Date.now();
    const others = work.holders().filter((name) => name !== this.#name);
    for (const { row, error } of overdue(
      store.tables,
      others,
      (id) => this.#waiting.get(id)?.request,
      this.#owner.clock,
    )) {
      logger.warn('An attempt in another process did not end in time, and is given up.', {
        work: row.id,
        worker: row.worker,
      });
      writer.enqueue({ run: (tx) => failWork(tx, row, error), done: () => this.look() });
    }
    this.#tellUntaken(now);
    const dead = work.holders().filter((name) => isGone(name));
    const late = now - this.#swept >= sweepEvery;
    if (late) this.#swept = now;
    settleCalls(this.#owner);
    if (dead.length === 0 && (!late || work.expired(now).length === 0)) return;
    writer.enqueue({
      run: (tx) => sweepWork(tx, Date.now(), dead),
      done: (swept) => {
        if (swept.returned + swept.parked > 0)
          logger.warn('Work was taken back of those who did not renew it.', { ...swept });
        this.look();
      },
    });
  }
}

const stepOf = (run: string, path: string): string => `${run} ${path}`;
