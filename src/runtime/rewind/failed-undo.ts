import type { JournalRow, RunRow } from '../../store/index.ts';
import { RunError } from '../../engine/index.ts';
import { undoEnd } from './open-effects.ts';
import type { RetryAsks, Step } from './retry-plan.ts';

/**
 * The retry of an undo alone: only the undo is done again, and the run ends once more as it did. `undefined`: something else is
 * asked for.
 *
 * @throws RunError MR3253 the undo has not failed, or its run has not ended; MR3255 an input.
 */
export function failedUndo(row: RunRow, rows: readonly JournalRow[], asks: RetryAsks): Step | undefined {
  const { fromStep: path, by } = asks;
  const last = path?.endsWith(undoEnd) === true ? rows.findLast((line) => line.path === path) : undefined;
  if (path === undefined || last === undefined) return undefined;
  const details = { run: row.id, status: row.status, step: path };
  const refuse = (why: string): RunError =>
    new RunError('MR3253', `The undo '${path}' of run '${row.id}' cannot be retried: ${why}`, { details });
  if (last.kind === 'completed') throw refuse('it has succeeded.');
  if (row.status !== 'failed' && row.status !== 'cancelled')
    throw refuse(`the run is ${row.status}. It can be when the run has failed or was cancelled.`);
  if (last.kind !== 'failed' || !rows.some(({ kind }) => kind === 'stopping')) throw refuse('it has not failed.');
  if (asks.input !== undefined)
    throw new RunError(
      'MR3255',
      `The undo '${path}' of run '${row.id}' takes no other input: it follows from its step.`,
      {
        details,
      },
    );
  const reason = asks.reason ?? `Its undo was retried${by === undefined ? '' : ` by ${by}`}.`;
  return { row, path, taken: { drops: [path], ends: [], unwinding: true }, how: { reason, by } };
}
