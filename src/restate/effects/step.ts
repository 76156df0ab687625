import type { Context } from '@restatedev/restate-sdk';
import { idempotencyKey } from '../../tasks/index.ts';
import type { Place } from '../contract.ts';
import { json } from '../json.ts';

/** A step that is done by a task. */
export interface EffectStep {
  readonly run: string;
  /** The run that a person has started, when it is another one: what its models spend counts towards that. */
  readonly root?: string;
  readonly path: string;
  /** The name of the task. */
  readonly task: string;
}

/** The object of a step. `key`: the idempotency key of its attempts, another one where its run was begun anew. */
export const stepObject = ({ run, path }: Pick<EffectStep, 'run' | 'path'>, key: string): string =>
  `step ${run} ${path} ${key.slice(0, 16)}`;

/**
 * The step has ended: lets go of what its attempts have kept. To be called from the handler of its run, and only when the
 * record of one of its attempts says that there is something (`KeptServices.kept`). `invocation`: the one that made those.
 */
export function forget(
  ctx: Context,
  place: Place,
  step: Pick<EffectStep, 'run' | 'path'>,
  invocation: string = ctx.request().id,
): void {
  ctx.genericSend<null>({
    service: place.names.effects,
    key: stepObject(step, idempotencyKey(invocation, step.path)),
    method: 'ended',
    parameter: null,
    inputSerde: json(),
    name: `${step.path} ended`,
  });
}

/** The same from inside an attempt: for a step of its own that it has done, such as a tool of a model. */
export async function forgetFrom(place: Place, step: Pick<EffectStep, 'run' | 'path'>, key: string): Promise<void> {
  await place.ingress.send({ service: place.names.effects, key: stepObject(step, key), handler: 'ended' });
}
