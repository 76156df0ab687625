import type { Context, InvocationId, RestatePromise, ServiceDefinition } from '@restatedev/restate-sdk';
import type { Scope } from '../../engine/index.ts';
import type { Place } from '../contract.ts';
import type { Waited } from '../driver/driver.ts';
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

/** The time within which something has to come. */
export interface TimeLimit {
  readonly rings: RestatePromise<unknown>;
  /** It has come, or is not waited for any more. */
  readonly off: () => Promise<void>;
}

/** Sets it. */
export function timeLimit(run: Run, name: string, ms: number): TimeLimit {
  const off = setTimer(run, name, ms);
  return { rings: run.ctx.signal<null>(name, json()), off };
}

/**
 * Lets a time pass, or less when the scope is aborted. A sleep of Restate costs least, but one that is given up stays open in the
 * journal: it is for where only the end of the run can interrupt it.
 */
export async function timePasses(run: Run, name: string, ms: number, scope: Scope): Promise<Waited<unknown>> {
  const { ctx, driver, place } = run;
  if (scope === run.root || scope === run.shield) return driver.wait(ctx.sleep(inTruth(place, ms), name), scope);
  if (scope.reason !== undefined) return { ok: false, aborted: true, failure: scope.reason };
  const { rings, off } = timeLimit(run, name, ms);
  const rung = await driver.wait(rings, scope);
  if (!rung.ok) await off();
  return rung;
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
