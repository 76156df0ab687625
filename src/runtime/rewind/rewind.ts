import { milliseconds, toErrorRecord } from '../../core/index.ts';
import type { JournalRow, RunRow, Tx } from '../../store/index.ts';
import { RunError } from '../../engine/index.ts';
import { openGraph } from '../host/graph.ts';
import { dropTimer, setTimer } from '../host/timer.ts';
import type { PartialFailure } from '../live-run.ts';
import type { Desk } from '../pause.ts';
import { originOf } from '../renamed.ts';
import { tellStep } from '../tell.ts';
import { planOf } from './plan.ts';
import { within } from './prefixes.ts';
import { takenIn } from './taken.ts';
import { effective, without, type Rewound, type Taken } from './rewound.ts';
import { knownRun } from '../known-run.ts';

/** Why a run goes back, and with what. */
export interface RewindHow {
  readonly reason: string;
  /** Who wants it; absent: Millrace itself. */
  readonly by?: string | undefined;
  /** Another input for the step, wrapped since it may be undefined. */
  readonly edit?: { readonly input: unknown } | undefined;
  /** What is taken back although it is not undone. */
  readonly notUndone?: readonly string[] | undefined;
}

/**
 * Lets a run go back to just before a step: what it did there and afterwards does not count any more and is done again, under
 * new keys. What ran beside it is kept. The run must not be at work in memory.
 *
 * @throws RunError MR3208 unknown run, MR3254 it has no such step.
 */
export function rewind(desk: Desk, tx: Tx, runId: string, path: string, how: RewindHow): Rewound {
  const row = knownRun(tx, runId);
  const rows = effective(tx.journal.of(runId));
  const taken = planOf(rows, { steps: [path], passed: passedOver(row), failed: row.status === 'failed' });
  if (taken === undefined) throw noStep(runId, path);
  return takeBack(desk, tx, row, path, taken, how);
}

/** The failures that a run which has ended has passed over. */
export function passedOver({ errors }: Pick<RunRow, 'errors'>): ReadonlySet<string> {
  return new Set((JSON.parse(errors ?? '[]') as readonly PartialFailure[]).map(({ path }) => path));
}

/** The refusal of a step that a run has not come to. */
export function noStep(run: string, path: string): RunError {
  return new RunError(
    'MR3254',
    `Run '${run}' has not come to a step '${path}'. \`dsl checkpoints list ${run}\` and \`dsl runs show ${run}\` tell what it has done.`,
    { details: { run, step: path } },
  );
}

/** Writes what is taken back, and lets the run go on after the commit. */
export function takeBack(desk: Desk, tx: Tx, row: RunRow, path: string, taken: Taken, how: RewindHow): Rewound {
  const rows = tx.journal.of(row.id);
  const before = effective(rows);
  const after = new Set(without(before, taken));
  const rewound: Rewound = {
    ...taken,
    epoch: rows.filter(({ kind }) => kind === 'rewound').length + 1,
    reason: how.reason,
    by: how.by ?? null,
    ...(how.edit === undefined ? {} : { input: how.edit.input ?? null }),
    ...(how.notUndone === undefined ? {} : { notUndone: how.notUndone }),
    version: desk.registry.system.version,
  };
  leave(desk, tx, row, taken, { kept: [...after], gone: before.filter((line) => !after.has(line)) });
  const line = lineOf(row.id, tx.journal.last(row.id) + 1, desk.clock.now(), path, rewound);
  tx.journal.append(line);
  comeBack(desk, tx, row, how, path, taken);
  takeUp(tx, row.id, line.at, taken, [...after]);
  desk.touched.add(row.id);
  desk.writer.afterCommit(() => {
    if (desk.bus.heard) tellStep(desk.bus, line);
    desk.load(row.id, false);
  });
  return rewound;
}

/** The line of the journal that says it. */
export function lineOf(run: string, seq: number, at: number, path: string, rewound: Rewound): JournalRow {
  const data = JSON.stringify(rewound);
  return { run, seq, at, kind: 'rewound', path, name: null, attempt: 0, place: null, data };
}

/** Lets go of what dropped steps have elsewhere: timers, waits, events that they took, runs that they began. */
function leave(
  desk: Desk,
  tx: Tx,
  row: RunRow,
  { drops }: Taken,
  { kept, gone }: { readonly kept: readonly JournalRow[]; readonly gone: readonly JournalRow[] },
): void {
  const { id } = row;
  const covered = within(drops);
  const isDropped = (path: string): boolean => path !== '' && covered(path);
  for (const timer of tx.timers.of(id)) if (isDropped(timer.part)) dropTimer(tx, id, timer.part);
  for (const wait of tx.waits.of(id)) if (isDropped(wait.path)) tx.waits.remove(id, wait.path);
  // State and tools are kept under the paths that the steps had first. What was kept counts no more.
  const origin = originOf(row.renamed);
  for (const path of new Set(gone.map((line) => line.path))) if (isDropped(path)) tx.progress.remove(id, origin(path));
  for (const path of drops) tx.ledger.drop(id, path === '' ? path : origin(path));
  const taken = takenIn(tx, id, kept, gone);
  for (const seq of tx.events.consumedBy(id)) if (!taken.has(seq)) tx.events.release(id, seq);
  for (const child of tx.runs.list({ parent: id })) {
    if (child.parentPath === null || !isDropped(child.parentPath)) continue;
    // Its end is no news any more to the run that began it.
    tx.runs.put({ ...child, parentPath: null });
    if (child.ended !== null) continue;
    const error = new RunError('MR3203', `Run '${id}', which began it, has gone back to before it.`);
    desk.stop(tx, child.id, { reason: 'cancel', error: toErrorRecord(error) });
  }
}

/** The run is under way again, or paused as it was. */
function comeBack(desk: Desk, tx: Tx, row: RunRow, { edit }: RewindHow, path: string, { unwinding }: Taken): void {
  const now = desk.clock.now();
  const input = path === '' && edit !== undefined ? JSON.stringify(edit.input) : row.input;
  const status = row.status === 'paused' ? 'paused' : 'running';
  tx.runs.put({ ...row, status, input, output: null, error: null, errors: null, updated: now, ended: null });
  if (row.ended === null || unwinding === true) return;
  const limit = desk.registry.program(row.kind, row.target)?.timeout;
  if (limit === undefined) return;
  const due = now + milliseconds(limit);
  tx.timers.put({ key: row.id, due, kind: 'run', target: row.id, part: '', name: null, data: null });
}

/** What goes on where it was gets back what its end had taken away. */
export function takeUp(tx: Tx, run: string, now: number, { ends }: Taken, rows: readonly JournalRow[]): void {
  const firsts = new Map<string, JournalRow>();
  if (ends.length > 0) for (const line of rows) if (!firsts.has(line.path)) firsts.set(line.path, line);
  for (const path of ends) {
    const first = firsts.get(path);
    if (first?.kind === 'sleeping') setTimer(tx, 'sleep', run, path, Number(first.data));
    if (first?.kind !== 'opened' || tx.waits.get(run, path) !== undefined) continue;
    const added = rows.filter(({ kind, path: of }) => kind === 'enqueued' && of.startsWith(`${path}/~add/`)).length;
    tx.waits.insert({ run, path, event: openGraph, key: String(added), created: now });
  }
}
