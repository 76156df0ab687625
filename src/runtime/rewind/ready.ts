import type { ErrorRecord } from '../../core/index.ts';
import type { Tables } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { Cancelled, RunError } from '../../engine/index.ts';
import type { LiveRun } from '../live-run.ts';
import { rehearse } from '../rehearse.ts';
import { forgets, openEffects, type OpenEffects } from './open-effects.ts';
import { planRetry, type RetryAsks, type Step } from './retry-plan.ts';
import { passedOver, lineOf } from './rewind.ts';

interface Desk extends Context {
  readonly runs: Map<string, LiveRun>;
}

/** The refusal of a run whose journal has gone on since it was rehearsed: it has to be looked at again. */
export function moved(run: string): RunError {
  return new RunError(
    'MR3253',
    `Run '${run}' cannot be taken back just now: it goes on too quickly. Pause it first, or try again.`,
    { retryable: true, fault: 'environment', details: { run } },
  );
}

/** Was it refused for that? */
export function hasMoved({ code, retryable }: Pick<ErrorRecord, 'code' | 'retryable'>): boolean {
  return code === 'MR3253' && retryable;
}

/** What was found out for a retry. */
export interface RetryReady {
  readonly kind: 'retry';
  /** The newest line of each journal that was rehearsed. */
  readonly seqs: ReadonlyMap<string, number>;
  readonly passed: ReadonlySet<string>;
  readonly refusal: RunError | undefined;
  /** What the run itself would forget to undo. */
  readonly notUndone: readonly string[];
}

/**
 * Gets a run ready to go back: its code is held against what would be left of its journal, and its attempts are aborted
 * (`out` is told). What is to be refused is refused by `readied`, inside the transaction, and then nothing is aborted.
 */
export async function makeReady(desk: Desk, asks: RetryAsks, out: () => void): Promise<RetryReady | undefined> {
  const { runId } = asks;
  if (desk.store.tables.runs.get(runId) === undefined) return undefined;
  const passed = await passedBy(desk, runId);
  const first = await rehearsed(desk, asks, passed);
  const live = desk.runs.get(runId);
  if (first === undefined || first.refusal !== undefined || live === undefined) return first;
  live.abandon(new Cancelled(`Run '${runId}' goes back to an earlier step.`));
  desk.runs.delete(runId);
  out();
  await desk.writer.committed();
  // Lines that were on their way are there now.
  return rehearsed(desk, asks, passed);
}

async function rehearsed(desk: Desk, asks: RetryAsks, passed: ReadonlySet<string>): Promise<RetryReady | undefined> {
  const { tables } = desk.store;
  const steps = planned(desk, tables, asks, passed);
  if (steps === undefined) return undefined;
  const seqs = new Map<string, number>();
  let refusal: RunError | undefined;
  const open: OpenEffects[] = [];
  for (const step of steps) {
    const reason = await unfit(desk, tables, step, seqs);
    if (reason !== undefined) refusal ??= doesNotFit(step.row.id, reason);
    open.push(await openEffects(desk, step.row, tables.journal.of(step.row.id), step.taken));
  }
  const kept = asks.openEffects === 'keep' ? asks.runId : undefined;
  const forgotten = open.find(({ run, steps: { length } }) => length > 0 && run !== kept);
  if (forgotten !== undefined) refusal ??= forgets(forgotten, forgotten.run === asks.runId);
  return { kind: 'retry', seqs, passed, refusal, notUndone: open[0]?.steps ?? [] };
}

/** What a run that was made ready comes to now. @throws what `planRetry` throws, and RunError MR3253, MR3256, MR3259. */
export function readied(desk: Desk, tables: Tables, asks: RetryAsks, ready: RetryReady | undefined): readonly Step[] {
  const row = tables.runs.get(asks.runId);
  const steps = planRetry(desk, tables, asks, ready?.passed ?? (row === undefined ? new Set() : passedOver(row)));
  if (ready?.refusal !== undefined) throw ready.refusal;
  const isSame = steps.every(
    ({ row: { id } }) => ready?.seqs.get(id) === tables.journal.last(id) && !desk.runs.has(id),
  );
  if (!isSame) throw moved(asks.runId);
  return steps;
}

/** The refusal of a run that would not go on. */
export function doesNotFit(run: string, { code, message }: ErrorRecord): RunError {
  return new RunError(
    'MR3256',
    `Run '${run}' would not go on from there, since what is left of its journal does not fit the code: ${message} Go back to an earlier step, or bring the old code back.`,
    { fault: 'user-code', details: { run, reason: code } },
  );
}

function planned(
  desk: Desk,
  tables: Tables,
  asks: RetryAsks,
  passed: ReadonlySet<string>,
): readonly Step[] | undefined {
  try {
    return planRetry(desk, tables, asks, passed);
  } catch (thrown) {
    if (thrown instanceof RunError) return undefined;
    throw thrown;
  }
}

/** The failures that a run has passed over, which it says itself at its end only. */
export async function passedBy(desk: Desk, run: string): Promise<ReadonlySet<string>> {
  const { runs, journal } = desk.store.tables;
  const row = runs.get(run);
  if (row === undefined) return new Set();
  if (row.ended !== null) return passedOver(row);
  const live = desk.runs.get(run);
  if (live !== undefined) return new Set(live.errors.map(({ path }) => path));
  return (await rehearse(desk, row, journal.of(run))).passed;
}

async function unfit(
  desk: Desk,
  tables: Tables,
  { row, path, taken, how }: Step,
  seqs: Map<string, number>,
): Promise<ErrorRecord | undefined> {
  const rows = tables.journal.of(row.id);
  const last = rows.at(-1)?.seq ?? 0;
  seqs.set(row.id, last);
  const edit = how.edit === undefined ? {} : { input: how.edit.input };
  const line = { ...taken, ...edit, epoch: 0, reason: '', by: null, version: '' };
  const input = path === '' && how.edit !== undefined ? JSON.stringify(how.edit.input) : row.input;
  const { reason } = await rehearse(desk, { ...row, input }, [...rows, lineOf(row.id, last + 1, 0, path, line)]);
  return reason;
}
