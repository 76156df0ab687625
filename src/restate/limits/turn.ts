import type { Context } from '@restatedev/restate-sdk';
import type { ErrorRecord } from '../../core/index.ts';
import type { Scope } from '../../engine/index.ts';
import type { AnyTask } from '../../flow/index.ts';
import type { AttemptOutcome } from '../../tasks/index.ts';
import type { Place } from '../contract.ts';
import type { Driver } from '../driver/driver.ts';

/** An attempt that would like to begin. */
export interface TurnAsks {
  readonly contract: AnyTask;
  readonly run: string;
  readonly path: string;
  readonly attempt: number;
  /** The name of the attempt in the journal: `PATH` or `PATH~2`. Its turn is taken under that with `~turn`. */
  readonly name: string;
  /** When all attempts of the step must have ended, by the clock. */
  readonly total?: { readonly until: number; readonly ms: number };
}

/** May the attempt begin? */
export type Turn =
  /** Its task has no limits. */
  | { readonly kind: 'free' }
  | { readonly kind: 'held'; readonly task: string; readonly token: string; readonly at: number }
  /** It has failed before it began: a breaker is open (MR3120), the queue is full (MR3121), the time is over (MR3131). */
  | { readonly kind: 'refused'; readonly error: ErrorRecord }
  /** The scope was aborted meanwhile. */
  | { readonly kind: 'aborted' };

/**
 * Waits until the limits of its task let an attempt begin. To be called from a flow's handler, before the attempt; a task
 * without limits costs nothing.
 */
export function takeTurn(
  _by: { readonly place: Place; readonly ctx: Context; readonly driver: Driver },
  _asks: TurnAsks,
  _scope: Scope,
): Promise<Turn> {
  throw new Error('Not yet.');
}

/**
 * Makes the attempt in its turn, and gives that back at its end: to be called in the `ctx.run` of the attempt. `again`: may
 * it have been begun before? Undefined: the turn was lost, because nothing was heard of it for too long; another has to be
 * taken.
 */
export function inTurn(
  _place: Place,
  _turn: Turn,
  _again: boolean,
  _make: () => Promise<AttemptOutcome>,
): Promise<AttemptOutcome | undefined> {
  throw new Error('Not yet.');
}
