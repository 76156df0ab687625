import { milliseconds, toErrorRecord, type Duration } from '../../core/index.ts';
import { EventError, matchKey, RunError } from '../../engine/index.ts';
import type { AnyEvent, At } from '../../flow/index.ts';
import { checkValue } from '../../tasks/index.ts';
import type { Came } from '../contract.ts';
import { bufferLeave, bufferWait } from '../events/index.ts';
import { json } from '../json.ts';
import { timeLimit, type TimeLimit } from '../runs/timer.ts';
import { failed } from './call.ts';
import { firstOf } from './first-of.ts';
import type { Part } from './part.ts';
import { Taken } from './taken.ts';

export interface ReceiveOptions {
  readonly at: At;
  readonly match?: () => Readonly<Record<string, unknown>>;
  readonly timeout?: Duration;
  readonly onTimeout?: 'fail' | 'continue';
}

/** Waits for an event. One that has come since the run started and was not consumed is taken at once, the oldest first. */
export async function receive(part: Part, id: string, event: AnyEvent, options: ReceiveOptions): Promise<unknown> {
  const path = part.begin(id);
  const name = event.contract;
  const match = options.match?.() ?? {};
  const key = matchKey(Object.keys(match).sort(), match);
  const limit = options.timeout === undefined ? undefined : milliseconds(options.timeout);
  const came = await wait(part, path, { event: name, key }, limit);
  if (came === undefined) {
    part.time += limit ?? 0;
    if (options.onTimeout === 'continue') return undefined;
    const error = new RunError(
      'MR3211',
      `Nothing came for '${path}' of run '${part.run.id}': no event '${name}' with ${key} within ${options.timeout ?? 'its time'}.`,
      { fault: 'environment' },
    );
    throw failed(part, path, toErrorRecord(error), options.at);
  }
  part.done(id, Math.max(part.time, came.event.at));
  const value = checkValue(event.payload, came.event.payload);
  if (value.ok) return value.value;
  throw new EventError(
    'MR3302',
    `The payload of event '${name}' that '${path}' received is not valid: ${value.problems}`,
    { details: { event: name } },
  );
}

/** Undefined when none came in time. */
async function wait(
  part: Part,
  path: string,
  what: { readonly event: string; readonly key: string },
  limit: number | undefined,
): Promise<Came | undefined> {
  let timer: TimeLimit | undefined;
  let late = false;
  const timed = (): TimeLimit | undefined =>
    limit === undefined ? undefined : (timer ??= timeLimit(part.run, `${path}~timeout`, limit));
  try {
    const came = await take(part, path, what, timed);
    late = came === undefined;
    return came;
  } finally {
    if (!late) await timer?.off();
  }
}

/**
 * Takes the oldest event that counts, or has the run told of the next one. Undefined when none came in time. What is asked of the
 * buffer is out of reach of a cancel: only its answer says whether an event is on its way.
 */
async function take(
  { run, scope }: Part,
  path: string,
  what: { readonly event: string; readonly key: string },
  timed: () => TimeLimit | undefined,
): Promise<Came | undefined> {
  const { ctx, driver, place, shield } = run;
  const taken = new Taken(run, what.event, what.key);
  for (let round = 1; ; round++) {
    const signal = round === 1 ? path : `${path}~${round}`;
    const waiting = { run: run.id, invocation: run.invocation, signal, since: run.asks.at, ...taken.asks };
    const asked = await driver.wait(bufferWait(ctx, place, { ...what, path: signal, waiting }), shield);
    // Cancelled before it was noted down.
    if (!asked.ok) throw scope.reason ?? asked.failure;
    run.saw(asked.value);
    if ('came' in asked.value) {
      if (taken.take(asked.value.came)) return asked.value.came;
      continue;
    }
    const { noted } = asked.value;
    const timer = timed();
    const told = ctx.signal<Came>(signal, json());
    const first = await firstOf(run, told, timer?.rings, scope);
    if (first.came !== 'value') {
      const leaving = { noted, run: run.id, signal };
      let left = await driver.wait(bufferLeave(ctx, place, { ...what, path: `${signal}~leave` }, leaving), shield);
      // A cancel has ended the call before it could do anything.
      if (!left.ok)
        left = await driver.wait(bufferLeave(ctx, place, { ...what, path: `${signal}~leave2` }, leaving), shield);
      if (!left.ok) throw scope.reason ?? left.failure;
      if (!left.value.underWay) {
        if (first.came === 'time') return undefined;
        throw scope.reason;
      }
    }
    const came = first.came === 'value' ? first.value : valueOf(await driver.wait(told, shield));
    if (taken.take(came)) return came;
  }
}

function valueOf(
  told: { readonly ok: true; readonly value: Came } | { readonly ok: false; readonly failure: unknown },
): Came {
  if (told.ok) return told.value;
  throw told.failure;
}
