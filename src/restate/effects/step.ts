import type { Context } from '@restatedev/restate-sdk';
import type { Place } from '../contract.ts';

/** A step that is done by a task. */
export interface EffectStep {
  readonly run: string;
  /** The run that a person has started, when it is another one: what its models spend counts towards that. */
  readonly root?: string;
  readonly path: string;
  /** The name of the task. */
  readonly task: string;
}

/**
 * The step has ended: lets go of what its attempts have kept. To be called from the handler, and only when the record of
 * one of its attempts says that there is something (`KeptServices.kept`).
 */
export function forget(_ctx: Context, _place: Place, _step: Pick<EffectStep, 'run' | 'path'>): void {
  throw new Error('Not yet.');
}
