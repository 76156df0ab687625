import { messageOf, toErrorRecord } from '../../core/index.ts';
import type { JournalRow, RunRow, Tx } from '../../store/index.ts';
import { defaultTimeoutMs } from '../../tasks/index.ts';
import { RunError } from '../../engine/index.ts';
import type { Desk } from '../pause.ts';
import { rewind } from '../rewind/rewind.ts';
import { effective } from '../rewind/rewound.ts';
import { evidenceOf } from './prove.ts';
import { refuted, type Refuted } from './recheck.ts';

/** How many ids are remembered. */
const most = 100_000;

interface Resuming extends Desk {
  recall(run: string): void;
}

/**
 * Looks at the evidence of runs that another process has left before they go on: a run whose last checkpoint does not hold any
 * more goes back to just before it.
 */
export class Resumption {
  readonly #desk: Resuming;
  /** Those that were looked at. Of very many the first are forgotten: looking again is no harm. */
  readonly #checked = new Set<string>();
  readonly #checking = new Set<string>();

  constructor(desk: Resuming) {
    this.#desk = desk;
  }

  get idle(): boolean {
    return this.#checking.size === 0;
  }

  /** Must this run wait? It is loaded again when its evidence has been looked at. */
  awaits(row: RunRow, rows: readonly JournalRow[]): boolean {
    if (this.#checked.has(row.id)) return false;
    // What is being undone does not go on.
    const lines = effective(rows);
    if (this.#checking.has(row.id)) return !lines.some(({ kind }) => kind === 'stopping');
    if (!lines.some(({ kind }) => kind === 'verified') || lines.some(({ kind }) => kind === 'stopping')) return false;
    this.#checking.add(row.id);
    const { world, clock } = this.#desk;
    refuted(row, rows, world, { ms: defaultTimeoutMs, clock }).then(
      (bad) => this.#goOn(row.id, (tx) => this.#back(tx, row.id, bad)),
      (error: unknown) => this.#block(row.id, error),
    );
    return true;
  }

  #goOn(run: string, work: (tx: Tx) => void): void {
    this.#desk.writer.enqueue({
      run: work,
      done: () => {
        this.#checking.delete(run);
        if (this.#checked.size >= most) this.#checked.clear();
        this.#checked.add(run);
        this.#desk.recall(run);
      },
      failed: (error) => this.#block(run, error),
    });
  }

  #back(tx: Tx, run: string, bad: readonly Refuted[]): void {
    const row = tx.runs.get(run);
    if (row === undefined || row.ended !== null || bad.length === 0) return;
    // It was cancelled meanwhile, or its time was over.
    const rows = tx.journal.of(run);
    if (effective(rows).some(({ kind }) => kind === 'stopping')) return;
    const { logger, clock, bus } = this.#desk;
    for (const { path, to, result } of bad) {
      const seq = tx.journal.last(run) + 1;
      const line = { run, seq, at: clock.now(), kind: 'verified', path: evidenceOf(path), name: null } as const;
      tx.journal.append({ ...line, attempt: 0, place: null, data: JSON.stringify(result) });
      const reason = `The evidence of step '${path}' does not hold any more: ${result.summary}.`;
      rewind(this.#desk, tx, run, to, { reason });
      this.#desk.writer.afterCommit(() => {
        logger.warn(`Run '${run}' goes back to before step '${to}'.`, {
          run,
          step: to,
          evidence: path,
          reason: result.summary,
        });
        if (bus.heard) bus.tell({ type: 'step.verified', runId: run, step: path, ok: false });
      });
    }
  }

  /** It is looked at again when it is loaded again. */
  #block(run: string, error: unknown): void {
    const why = new RunError(
      'MR3281',
      `The evidence of run '${run}' could not be looked at before it went on (${messageOf(error)}), so it stopped. The other runs go on without it.`,
      { fault: 'environment', details: { run } },
    );
    const record = toErrorRecord(why);
    const { writer, clock, logger } = this.#desk;
    writer.enqueue({
      run: (tx) => {
        if (tx.runs.get(run)?.ended === null) tx.runs.block(run, JSON.stringify(record), clock.now());
      },
      done: () => {
        this.#checking.delete(run);
        logger.error(`Run '${run}' is blocked.`, { run, code: record.code, reason: record.message });
        this.#desk.blocked(run, record);
      },
    });
  }
}
