import type { JournalRow, RunRow } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { RunError } from '../../engine/index.ts';
import { undosOf } from '../rehearse.ts';
import { within } from './prefixes.ts';
import { effective, type Taken } from './rewound.ts';

/** The end of the path of an undo. */
export const undoEnd = '/~undo';

/** What a run has done and could still undo, and what a retry would make it forget. */
export interface OpenEffects {
  readonly run: string;
  /** The steps, in their order. */
  readonly steps: readonly string[];
  /** Those among them whose undo has failed for good. */
  readonly failed: readonly string[];
  /** Those to which the present code does not come, so that it is not known whether they have an undo. */
  readonly unknown: readonly string[];
}

/** The finished steps with an undo that a retry would take back although they are not undone. */
export async function openEffects(
  desk: Pick<Context, 'registry' | 'clock'>,
  row: RunRow,
  journal: readonly JournalRow[],
  { drops }: Taken,
): Promise<OpenEffects> {
  const last = new Map<string, JournalRow>();
  for (const line of effective(journal)) last.set(line.path, line);
  const isDropped = within(drops);
  const isOpen = (path: string): boolean => last.get(path + undoEnd)?.kind !== 'completed' && isDropped(path);
  if (drops.length === 0) return { run: row.id, steps: [], failed: [], unknown: [] };
  const { undos, seen } = await undosOf(desk, row, journal);
  const known = [...undos].filter(isOpen);
  const unknown = [...last.values()].flatMap(({ path, kind, name }) =>
    kind === 'completed' && name !== null && seen?.has(path) === false && !/(?:^|\/)~/.test(path) && isOpen(path)
      ? [path]
      : [],
  );
  const steps = [...known, ...unknown];
  return { run: row.id, steps, failed: steps.filter((path) => last.get(path + undoEnd)?.kind === 'failed'), unknown };
}

/** The refusal of a retry that would forget undos. */
export function forgets({ run, steps, failed, unknown }: OpenEffects, own: boolean): RunError {
  const names = steps.map((path) => `'${path}'`).join(', ');
  const open = steps.length - failed.length;
  const [undo] = failed.map((path) => path + undoEnd);
  const ways = [
    ...(undo === undefined
      ? []
      : [
          `Retry what has failed to undo ${failed.length === 1 ? 'it' : 'them'} first (\`dsl runs retry FILE ${run} --from-step '${undo}'\`, \`fromStep: '${undo}'\`)`,
        ]),
    ...(open === 0 ? [] : ['Cancel the run, so that they are undone, and start or fork it anew']),
    ...(own ? ["accept that they stay (`openEffects: 'keep'`, `--keep-effects`)"] : []),
  ];
  return new RunError(
    'MR3259',
    `Run '${run}' cannot go back: it would forget to undo what it has done in ${names}${undo === undefined ? '' : `, where ${failed.map((path) => `'${path}${undoEnd}'`).join(', ')} has failed`}${unknown.length === 0 ? '' : ` (the code does not fit the journal, so it is not known whether ${unknown.map((path) => `'${path}'`).join(', ')} must be undone)`}. ${ways.join(', or ')}.`,
    { details: { run, steps, undos: failed.map((path) => path + undoEnd) } },
  );
}
