import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock, type Clock } from '../core/index.ts';
import { eventContract, taskContract } from '../flow/index.ts';
import {
  implement,
  NonRetryableError,
  runAttempt,
  silentLogger,
  TaskInputError,
  TaskOutputError,
  TaskTimeoutError,
  type AttemptRequest,
  type TaskContext,
} from './index.ts';

const charge = taskContract('charge', {
  input: z.object({
    lines: z.array(z.object({ quantity: z.int().min(1) })),
    currency: z.enum(['EUR', 'USD']).default('EUR'),
  }),
  output: z.object({ paymentId: z.string(), at: z.coerce.date().optional() }),
  policy: {},
  source: 'orders.dsl.ts:1:1',
});
type Run = Parameters<typeof implement<typeof charge>>[1];

function attempt(run: Run, more: Partial<AttemptRequest> = {}) {
  return runAttempt({
    contract: charge,
    implementation: implement(charge, run),
    input: { lines: [{ quantity: 2 }] },
    attempt: 2,
    runId: 'run-1',
    step: 'payment',
    idempotencyKey: 'key',
    clock: systemClock(),
    logger: silentLogger,
    ...more,
  });
}

/** A clock that only moves by hand, and says how many timers are pending. */
function handClock() {
  const timers = new Map<() => void, number>();
  let now = 1_000;
  const clock: Clock = {
    now: () => now,
    at(at, callback) {
      timers.set(callback, at);
      return () => timers.delete(callback);
    },
  };
  const advance = (ms: number): void => {
    now += ms;
    for (const [callback, at] of timers) if (at <= now && timers.delete(callback)) callback();
  };
  return { clock, advance, pending: () => timers.size };
}

async function failure(outcome: ReturnType<typeof attempt>) {
  const result = await outcome;
  if (result.ok) throw new Error('expected a failure');
  return result.error;
}

describe('a good attempt', () => {
  it('parses the input, encodes the result and gives what a replay would give', async () => {
    let seen: unknown;
    const outcome = await attempt((input, context) => {
      seen = [input, context.attempt, context.idempotencyKey, context.runId, context.step];
      return { paymentId: 'p1', at: new Date(0) };
    });
    expect(seen).toEqual([{ lines: [{ quantity: 2 }], currency: 'EUR' }, 2, 'key', 'run-1', 'payment']);
    expect(outcome).toEqual({
      ok: true,
      output: '{"paymentId":"p1","at":"1970-01-01T00:00:00.000Z"}',
      value: { paymentId: 'p1', at: new Date(0) },
      emitted: [],
    });
  });

  it('takes asynchronous implementations and leaves no timer behind', async () => {
    const { clock, pending } = handClock();
    const outcome = await attempt(async () => ({ paymentId: 'p2' }), { clock });
    expect(outcome.ok).toBe(true);
    expect(pending()).toBe(0);
  });

  it('keeps nothing as undefined', async () => {
    const ping = taskContract('ping', { input: z.void(), output: z.void(), policy: {}, source: 'a:1:1' });
    const outcome = await runAttempt({
      contract: ping,
      implementation: implement(ping, () => {}),
      input: undefined,
      attempt: 1,
      runId: 'r',
      step: 's',
      idempotencyKey: 'k',
      clock: systemClock(),
      logger: silentLogger,
    });
    expect(outcome).toEqual({ ok: true, output: undefined, value: undefined, emitted: [] });
  });

  it('collects emitted events, checked against their schema', async () => {
    const paid = eventContract('paid', { payload: z.object({ amount: z.number() }), ttl: '7d', source: 'a:1:1' });
    const outcome = await attempt((_, { emit }) => {
      emit(paid({ amount: 3 }));
      return { paymentId: 'p' };
    });
    expect(outcome.ok && outcome.emitted).toEqual([{ event: paid, payload: '{"amount":3}' }]);
    const bad = await failure(
      attempt((_, { emit }) => {
        emit(paid({ amount: 'three' as never }));
        return { paymentId: 'p' };
      }),
    );
    expect(bad).toBeInstanceOf(TaskOutputError);
    expect(bad.message).toContain("the event 'paid' it emitted: amount:");
  });
});

