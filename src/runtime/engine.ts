import { toErrorRecord, type Clock, type ErrorRecord, type Scheduler } from '../core/index.ts';
import { runAttempt, type EvidenceWorld, type Logger, type WorldPort } from '../tasks/index.ts';
import type { JournalRow, RunRow, Store, Tx } from '../store/index.ts';
import { Admission, Attempts } from './attempts/index.ts';
import { telling } from './attempts/telling.ts';
import { Backlog } from './backlog.ts';
import type { Bus } from './bus.ts';
import type { Context, NewEvent, NewRun, RunEnd, Stop } from './context.ts';
import { askedOtherwise } from './decide.ts';
import { Dispatcher } from './dispatcher.ts';
import type { EngineOptions } from './engine-options.ts';
import { RunError, type HistoryLimits, type Registry } from '../engine/index.ts';
import { programFor } from './program-for.ts';
import { unreadable } from './unreadable.ts';
import { Resumption } from './evidence/resumption.ts';
import { Instances } from './instances/instances.ts';
import { reportUnfit, unpark } from './instances/park.ts';
import { LiveRun } from './live-run.ts';
import { settleCalls } from './models/engine.ts';
import { limitRun, newRun } from './new-run.ts';
import { Still } from './still.ts';
import { isFinal, isPaused, stopRun } from './stop.ts';
import { indexBy, publish, recallIndexes, tellFailure } from './publish.ts';
import { tellEnd, tellStep } from './tell.ts';
import { Schedules } from './schedules/schedules.ts';
import { Timers } from './timers.ts';
import { isParked } from './workers/lost.ts';
import { inheritWork } from './workers/inherited.ts';
import { Sharing } from './workers/sharing.ts';
import { Writer, type Unit } from './writer.ts';

/** A run that has just ended. Its lines are there if it began and ended in one go. */
export interface Ended {
  readonly row: RunRow;
  readonly lines: readonly JournalRow[] | undefined;
}

/** The embedded engine: runs in memory, the writer, timers, the dispatcher and the machine instances around one store. */
export class Engine implements Context {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: () => number;
  readonly stopwatch: () => number;
  readonly limits: HistoryLimits;
  readonly world: EvidenceWorld;
  readonly outside: WorldPort;
  readonly maxDepth: number;
  readonly compactAfter: number;
  readonly logger: Logger;
  readonly store: Store;
  readonly writer: Writer;
  readonly registry: Registry;
  readonly bus: Bus;
  readonly attempts: Attempts;
  readonly timers: Timers;
  readonly schedules: Schedules;
  readonly dispatcher: Dispatcher;
  readonly instances: Instances;
  readonly runs = new Map<string, LiveRun>();
  readonly backlog = new Backlog(this);
  readonly still = new Still(this);
  readonly sharing: Sharing;
  /** Called when a run has ended or is blocked. */
  readonly ended = new Map<string, Set<(end?: Ended) => void>>();
  readonly #resumption = new Resumption(this);
  readonly #dirty = new Set<LiveRun>();
  /** Runs that this batch has written to while they were not in memory. */
  readonly touched = new Set<string>();
  readonly #resident: number;
  readonly #stopped: (error: unknown) => void;
  /** Resolves when the engine has stopped. */
  readonly #over = Promise.withResolvers<void>();
  #alive = true;

  constructor(options: EngineOptions) {
    this.clock = options.clock;
    this.scheduler = options.scheduler;
    this.random = options.random;
    this.stopwatch = options.stopwatch;
    this.limits = options.limits;
    this.world = options.world;
    this.outside = options.outside;
    this.maxDepth = options.maxDepth;
    this.compactAfter = options.compactAfter;
    this.logger = options.logger;
    this.store = options.store;
    this.registry = options.registry;
    this.bus = options.bus;
    this.#resident = options.resident;
    this.#stopped = options.stopped;
    this.writer = new Writer({
      store: options.store,
      epoch: options.epoch,
      logger: options.logger,
      scheduler: options.scheduler,
      last: () => this.#statuses(),
      after: () =>
        this.guard(() => {
          this.touched.clear();
          this.backlog.poke();
          this.timers.arm();
          this.dispatcher.poke();
          this.attempts.look();
          options.committed();
        }),
      stopped: (error) => {
        this.stopAll();
        options.stopped(error);
      },
    });
    this.sharing = new Sharing(this, options.sharing);
    this.attempts = new Attempts({
      admission: new Admission(this, options.turns),
      perform: telling(this.bus, this.stopwatch, this.sharing.perform),
      within: telling(this.bus, this.stopwatch, runAttempt),
    });
    recallIndexes(this);
    this.timers = new Timers(this);
    this.schedules = new Schedules(this);
    this.instances = new Instances(this);
    this.dispatcher = new Dispatcher(this, this.instances);
  }

