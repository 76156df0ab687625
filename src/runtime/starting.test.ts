import { afterEach, expect, it } from 'vitest';
import { NonRetryableError, silentLogger } from 'millrace/tasks';
import { ReactiveSystemRuntime, type RuntimeEvent } from './index.ts';
import { anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';

let tries = 0;
const declined = anyTask('declined');
const shaky = anyTask('shaky');
const child = (name: string, task: typeof declined | typeof shaky) =>
  anyFlow(name, (host) => host.step('pay', () => task(1), at));
const hard = child('hard', declined);
const soft = child('soft', shaky);
const retry = { attempts: 4, delay: '1ms' } as const;
const parent = (name: string, { contract }: typeof hard) =>
  anyFlow(name, (host) => host.child('kid', () => ({ contract, input: 1 }), { ...at, retry }));
const fails = (): never => {
  throw new TypeError('odd');
};
const flows = [
  hard,
  soft,
  parent('onHard', hard),
  parent('onSoft', soft),
  anyFlow('f', async (_host, input) => input),
  anyFlow('until', (host) => host.repeat('again', async () => 1, fails, { ...at, max: 3 })),
  anyFlow('branch', (host) => host.branch('which', fails, {}, at)),
  anyFlow('map', (host) => host.map('each', fails, async () => 1, at)),
];
const tasks = [
  code(declined, () => {
    tries++;
    throw new NonRetryableError('declined');
  }),
  code(shaky, () => {
    if (++tries < 3) throw new Error('shaky');
    return 'ok';
  }),
];
let runtime: ReactiveSystemRuntime;
const open = () => {
  tries = 0;
  runtime = new ReactiveSystemRuntime(bind({ tasks, flows }), { db: ':memory:', logger: silentLogger });
};
afterEach(() => runtime.close());

it('tries a child run again, and not when its failure is final', async () => {
  open();
  expect(await runtime.executeFlow('onHard')).toMatchObject({ status: 'failed', error: { retryable: false } });
  expect(tries).toBe(1);
  tries = 0;
  expect(await runtime.executeFlow('onSoft')).toMatchObject({ success: true, output: 'ok' });
  expect(tries).toBe(3);
});

it('attaches to the run of an idempotency key, and refuses the key for another id', async () => {
  open();
  const { runId, attached } = await runtime.start('f', 1, { idempotencyKey: 'k' });
  expect(attached).toBe(false);
  expect(await runtime.start('f', 1, { idempotencyKey: 'k' })).toEqual({ runId, attached: true });
  expect(await runtime.start('f', 1, { idempotencyKey: 'k', id: runId })).toEqual({ runId, attached: true });
  await expect(runtime.start('f', 1, { idempotencyKey: 'k', id: 'other' })).rejects.toMatchObject({ code: 'MR3220' });
  expect(runtime.status('other')).toBeUndefined();
  // A run that is there already takes the key, too.
  await runtime.start('f', 2, { id: 'X' });
  expect(await runtime.start('f', 2, { id: 'X', idempotencyKey: 'x' })).toEqual({ runId: 'X', attached: true });
  expect(await runtime.start('f', 2, { idempotencyKey: 'x' })).toEqual({ runId: 'X', attached: true });
  await expect(runtime.start('f', 2, { id: 'Y', idempotencyKey: 'x' })).rejects.toMatchObject({ code: 'MR3220' });
});

it('streams what happens from the call on, to the end of the runtime', async () => {
  open();
  const stream = runtime.events();
  await runtime.executeFlow('f', 1);
  const types: string[] = [];
  const reading = (async () => {
    for await (const { type } of stream) types.push(type);
    return 'ended';
  })();
  await runtime.close();
  expect(await reading).toBe('ended');
  expect(types).toEqual(['run.started', 'run.completed']);
  expect((await runtime.events().next()).done).toBe(true);
});

it('ends its streams when it is abandoned, and when the reader leaves or aborts', async () => {
  open();
  const waiting = runtime.events().next();
  const left: RuntimeEvent[] = [];
  const stream = runtime.events();
  await runtime.executeFlow('f', 1);
  for await (const event of stream) {
    left.push(event);
    break;
  }
  expect(left).toHaveLength(1);
  expect((await stream.next()).done).toBe(true);
  expect((await waiting).done).toBe(false);
  const abort = new AbortController();
  const aborted = runtime.events(abort.signal).next();
  abort.abort();
  expect((await aborted).done).toBe(true);
  const last = runtime.events().next();
  runtime.abandon();
  expect((await last).done).toBe(true);
});

it.each([
  ['until', 'again'],
  ['branch', 'which'],
  ['map', 'each'],
])('says where the condition of a %s failed', async (flow, step) => {
  open();
  expect(await runtime.executeFlow(flow)).toMatchObject({
    status: 'failed',
    error: { name: 'TypeError', message: 'odd', retryable: false, details: { step, source: 'test.dsl.ts:11:3' } },
  });
});
