import type { AnyTask } from '../../flow/index.ts';
import type { AttemptOutcome } from '../../tasks/index.ts';
import type { Place } from '../contract.ts';

/** An attempt of a task with `policy.cache`. */
export interface Cacheable {
  readonly contract: AnyTask;
  /** The JSON text of the input. */
  readonly asked: string | null;
  /** Somebody has taken back what the step gave: no answer that is kept counts. */
  readonly anew: boolean;
  readonly signal: AbortSignal;
  /** Looks whether the world is as a kept result says, for tasks with evidence. */
  readonly prove?: (outcome: AttemptOutcome) => Promise<AttemptOutcome>;
  readonly perform: () => Promise<AttemptOutcome>;
}

/** `cached`: no attempt was made. */
export type CachedOutcome = AttemptOutcome & { readonly cached?: true };

/**
 * Gives the result that the same task has given for an equal input, in any run, while it is young enough, or makes an
 * attempt and keeps what it gives. Of several that ask at the same moment, wherever they are, one makes it, and the others
 * wait. To be called in place of the attempt, in its `ctx.run`.
 */
export function cached(_place: Place, _asks: Cacheable): Promise<CachedOutcome> {
  throw new Error('Not yet.');
}