  /** Goes on with everything that was under way. */
  recover(): void {
    const { tables } = this.store;
    this.sharing.recover();
    inheritWork(this);
    settleCalls(this);
    this.backlog.fill(tables.runs.ids(['pending', 'running', 'blocked']));
    for (const id of askedOtherwise(this)) this.load(id);
    reportUnfit(this);
    unpark(this);
    this.schedules.sync();
    this.timers.arm();
    this.dispatcher.poke();
  }

  /** Goes on with what was blocked, and with schedules: there is code now that was not there before. */
  reload(): void {
    for (const id of this.store.tables.runs.ids(['blocked'])) this.load(id);
    this.schedules.sync();
  }

  /** Takes everything out of memory; what is not committed has not happened. */
  stopAll(): void {
    this.#alive = false;
    this.#over.resolve();
    this.writer.stop();
    this.timers.stop();
    this.attempts.stop();
    this.sharing.stop();
    this.backlog.clear();
    for (const run of this.runs.values()) run.abandon();
    this.runs.clear();
  }

  /** Lets nothing new begin, and waits until what is under way has been written: attempts at most so many ms. */
  async drain(most: number): Promise<void> {
    this.timers.stop();
    const drained = Promise.all([this.attempts.drain(most, this.scheduler), this.sharing.leave(most)]);
    await Promise.race([drained, this.#over.promise]);
    if (this.#alive) await Promise.race([this.writer.committed(), this.#over.promise]);
  }

  guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.stopAll();
      this.#stopped(error);
    }
  }

  /** Is nothing going on but waiting? */
  get idle(): boolean {
    if (
      !this.backlog.empty ||
      !this.#resumption.idle ||
      !this.writer.idle ||
      !this.dispatcher.idle ||
      this.timers.catchUp()
    )
      return false;
    for (const run of this.runs.values()) if (!run.quiet) return false;
    return true;
  }

  publish(tx: Tx, event: NewEvent): string {
    return publish(this, this.dispatcher, tx, event);
  }

  indexBy(tx: Tx, event: string, fields: readonly string[]): void {
    indexBy(this, tx, event, fields);
  }

  create(tx: Tx, run: NewRun): void {
    const program = this.registry.program(run.kind, run.target);
    // Its parent may have been paused by the batch that creates it.
    const above = run.parent?.run;
    const paused = above !== undefined && this.runs.get(above)?.held === true && isPaused(tx, above);
    const row = newRun(this, tx, run, program, paused ? 'paused' : 'running');
    tx.runs.insert(row);
    limitRun(tx, row, run, program);
    this.writer.afterCommit(() => {
      if (this.bus.heard) this.bus.tell({ type: 'run.started', runId: row.id, target: row.target });
      // A cancel or a pause may have come in the same batch.
      if (this.touched.has(row.id)) this.load(row.id, false);
      else if (row.status !== 'paused') this.#start(row, []);
    });
  }

  record(tx: Tx, run: string, line: Omit<JournalRow, 'run' | 'seq' | 'at'>): void {
    const live = this.runs.get(run);
    // What comes after its end is no news to it.
    if ((live === undefined || live.ending || live.dead) && tx.runs.get(run)?.ended !== null) return;
    const at = this.clock.now();
    const row: JournalRow = { ...line, run, seq: live?.nextSeq() ?? tx.journal.last(run) + 1, at };
    // The batch may be written again, and the numbers of a journal have no gaps.
    if (live !== undefined) this.writer.ifTakenBack(() => live.giveBack(row.seq));
    tx.journal.append(row);
    if (live === undefined) this.touched.add(run);
    if (row.kind !== 'waiting') this.wake(tx, run, row.path, row);
    this.writer.afterCommit(() => {
      live?.note(row);
      if (this.bus.heard) tellStep(this.bus, row);
    });
  }

  /** Marks a run as running and goes on with it after the commit. */
  wake(tx: Tx, run: string, path: string, row?: JournalRow): void {
    const live = this.runs.get(run);
    // What comes while it is paused is in its journal, and known when it is resumed.
    const paused = (live === undefined || live.held) && isPaused(tx, run);
    if (!paused) tx.runs.status(run, 'running', this.clock.now());
    if (live !== undefined) live.woken = true;
    this.writer.afterCommit(() => {
      const now = this.runs.get(run);
      if (now === undefined) return this.load(run);
      now.woken = false;
      now.status = 'running';
      now.wake(path, row);
      this.#dirty.add(now);
    });
  }

  stop(tx: Tx, run: string, stop: Stop): boolean {
    return stopRun(this, tx, run, stop);
  }

  requestStop(run: string, stop: Stop): void {
    this.writer.enqueue({ run: (tx) => this.stop(tx, run, stop) });
  }

  end(tx: Tx, run: string, { status, output, error, errors }: RunEnd): void {
    const { row: own, past } = this.runs.get(run) ?? {};
    // Only whom it works for can have changed since the row was read.
    const row = own !== undefined && own.machine === null && own.parent === null ? own : tx.runs.get(run);
    if (row === undefined) return;
    const now = this.clock.now();
    const failure = error === undefined ? null : JSON.stringify(error);
    tx.runs.end(run, { status, output: output ?? null, error: failure, errors }, now);
    tx.timers.removeAll(run);
    tx.waits.removeAll(run);
    if (row.parent !== null && row.parentPath !== null && past?.ended !== true) {
      this.record(tx, row.parent, {
        kind: status === 'completed' ? 'completed' : 'failed',
        path: row.parentPath,
        name: row.target,
        attempt: 1,
        place: null,
        data: status === 'completed' ? (output ?? null) : failure,
      });
    }
    if (row.machine !== null && row.instance !== null && row.ref !== null) {
      tx.runs.unlink(run);
      this.instances.runEnded(
        tx,
        row,
        status === 'completed' ? { ok: true, output } : { ok: false, error: error as ErrorRecord },
      );
    }
    const fails = status === 'failed' && row.kind === 'flow' && past?.ended !== true;
    const contract = fails ? this.registry.flow(row.target)?.contract : undefined;
    const event = contract && this.registry.failure(contract);
    if (event !== undefined && error !== undefined) tellFailure(this, tx, event, row.input, { error, runId: run });
    this.writer.afterCommit(() => {
      const lines = this.runs.get(run)?.lines;
      this.runs.delete(run);
      tellEnd(this.bus, row, status, output, error);
      this.#settle(run, {
        row: { ...row, status, output: output ?? null, error: failure, errors, updated: now, ended: now },
        lines,
      });
    });
  }

  load(id: string, again = true): void {
    if (!this.#alive || this.runs.has(id)) return;
    const row = this.store.tables.runs.get(id);
    if (row === undefined || isFinal(row.status) || row.status === 'paused') return;
    if (row.status === 'blocked' && isParked(row.error)) return;
    const rows = this.store.tables.journal.of(id);
    if (this.#resumption.awaits(row, rows)) return;
    if (again && this.bus.heard) this.bus.tell({ type: 'run.recovered', runId: id, target: row.target });
    this.#start(row, rows);
  }

  /** Takes up a run that the last owner has left. */
  recall(id: string): void {
    this.sharing.recovering(() => this.load(id));
  }

  blocked(id: string): void {
    this.runs.delete(id);
    this.#settle(id);
  }

  /** Calls back once when the run has ended, with its end, or is blocked. */
  onEnd(id: string, listener: (end?: Ended) => void): void {
    const listeners = this.ended.get(id) ?? new Set();
    this.ended.set(id, listeners.add(listener));
  }

  #start(row: RunRow, rows: readonly JournalRow[]): void {
    if (!this.#alive || this.runs.has(row.id)) return;
    const program = programFor(this.registry, row);
    if (program instanceof RunError) return this.#block(row, program);
    let live: LiveRun;
    try {
      live = new LiveRun(this, row, program, rows, (run) => this.#dirty.add(run));
    } catch (error) {
      return this.#block(row, unreadable(row.id, error));
    }
    const poison = this.sharing.note(live);
    if (poison !== undefined) return this.#block(row, poison);
    this.runs.set(row.id, live);
    this.still.came(live);
    this.#dirty.add(live);
    live.drive().catch((error: unknown) => live.failed(error));
  }

  #block(row: RunRow, error: RunError): void {
    const record = toErrorRecord(error);
    this.writer.enqueue({
      run: (tx) => tx.runs.block(row.id, JSON.stringify(record), this.clock.now()),
      done: () => {
        this.logger.error(`Run '${row.id}' is blocked.`, { run: row.id, code: record.code, reason: record.message });
        if (this.bus.heard) this.bus.tell({ type: 'run.blocked', runId: row.id, target: row.target, error: record });
        this.#settle(row.id);
      },
    });
  }

  /** Writes the status of runs that went to rest or back to work, and lets go of resting ones when there are many. */
  #statuses(): Unit<unknown>[] {
    const units: Unit<unknown>[] = [];
    for (const run of this.#dirty) {
      if (run.dead) {
        if (this.runs.get(run.id) === run) this.runs.delete(run.id);
        continue;
      }
      const status = run.busy ? 'running' : 'waiting';
      if (run.ending || run.held || status === run.status) continue;
      run.status = status;
      // What waits may wait for long.
      if (status === 'waiting') run.lines = undefined;
      units.push({
        owner: run,
        run: (tx) => {
          if (!run.woken && !run.held) tx.runs.status(run.id, status, this.clock.now());
        },
        done: () => {
          if (status === 'waiting' && this.bus.heard && run.status === 'waiting' && !run.held)
            this.bus.tell({ type: 'run.waiting', runId: run.id, target: run.row.target });
          if (this.runs.size > this.#resident && run.status === 'waiting' && !run.busy && !this.#dirty.has(run)) {
            run.abandon();
            this.runs.delete(run.id);
          }
        },
      });
    }
    this.#dirty.clear();
    return units;
  }

  #settle(id: string, end?: Ended): void {
    const listeners = this.ended.get(id);
    this.ended.delete(id);
    for (const listener of listeners ?? []) listener(end);
  }
}
