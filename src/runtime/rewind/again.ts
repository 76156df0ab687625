import type { LiveRun } from '../live-run.ts';

/** How the id of a child run ends that a step has begun after it was taken back. */
const taken = /~r\d+(?:~\d+)?$/;

/**
 * Does somebody want a step to be done again, itself or with what runs above it? Then nothing that is kept for equal
 * requests is an answer: it is what was taken back.
 */
export function isAgain(run: Pick<LiveRun, 'row' | 'past' | 'context'>, path: string): boolean {
  if (run.past.epochOf(path) > 0) return true;
  // Its id has those of all above it: most need no look at them.
  if (!run.row.id.includes('~r')) return false;
  const { runs } = run.context.store.tables;
  for (let { id, parent } = run.row; parent !== null;) {
    if (taken.test(id.slice(parent.length))) return true;
    const above = runs.get(parent);
    if (above === undefined) return false;
    ({ id, parent } = above);
  }
  return false;
}
