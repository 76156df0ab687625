import { RunError } from '../../engine/index.ts';
import type { Record } from '../host/records.ts';
import type { LiveRun } from '../live-run.ts';

/** Why a run is parked: whatever made the try has died too often. */
export function parked({ run, path, task, attempt }: Parked, lost: number, last: number | undefined): RunError {
  return new RunError(
    'MR3270',
    `Run '${run}' is parked before step '${path}': the process in which task '${task}' was tried (attempt ${attempt}) has died ${lost} times in a row${last === undefined ? '' : `, at last at ${new Date(last).toISOString()}`}. Mend the task, and let the run go on with \`dsl runs retry FILE ${run}\`, or cancel it (\`dsl runs cancel FILE ${run}\`): what it did is undone then.`,
    { fault: 'user-code', details: { run, step: path, task, attempt, lost } },
  );
}

interface Parked {
  readonly run: string;
  readonly path: string;
  readonly task: string;
  readonly attempt: number;
}

/** Is a blocked run parked? Then only a person wakes it. */
export function isParked(error: string | null): boolean {
  return error !== null && (JSON.parse(error) as { readonly code?: unknown }).code === 'MR3270';
}

/** An undo, or what a run does at its failure. */
const shielded = /(?:^|\/)~/;

/**
 * Writes down which tries of a run were under way when the process died that made them: one line each. `counts`: was the
 * try at this path? Gives the reason to park the run.
 */
export function noteLost(
  run: LiveRun,
  most: number,
  counts: (path: string, record: Record) => boolean,
): RunError | undefined {
  let poison: RunError | undefined;
  for (const [path, record] of run.records) {
    const { kind } = record;
    if (kind !== 'started' && kind !== 'retrying') continue;
    // A run that ends only undoes: nothing else of it is tried again.
    if (run.stopping !== undefined && !shielded.test(path)) continue;
    // One that waits for its next try has a timer.
    if ((kind === 'retrying' && waits(run, path)) || !counts(path, record)) continue;
    poison = noteTry(run, path, record, most) ?? poison;
  }
  return poison;
}

/** Writes down that one try was lost. Gives the reason to park the run. */
export function noteTry(run: LiveRun, path: string, record: Record, most: number): RunError | undefined {
  const { name } = record;
  const lost = record.lost + 1;
  const attempt = record.tries + 1;
  const row = run.append({ kind: 'lost', path, name, attempt, data: JSON.stringify({ lost }) });
  run.learn(row);
  return lost < most ? undefined : parked({ run: run.id, path, task: name ?? '', attempt }, lost, row.at);
}

function waits(run: LiveRun, path: string): boolean {
  return run.context.store.tables.timers.of(run.id, path).some(({ kind }) => kind === 'retry');
}
