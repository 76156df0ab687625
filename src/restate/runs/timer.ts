import type { Context, InvocationId, RestatePromise, ServiceDefinition } from '@restatedev/restate-sdk';
import type { Place } from '../contract.ts';
import { inTruth } from '../host/real.ts';
import { json } from '../json.ts';
import { plumbing } from '../plumbing.ts';
import { service } from '../sdk.ts';
import type { Run } from './run.ts';

interface RingAsks {
  readonly invocation: string;
  readonly signal: string;
}

/**
 * Sets a timer, which rings as a signal of this name, after so many ms of the clock. Unlike a sleep it can be called off with
 * the function that this gives, and leaves nothing open in the journal: a run can be begun anew from any later step.
 */
export function setTimer(run: Run, name: string, ms: number): () => Promise<void> {
  const { ctx, driver, place } = run;
  const sent = ctx.genericSend<RingAsks>({
    service: place.names.signals,
    method: 'ring',
    parameter: { invocation: run.invocation, signal: name },
    inputSerde: json(),
    delay: inTruth(place, ms),
    name,
  });
  return async () => {
    const id = await driver.wait(sent.invocationId as RestatePromise<InvocationId>, run.shield);
    if (id.ok) ctx.cancel(id.value);
  };
}

/** Rings the timers of runs. */
export function timerService(place: Place): ServiceDefinition<string, unknown> {
  return service({
    name: place.names.signals,
    handlers: {
      async ring(ctx: Context, { invocation, signal }: RingAsks): Promise<void> {
        ctx
          .invocation(invocation as InvocationId)
          .signal(signal, json())
          .resolve(null);
      },
    },
    options: { ...plumbing, ingressPrivate: true },
  }) as ServiceDefinition<string, unknown>;
}
