import { toErrorRecord } from '../../core/index.ts';
import type { At, Call } from '../../flow/index.ts';
import type { LiveRun } from '../live-run.ts';

/** How a finished step is undone. */
export interface Undo {
  readonly path: string;
  /** The number of the line that says the step has finished. */
  readonly seq: number;
  readonly call: () => Call<unknown>;
  readonly at: At;
  readonly time: number;
}

/**
 * Undoes every finished step below one of the `prefixes`, the newest first, each as a step of its own at `PATH/~undo`, so that a
 * crash in the middle goes on where it was. An undo that fails for good is recorded, and the others still run.
 */
export async function compensate(run: LiveRun, ...prefixes: readonly string[]): Promise<void> {
  const due = run.undos
    .filter(({ path }) => prefixes.some((prefix) => path.startsWith(prefix)))
    .sort((a, b) => b.seq - a.seq);
  for (const undo of due) {
    run.undos.splice(run.undos.indexOf(undo), 1);
    try {
      await run.part(undo.path, run.shield, undo.time).call('~undo', undo.call, undo.at);
    } catch (thrown) {
      run.errors.push({ path: `${undo.path}/~undo`, error: toErrorRecord(thrown) });
    }
  }
}
