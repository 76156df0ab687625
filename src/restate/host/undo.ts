import { toErrorRecord } from '../../core/index.ts';
import type { Run, Stop } from '../runs/run.ts';
import type { Part } from './part.ts';

/**
 * Undoes every finished step below one of the `prefixes`, the newest first, each as a step of its own at `PATH/~undo`, so that a
 * crash in the middle goes on where it was. An undo that fails for good is told, and the others still run.
 */
export async function compensate(run: Run, ...prefixes: readonly string[]): Promise<void> {
  const due = run.undos
    .filter(({ path }) => prefixes.some((prefix) => path.startsWith(prefix)))
    .sort((a, b) => b.order - a.order);
  for (const undo of due) {
    run.undos.splice(run.undos.indexOf(undo), 1);
    try {
      await undo.carryOut();
    } catch (thrown) {
      run.errors.push({ path: `${undo.path}/~undo`, error: toErrorRecord(thrown) });
    }
  }
}

/** Undoes what a run has done that ends badly, and lets its flow have the last word. */
export async function unwind(run: Run, stop: Stop, part: Part, input: unknown): Promise<void> {
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
