import type { AttemptServices } from '../../tasks/index.ts';
import type { Place } from '../contract.ts';
import type { EffectStep } from './step.ts';

/** What one attempt of a step keeps. */
export interface KeptServices extends AttemptServices {
  /**
   * Is there something that later attempts of the step can find? To be recorded with the attempt: those are made `again`,
   * and the end of the step forgets it.
   */
  readonly kept: boolean;
  /** Trusts nothing that the step has kept: the world is not as its result says. */
  distrust(): void;
}

/**
 * What an attempt of a step keeps. `key`: the idempotency key of the step. `asked`: the JSON text of its input. `again`: may
 * an attempt have been made that has kept something, in this invocation or in a process that died? Else nothing is asked of
 * the server until the attempt itself keeps something.
 */
export function attemptServices(
  _place: Place,
  _step: EffectStep,
  _key: string,
  _asked: string | null,
  _again: boolean,
): KeptServices | Promise<KeptServices> {
  throw new Error('Not yet.');
}
