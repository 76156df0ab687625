import { toErrorRecord } from '../../core/index.ts';
import type { At, Call } from '../../flow/index.ts';
import type { Stop } from '../context.ts';
import type { LiveRun } from '../live-run.ts';
import type { Part } from './part.ts';

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

/** Undoes what a run has done that ends badly, and lets its flow have the last word. */
export async function unwind(run: LiveRun, stop: Stop, part: Part, input: unknown): Promise<void> {
  await compensate(run, '');
  const { onFailure } = run.program;
  if (onFailure === undefined || stop.reason === 'cancel') return;
  try {
    const last = part.shielded();
    await last.call(
      '~onFailure',
      () => onFailure({ input, error: stop.error, now: last.now(), runId: last.runId }),
      '0:0',
    );
  } catch (thrown) {
    run.errors.push({ path: '~onFailure', error: toErrorRecord(thrown) });
  }
}
