import type { JournalRow, RunRow, Tables } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { RunError } from '../../engine/index.ts';
import { checkedEdit } from './edit.ts';
import { failedUndo } from './failed-undo.ts';
import { planOf, withHandler } from './plan.ts';
import { noStep, passedOver, type RewindHow } from './rewind.ts';
import { covers, effective, stepsOf, type Taken } from './rewound.ts';
import { knownRun } from '../known-run.ts';

/** A run that is to do some of its steps again. */
export interface RetryAsks {
  readonly runId: string;
  /** The path of a step: that one and what came after it. `''`: all of the run. Default: what failed. */
  readonly fromStep?: string | undefined;
  /** Another input for that step; with `fromStep: ''` for the run. */
  readonly input?: unknown;
  /**
   * What becomes of finished steps that would be taken back although they have an undo, which is then forgotten. Default: the
   * retry is refused (MR3259). `keep`: what they did stays in the world, and `notUndone` lists them.
   */
  readonly openEffects?: 'refuse' | 'keep' | undefined;
  /** Who wants it. */
  readonly by?: string | undefined;
  readonly reason?: string | undefined;
}

/** One run that goes back, and from where. */
export interface Step {
  readonly row: RunRow;
  readonly path: string;
  readonly taken: Taken;
  readonly how: RewindHow;
}

/**
 * What a retry comes to: the run itself first, then those above that wait for it again.
 *
 * @throws RunError MR3208, MR3252, MR3253, MR3254, MR3255, MR3257.
 */
export function planRetry(
  desk: Context,
  tables: Tables,
  asks: RetryAsks,
  passed: ReadonlySet<string>,
): readonly Step[] {
  const { runId, fromStep, by } = asks;
  const row = knownRun(tables, runId);
  const rows = effective(tables.journal.of(runId));
  const undo = failedUndo(row, rows, asks);
  if (undo !== undefined) {
    checkedEdit(desk, row, rows, asks, undo.taken);
    return [undo];
  }
  checkState(tables, row, fromStep);
  const isFailed = row.status === 'failed';
  const isBlocked = row.status === 'blocked' && fromStep === undefined;
  const steps = fromStep === undefined ? [] : [fromStep];
  const taken: Taken | undefined = isBlocked
    ? goesOn(rows)
    : planOf(rows, { steps, passed, failed: isFailed || rows.some(({ kind }) => kind === 'stopping') });
  if (taken === undefined) throw noStep(runId, fromStep ?? '');
  const path = fromStep ?? stepsOf(taken)[0] ?? taken.ends[0] ?? '';
  const edit = checkedEdit(desk, row, rows, asks, taken);
  const reason = asks.reason ?? `It was retried${by === undefined ? '' : ` by ${by}`}.`;
  const own: Step = { row, path, taken, how: { reason, by, edit } };
  return isFailed ? [own, ...above(tables, row, own.how)] : [own];
}

/** A run that was blocked goes on where it was, also with its end. */
function goesOn(rows: readonly JournalRow[]): Taken {
  const ends = [...new Set(rows.flatMap(({ kind, path }) => (kind === 'lost' ? [path] : [])))];
  if (rows.some(({ kind }) => kind === 'stopping')) return { drops: [], ends, unwinding: true };
  return withHandler(rows, { drops: [], ends });
}

/** Which states a run can be taken back from. */
function checkState(tables: Tables, row: RunRow, fromStep: string | undefined): void {
  const details = { run: row.id, status: row.status };
  if (row.status === 'completed' || row.status === 'cancelled') {
    throw new RunError(
      'MR3252',
      `Run '${row.id}' is ${row.status}, and that is final. Fork it: \`runtime.fork('${row.id}', { fromStep })\` or \`dsl runs fork FILE ${row.id} --from-step STEP\` begins a new run with what it has done before that step.`,
      { details },
    );
  }
  if (row.status === 'failed') return;
  const refuse = (why: string): RunError =>
    new RunError('MR3253', `Run '${row.id}' cannot be retried: ${why}`, { details });
  // It goes on, if its code fits by now.
  if (row.status === 'blocked') return;
  if (fromStep === undefined)
    throw refuse(`it is ${row.status}, and nothing of it has failed. Say from which step it is to go on (fromStep).`);
  if (effective(tables.journal.of(row.id)).some(({ kind }) => kind === 'stopping'))
    throw refuse('it is about to end. Wait for its end.');
}

/** The runs above that failed because this one did: they wait for it again. */
function above(tables: Tables, child: RunRow, how: RewindHow): readonly Step[] {
  const { parent, parentPath } = child;
  if (parent === null || parentPath === null) return [];
  const row = tables.runs.get(parent);
  const rows = row === undefined ? [] : effective(tables.journal.of(parent));
  const last = rows.findLast(({ path }) => path === parentPath);
  const refuse = (why: string): RunError =>
    new RunError(
      'MR3257',
      `Run '${child.id}' cannot be retried by itself: run '${parent}', which began it at '${parentPath}', ${why}.`,
      { details: { run: child.id, parent, step: parentPath } },
    );
  const again = `Retry that one: \`runtime.retry('${parent}', { fromStep: '${parentPath}' })\` begins a new run in its place`;
  if (row?.status !== 'failed' || last?.kind !== 'failed' || isOld(rows, child))
    throw refuse(`has gone on without it (it is ${row?.status ?? 'gone'}). ${again}, where it can be`);
  const passed = passedOver(row);
  const taken = planOf(rows, { steps: [], await: [parentPath], passed, failed: true });
  const wasCaught = rows.some(({ kind, path }) => kind === 'caught' && taken?.ends.includes(path) === true);
  if (passed.has(parentPath) || wasCaught) throw refuse(`had passed over its failure. ${again}`);
  if (taken === undefined || taken.drops.some((prefix) => covers(prefix, parentPath)))
    throw refuse(`has undone what it did before. ${again}`);
  const reason = `Run '${child.id}', for which it waits, was retried.`;
  const own: Step = { row, path: parentPath, taken, how: { reason, by: how.by } };
  return [own, ...above(tables, row, how)];
}

/** Has another run taken its place since, in another try of the same step? */
function isOld(rows: readonly JournalRow[], { id, parentPath }: RunRow): boolean {
  const tries = rows.filter(({ kind, path }) => kind === 'called' && path === parentPath).length;
  return (/~(\d+)$/.exec(id)?.[1] ?? '1') !== String(tries);
}
