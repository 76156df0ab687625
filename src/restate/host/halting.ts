import { isOverrun } from '../../engine/index.ts';
import type { Run } from '../runs/run.ts';

/**
 * Stops the run, whatever its flow makes of failures, when a step or a flow that it runs has failed because a budget is
 * overrun. Gives the error to throw.
 */
export function halting(run: Run, failure: Error): Error {
  if (isOverrun(failure)) run.stop({ reason: 'error', error: failure.record });
  return failure;
}
