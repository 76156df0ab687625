import { toErrorRecord } from '../../core/index.ts';
import type { Bus } from '../bus.ts';
import type { Perform } from './attempts.ts';

/** Tells of each attempt when it begins and when it ends. */
export function telling(bus: Bus, stopwatch: () => number, perform: Perform): Perform {
  return (request, by) => {
    if (!bus.heard) return perform(request, by);
    const { runId, step, attempt, contract, signal } = request;
    const { within } = by;
    const facts = { runId, step, task: contract.contract, attempt, ...(within === undefined ? {} : { within }) };
    const began = stopwatch();
    bus.tell({ type: 'attempt.started', ...facts });
    const made = bus.around === undefined ? perform(request, by) : bus.around(facts, () => perform(request, by));
    return made.then((outcome) => {
      if (outcome === undefined) return outcome;
      const took = stopwatch() - began;
      // What comes after an abort is ignored, whatever it is.
      if (outcome === undefined) return outcome;
      if (signal?.aborted === true) bus.tell({ type: 'attempt.cancelled', ...facts, took });
      else if (outcome.ok) bus.tell({ type: 'attempt.completed', ...facts, took });
      else bus.tell({ type: 'attempt.failed', ...facts, took, error: toErrorRecord(outcome.error) });
      return outcome;
    });
  };
}
