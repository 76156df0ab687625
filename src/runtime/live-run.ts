import { toErrorRecord, type ErrorRecord } from '../core/index.ts';
import { decodeJson, encodeJson, type EmittedEvent } from '../tasks/index.ts';
import type { JournalRow, RunRow, RunStatus, Tx } from '../store/index.ts';
import type { Context, Stop } from './context.ts';
import { Cancelled, never, RunError, type GraphNode, type Program, Scope } from '../engine/index.ts';
import { childrenOf, fold, type Record } from './host/records.ts';
import { addNode } from './host/graph-added.ts';
import { Part } from './host/part.ts';
import { unwind, type Undo } from './host/undo.ts';
import { originOf } from './renamed.ts';
import { pastOf, type Past } from './rewind/past.ts';
import { tellStep } from './tell.ts';
import { legible } from './unreadable.ts';

/** A failure that did not end the run. */
export interface PartialFailure {
  readonly path: string;
  readonly error: ErrorRecord;
}

/** How many lines of a run at work are kept in memory for its end. */
const mostLines = 200;

type Line = Omit<JournalRow, 'run' | 'seq' | 'at' | 'name' | 'attempt' | 'place' | 'data'> &
  Partial<Pick<JournalRow, 'name' | 'attempt' | 'place' | 'data'>>;

/**
 * A run in memory. Its flow is run from the start; what the journal knows is handed out, what it does not know is
 * done and recorded. An abandoned one (`dead`) writes nothing more, and its code comes to rest at the next call.
 */
export class LiveRun {
  readonly context: Context;
  readonly row: RunRow;
  readonly program: Program;
  readonly records = new Map<string, Record>();
  readonly children: Map<string, Set<string>>;
  readonly root = new Scope();
  /** Out of reach of a cancel, for compensation: aborted only when the run leaves memory. */
  readonly shield = new Scope();
  readonly metadata: Readonly<globalThis.Record<string, unknown>> | undefined;
  readonly undos: Undo[] = [];
  readonly errors: PartialFailure[] = [];
  /** From the path of a step to the one that it had before migrations renamed it: what keys and children are made of. */
  readonly origin: (path: string) => string;
  /** What was taken back of it, and what it was forked from. */
  readonly past: Past;
  /** Where a part waits for a line of the journal, or for a retry to be due, by path. */
  readonly waiters = new Map<string, () => void>();
  /** Up to which event of the log it has taken, by what it waited for: a search goes on from there. */
  readonly taken = new Map<string, number>();
  /** Nodes that were added to graphs while they ran, by the path of the graph. */
  readonly added = new Map<string, GraphNode[]>();
  /** The status that the database has. */
  status: RunStatus;
  dead = false;
  /** The code has come to its end; only the last unit is on its way. */
  ending = false;
  /** A transaction that is being written has news for this run. */
  woken = false;
  /** The raw result of the last task, for a run that is a single task. */
  lastOutput: string | undefined;
  stopping: Stop | undefined;
  /** The attempts of its tasks that are under way. */
  attempting = 0;
  /** Those that wait for their turn. */
  queued = 0;
  /** All lines of its journal, while that is cheap: whoever waits for its end then need not read them back. */
  lines: JournalRow[] | undefined;
  #gate: PromiseWithResolvers<void> | undefined;
  #seq: number;
  #busy = 0;
  #depth: number | undefined;
  readonly #settled: (run: LiveRun) => void;

  constructor(
    context: Context,
    row: RunRow,
    program: Program,
    rows: readonly JournalRow[],
    settled: (run: LiveRun) => void,
  ) {
    this.context = context;
    this.row = row;
    this.program = program;
    this.status = row.status;
    this.metadata =
      row.metadata === null ? undefined : (JSON.parse(row.metadata) as Readonly<globalThis.Record<string, unknown>>);
    this.#settled = settled;
    this.origin = originOf(row.renamed);
    this.#seq = rows.at(-1)?.seq ?? 0;
    this.lines = rows.length === 0 ? [] : undefined;
    this.past = pastOf(row, rows);
    const { lines } = this.past;
    this.children = lines.length === 0 ? new Map() : childrenOf(lines);
    for (const line of lines) this.learn(legible(line));
  }

  get id(): string {
    return this.row.id;
  }