describe('input and output', () => {
  it('refuses a bad input with its path, before the implementation runs', async () => {
    let ran = false;
    const error = await failure(
      attempt(
        () => {
          ran = true;
          return { paymentId: 'p' };
        },
        { input: { lines: [{ quantity: 0 }], currency: 'GBP' } },
      ),
    );
    expect(ran).toBe(false);
    expect(error).toBeInstanceOf(TaskInputError);
    expect(error).toMatchObject({
      code: 'MR3101',
      retryable: false,
      fault: 'input',
      details: { task: 'charge', step: 'payment', attempt: 2 },
    });
    expect(error.message).toContain('lines[0].quantity:');
    expect(error.message).toContain('currency:');
  });

  it('refuses a bad output with its path', async () => {
    const error = await failure(attempt(() => ({ paymentId: 7 as never })));
    expect(error).toMatchObject({ code: 'MR3102', retryable: false });
    expect(error.message).toContain('paymentId:');
  });

  it.each([
    ['a bigint', { paymentId: 'p', extra: 1n }, "'extra' is a bigint"],
    ['NaN', { paymentId: 'p', extra: { deep: [Number.NaN] } }, "'extra.deep[0]' is NaN"],
    ['a Map', { paymentId: 'p', extra: new Map() }, "'extra' is a Map"],
    ['a function', { paymentId: 'p', extra: () => 1 }, "'extra' is a function"],
    ['a hole in a list', { paymentId: 'p', extra: [undefined] }, "'extra[0]' is undefined"],
  ])('refuses a result that is not JSON: %s', async (_, result, problem) => {
    const error = await failure(attempt(() => result));
    expect(error).toMatchObject({ code: 'MR3102', retryable: false });
    expect(error.message).toContain(problem);
  });

  it('refuses a cycle', async () => {
    const result: Record<string, unknown> = { paymentId: 'p' };
    result['self'] = result;
    expect((await failure(attempt(() => result as never))).message).toContain("'self' contains itself");
  });
});

describe('failure', () => {
  it('wraps what the user throws, sync or async, and retries by default', async () => {
    const sync = await failure(
      attempt(() => {
        throw new Error('declined');
      }),
    );
    expect(sync).toMatchObject({
      name: 'TaskError',
      code: 'MR3100',
      retryable: true,
      message: 'declined',
      fault: 'user-code',
    });
    const asynchronous = await failure(attempt(() => Promise.reject(new TypeError('oops'))));
    expect(asynchronous).toMatchObject({ name: 'TypeError', code: 'MR3100', retryable: true });
    expect(await failure(attempt(() => Promise.reject('just text')))).toMatchObject({
      message: 'just text',
      code: 'MR3100',
    });
  });

  it('keeps the code of the user and does not retry what says so', async () => {
    const error = await failure(
      attempt(() => Promise.reject(new NonRetryableError('declined', { code: 'CARD_DECLINED' }))),
    );
    expect(error).toMatchObject({
      name: 'NonRetryableError',
      code: 'CARD_DECLINED',
      retryable: false,
      details: { step: 'payment' },
    });
    const own = await failure(attempt(() => Promise.reject(Object.assign(new Error('no'), { retryable: false }))));
    expect(own).toMatchObject({ code: 'MR3100', retryable: false });
  });

  it('says so when there is no implementation', async () => {
    const error = await failure(attempt(() => ({ paymentId: 'p' }), { implementation: undefined }));
    expect(error).toMatchObject({ code: 'MR3104', retryable: false });
  });
});

describe('timeout and cancel', () => {
  it('times out: signal aborted, late result ignored, no timer left', async () => {
    const { clock, advance, pending } = handClock();
    let context: TaskContext | undefined;
    let finish: (value: { paymentId: string }) => void = () => {};
    const outcome = attempt(
      (_, given) => {
        context = given;
        return new Promise((resolve) => (finish = resolve));
      },
      { clock, timeoutMs: 5_000 },
    );
    await Promise.resolve();
    advance(4_999);
    expect(context?.signal.aborted).toBe(false);
    advance(1);
    expect(context?.signal.aborted).toBe(true);
    finish({ paymentId: 'late' });
    const error = await failure(outcome);
    expect(error).toBeInstanceOf(TaskTimeoutError);
    expect(error).toMatchObject({ code: 'MR3103', retryable: true, details: { timeoutMs: 5_000 } });
    expect(pending()).toBe(0);
  });

  it('measures work by the wall clock of an accelerated one', async () => {
    const clock = systemClock({ factor: 86_400, origin: { real: Date.now(), virtual: 0 } });
    const outcome = await attempt(() => new Promise((resolve) => setTimeout(() => resolve({ paymentId: 'p' }), 20)), {
      clock,
      timeoutMs: 5_000,
    });
    expect(outcome.ok).toBe(true);
  });

  it('is cancelled by the signal, before and during', async () => {
    const controller = new AbortController();
    let context: TaskContext | undefined;
    const outcome = attempt(
      (_, given) => {
        context = given;
        return new Promise(() => {});
      },
      { signal: controller.signal },
    );
    await Promise.resolve();
    controller.abort(new Error('run cancelled'));
    expect(await failure(outcome)).toMatchObject({
      code: 'MR3105',
      retryable: false,
      message: expect.stringContaining('run cancelled'),
    });
    expect(context?.signal.aborted).toBe(true);
    expect(await failure(attempt(() => ({ paymentId: 'p' }), { signal: controller.signal }))).toMatchObject({
      code: 'MR3105',
    });
  });
});
