import { Cancelled, isOverrun } from '../../engine/index.ts';
import type { LiveRun } from '../live-run.ts';

/**
 * Stops the run, whatever its flow makes of failures, when a step or a flow that it runs has failed because a budget is
 * overrun. Gives the error to throw.
 */
export function halting(run: LiveRun, failure: Error): Error {
  if (isOverrun(failure) && run.stopping === undefined) {
    const stop = { reason: 'error', error: failure.record } as const;
    run.append({ kind: 'stopping', path: '', data: JSON.stringify(stop) });
    run.stopping = stop;
    run.root.abort(new Cancelled(failure.message));
  }
  return failure;
}