  /** How many runs there are above this one. */
  get depth(): number {
    if (this.#depth !== undefined) return this.#depth;
    let depth = 0;
    for (let above = this.row.parent; above !== null; depth++)
      above = this.context.store.tables.runs.get(above)?.parent ?? null;
    return (this.#depth = depth);
  }

  /** The number of the newest line. */
  get seq(): number {
    return this.#seq;
  }

  nextSeq(): number {
    return ++this.#seq;
  }

  /** The line of this number was not written. Those after it were not either. */
  giveBack(seq: number): void {
    this.#seq = seq - 1;
  }

  /** Keeps a line for whoever waits for the end. */
  note(row: JournalRow): void {
    this.lines?.push(row);
    if (this.lines !== undefined && this.lines.length > mostLines) this.lines = undefined;
  }

  /** Takes in a line that is in the journal. */
  learn(row: JournalRow): void {
    if (row.kind === 'stopping') {
      // The first reason counts.
      if (this.stopping !== undefined) return;
      this.stopping = JSON.parse(row.data ?? '') as Stop;
      this.root.abort(new Cancelled(this.stopping.error.message));
    } else if (row.kind === 'enqueued') {
      addNode(this, row);
    } else {
      this.records.set(row.path, fold(this.records.get(row.path), row));
    }
  }

  /** Is the run at work, rather than waiting? */
  get busy(): boolean {
    if (this.held) return this.attempting > 0;
    return this.#busy > 0 || this.waiters.size === 0;
  }

  /** Is there nothing that goes on by itself? What waits for its turn does not. */
  get quiet(): boolean {
    if (this.held || this.queued === 0) return !this.busy;
    return this.#busy === this.queued;
  }

  working(by: 1 | -1): void {
    this.#busy += by;
    this.#settled(this);
  }

  /** Is it paused? Then nothing new begins. */
  get held(): boolean {
    return this.#gate !== undefined;
  }

  hold(): void {
    this.#gate ??= Promise.withResolvers<void>();
    this.context.attempts.leave(this);
    this.#settled(this);
  }

  /** `status`: what the database says. */
  release(status: RunStatus = 'running'): void {
    this.status = status;
    this.#gate?.resolve();
    this.#gate = undefined;
    this.#settled(this);
  }

  /** Waits while the run is paused. */
  async released(): Promise<void> {
    while (this.#gate !== undefined) await this.#gate.promise;
    if (this.dead) await never();
  }

  /** Enqueues a line of the journal, and what belongs into the same transaction. */
  append(line: Line, also?: (tx: Tx, row: JournalRow) => void, done?: () => void): JournalRow {
    const { writer, clock, bus } = this.context;
    const row: JournalRow = {
      run: this.id,
      seq: this.nextSeq(),
      at: clock.now(),
      kind: line.kind,
      path: line.path,
      name: line.name ?? null,
      attempt: line.attempt ?? 0,
      place: line.place ?? null,
      data: line.data ?? null,
    };
    this.note(row);
    writer.enqueue({
      owner: this,
      run: (tx) => {
        tx.journal.append(row);
        also?.(tx, row);
        this.context.sharing.recorded(tx, row);
      },
      done: () => {
        if (bus.heard) tellStep(bus, row);
        done?.();
      },
      failed: (error) => this.failed(error),
    });
    this.#settled(this);
    return row;
  }

  took(what: string, seq: number): void {
    this.taken.set(what, seq);
    if (this.taken.size > 1000) for (const first of [...this.taken.keys()].slice(0, 500)) this.taken.delete(first);
  }

  /** Parts of the flow are over for good, whatever is replayed. */
  forget(isGone: (path: string) => boolean): void {
    for (const path of this.children.keys()) if (isGone(path)) this.children.delete(path);
  }

  /** Enqueues writing that has no line in the journal. */
  enqueue(work: (tx: Tx) => void): void {
    this.context.writer.enqueue({ owner: this, run: work, failed: (error) => this.failed(error) });
  }

  /** A part of the flow that begins at `prefix`. */
  part(prefix: string, scope: Scope, time: number): Part {
    return new Part(this, prefix, scope, time, false);
  }

  /** Publishes what a task emitted, in the transaction that records its result. */
  publish(tx: Tx, emitted: readonly EmittedEvent[], path: string): void {
    for (const { event, payload } of emitted)
      this.context.publish(tx, { event, payload, source: `run ${this.id} ${path}` });
  }

  /** Waits until the journal has news of this path, the retry is due, or the scope is aborted. */
  wait(path: string, scope: Scope): Promise<void> {
    // Aborted while it was not in memory: nobody would call back.
    if (scope.reason !== undefined) return Promise.resolve();
    return new Promise<void>((resolve) => {
      const wake = (): void => {
        off();
        this.waiters.delete(path);
        resolve();
      };
      const off = scope.onAbort(wake);
      this.waiters.set(path, wake);
      this.#settled(this);
    });
  }

  /** Passes on news that a committed transaction brought. */
  wake(path: string, row?: JournalRow): void {
    if (this.dead) return;
    if (row !== undefined && (this.records.get(row.path)?.seq ?? 0) < row.seq) this.learn(row);
    // That a wait has begun is no news to it.
    if (row?.kind !== 'waiting') this.waiters.get(path)?.();
  }

  /** Everything enqueued so far is committed, and the run is still ours. */
  async committed(): Promise<void> {
    await this.context.writer.committed();
    if (this.dead) await never();
  }

  /** The run cannot go on with this code. It keeps its journal and says why. */
  block(error: RunError): Promise<never> {
    if (this.dead) return never();
    this.abandon(error);
    const record = toErrorRecord(error);
    const { writer, clock, bus, logger } = this.context;
    writer.enqueue({
      run: (tx) => tx.runs.block(this.id, JSON.stringify(record), clock.now()),
      done: () => {
        logger.error(`Run '${this.id}' is blocked.`, { run: this.id, code: record.code, reason: record.message });
        if (bus.heard) bus.tell({ type: 'run.blocked', runId: this.id, target: this.row.target, error: record });
        this.context.blocked(this.id, record);
      },
    });
    return never();
  }

  /** Leaves memory without a trace: nothing more is written for it. */
  abandon(reason?: Error): void {
    this.dead = true;
    this.context.attempts.leave(this);
    // Attempts that are under way are told to stop; their results are ignored.
    const left = new Cancelled(reason?.message ?? 'The run was taken out of memory.');
    this.root.abort(left);
    this.shield.abort(left);
  }

  /** One of its units could not be written. */
  failed(error: unknown): void {
    this.dead = false;
    void this.block(
      new RunError(
        'MR3213',
        `A record of run '${this.id}' could not be written: ${error instanceof Error ? error.message : String(error)}`,
        {
          fault: 'internal',
          cause: error,
        },
      ),
    );
  }

  /** Runs the flow to its end, or to its next rest. */
  async drive(): Promise<void> {
    const { program } = this;
    let output: string | undefined;
    let failure: ErrorRecord | undefined;
    let input: unknown;
    const part = new Part(this, '', this.root, this.past.begun, false);
    try {
      input = await this.#readInput();
      const value = await program.run(part, input);
      if (this.dead) return;
      await part.finish();
      if (this.held) await this.released();
      if (this.stopping === undefined) output = this.readOutput(value);
    } catch (thrown) {
      failure = toErrorRecord(thrown);
      if (this.held) await this.released();
    }
    if (this.dead) return;
    if (this.stopping === undefined && failure !== undefined) {
      this.stopping = { reason: 'error', error: failure };
      if (this.undos.length > 0 || program.onFailure !== undefined) {
        this.append({ kind: 'stopping', path: '', data: JSON.stringify(this.stopping) });
      }
    }
    if (this.stopping !== undefined) await unwind(this, this.stopping, part, input);
    if (this.dead) return;
    this.#end(output);
  }

  #end(output: string | undefined): void {
    this.ending = true;
    const stop = this.stopping;
    const status = stop === undefined ? 'completed' : stop.reason === 'cancel' ? 'cancelled' : 'failed';
    const errors = this.errors.length === 0 ? null : JSON.stringify(this.errors);
    this.context.writer.enqueue({
      owner: this,
      run: (tx) => this.context.end(tx, this.id, { status, output, error: stop?.error, errors }),
      failed: (error) => this.failed(error),
    });
  }

  /** The input as the flow sees it. */
  async #readInput(): Promise<unknown> {
    const { program, row } = this;
    if (program.input === undefined) return row.input === null ? undefined : JSON.parse(row.input);
    const input = decodeJson(program.input, row.input);
    if (input.ok) return input.value;
    if (this.records.size > 0) {
      // It has done something already, which a failure here would leave without its undos.
      return this.block(
        new RunError(
          'MR3205',
          `Run '${row.id}' does not fit its code any more: its input does not fit the schema of flow '${row.target}' (${input.problems}). Bring the old schema back, say in the migration's step what its input is now (\`runs: { ${row.target}: { input } }\`), begin it anew with another one (\`dsl runs retry FILE ${row.id} --from-step '' --input JSON\`), or cancel the run with runtime.cancel('${row.id}').`,
          { fault: 'user-code', details: { run: row.id } },
        ),
      );
    }
    throw new RunError(
      'MR3206',
      `The input of flow '${row.target}' (run '${row.id}') is not valid: ${input.problems}`,
      { cause: input.cause },
    );
  }

  readOutput(value: unknown): string | undefined {
    if (this.row.kind === 'task') return this.lastOutput;
    const encoded = encodeJson(value);
    const checked =
      encoded.ok && this.program.output !== undefined ? decodeJson(this.program.output, encoded.value) : encoded;
    if (encoded.ok && checked.ok) return encoded.value;
    throw new RunError(
      'MR3207',
      `The result of flow '${this.row.target}' (run '${this.row.id}') is not valid: ${checked.ok ? '' : checked.problems}`,
      {
        fault: 'user-code',
      },
    );
  }
}
