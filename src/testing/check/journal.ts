import type { JournalKind, JournalRow } from '../../store/index.ts';
import type { Findings } from './violation.ts';

const ends = ['completed', 'failed', 'cancelled'] as const;

/** What may follow a line on the same path. What is not named here ends its path. */
const follows: { readonly [Kind in JournalKind]?: readonly JournalKind[] } = {
  started: [...ends, 'retrying', 'lost'],
  lost: [...ends, 'retrying', 'lost'],
  retrying: [...ends, 'retrying', 'lost', 'called'],
  called: ends,
  // A child run that is to be tried again.
  failed: ['retrying'],
  sleeping: ['slept', 'cancelled'],
  waiting: ['received', 'timedOut', 'cancelled'],
  timedOut: ['failed'],
  asked: ['asked', 'decided', 'timedOut', 'cancelled'],
  opened: ['closed', 'failed', 'cancelled'],
};

/** Lines that are nothing without an earlier one. */
const needs: { readonly [Kind in JournalKind]?: JournalKind } = {
  completed: 'started',
  slept: 'sleeping',
  timedOut: 'waiting',
  decided: 'asked',
  closed: 'opened',
};

const about: ReadonlySet<JournalKind> = new Set(['rewound', 'compacted', 'stopping', 'verified', 'enqueued']);

/** The lines by their paths: those that still count, without the ones about the run as a whole. */
export function linesOf(rows: readonly JournalRow[]): Map<string, JournalRow[]> {
  const paths = new Map<string, JournalRow[]>();
  for (const row of rows) {
    if (about.has(row.kind)) continue;
    const lines = paths.get(row.path);
    if (lines === undefined) paths.set(row.path, [row]);
    else lines.push(row);
  }
  return paths;
}

/** What the lines of a journal say, and the order of the lines of each step. */
export function checkJournal(
  { found, json }: Findings,
  run: string,
  rows: readonly JournalRow[],
  paths: ReadonlyMap<string, readonly JournalRow[]>,
): void {
  const at = `run ${run}`;
  // A repeat that lets go of its rounds leaves gaps.
  const whole = !rows.some(({ kind }) => kind === 'compacted');
  for (const [index, row] of rows.entries()) {
    if (whole && row.seq !== index + 1)
      return found('journal', at, `line ${index + 1} has the number ${row.seq}: lines are missing`);
    // The name of a part, as it is.
    if (row.kind !== 'won' && row.kind !== 'chosen') json(`${at} line ${row.seq}`, 'data', row.data);
  }
  for (const [path, lines] of paths) {
    for (const [index, line] of lines.entries()) {
      const before = lines[index - 1];
      const where = `'${path}', line ${line.seq}`;
      if (before === undefined) {
        const first = needs[line.kind];
        if (first !== undefined) found('journal', at, `${where}: '${line.kind}' without '${first}'`);
      } else if (!(follows[before.kind] ?? []).includes(line.kind))
        found('journal', at, `${where}: '${line.kind}' after '${before.kind}' (line ${before.seq})`);
    }
  }
}
