import type { JournalRow } from '../../store/index.ts';
import { RunError } from '../../engine/index.ts';
import type { Compacted } from '../host/rounds.ts';

const dataOf = ({ data }: JournalRow): Compacted => JSON.parse(data ?? '{}') as Compacted;

function refusal(row: JournalRow, what: string): RunError {
  const { rounds } = dataOf(row);
  return new RunError(
    'MR3521',
    `Run '${row.run}' has let go of the rounds of '${row.path}' before round ${rounds}, so ${what}. Go back to '${row.path}' as a whole, or to something after it (\`compactAfter\` says when rounds are let go).`,
    { details: { run: row.run, step: row.path, rounds } },
  );
}

/**
 * Refuses to go back into rounds that were let go: what they did is not known any more, and what came after them could not
 * be done again in their order.
 *
 * @throws RunError MR3521.
 */
export function checkLetGo(rows: readonly JournalRow[], paths: readonly string[]): void {
  for (const row of rows) {
    if (row.kind !== 'compacted') continue;
    const { rounds } = dataOf(row);
    const before = `${row.path}[`;
    const gone = paths.find(
      (path) => path.startsWith(before) && Number.parseInt(path.slice(before.length), 10) < rounds,
    );
    if (gone !== undefined) throw refusal(row, `it cannot go back to '${gone}'`);
  }
}

/**
 * The lines up to a number, with what says which rounds are missing among them.
 *
 * @throws RunError MR3521 when some of those lines were let go.
 */
export function linesUpTo(rows: readonly JournalRow[], seq: number): readonly JournalRow[] {
  const late = rows.find((row) => row.kind === 'compacted' && row.seq > seq && dataOf(row).upTo > seq);
  if (late !== undefined) throw refusal(late, `what it had done at checkpoint ${seq} is not known any more`);
  return rows.filter((row) => row.seq <= seq || row.kind === 'compacted');
}
