import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openSqlite } from 'millrace/store';
import { NonRetryableError } from 'millrace/tasks';
import { SimulatedClock } from 'millrace/testing';
import { anyFlow, anyTask, at, code } from './fixtures/bind.ts';
import { open } from './fixtures/noting-tasks.ts';

const price = anyTask('price', { cache: { ttl: '1h' }, retry: { attempts: 2, delay: '1ms' } });
const flow = anyFlow('f', (host, input) => host.step('x', () => price(input), at));

it('gives an earlier result for an equal input, shows that it did, and makes it anew when it is too old', async () => {
  const clock = new SimulatedClock();
  let ran = 0;
  const runtime = open({ tasks: [code(price, () => ({ cents: ++ran }))], flows: [flow] }, { clock });
  const ask = async (input: unknown) => {
    const { runId, output } = await runtime.executeFlow('f', input);
    const [step] = runtime.reader.steps(runId);
    return [(output as { cents: number }).cents, step?.cached ?? false, step?.attempts, step?.status];
  };
  expect(await ask({ a: 1, b: 2 })).toEqual([1, false, 1, 'completed']);
  expect(await ask({ b: 2, a: 1 })).toEqual([1, true, 0, 'completed']);
  expect(await ask({ a: 2, b: 2 })).toEqual([2, false, 1, 'completed']);
  await clock.advance('59m');
  expect(await ask({ a: 1, b: 2 })).toEqual([1, true, 0, 'completed']);
  // What is given again does not live longer for it.
  await clock.advance('2m');
  expect(await ask({ a: 1, b: 2 })).toEqual([3, false, 1, 'completed']);
  await clock.advance('59m');
  expect(await ask({ a: 1, b: 2 })).toEqual([3, true, 0, 'completed']);
  await runtime.close();
});

it('makes a result once, however many ask for it at the same moment, and shares it over a restart', async () => {
  const store = openSqlite(':memory:');
  let ran = 0;
  const gate = Promise.withResolvers<void>();
  const parts = { tasks: [code(price, () => gate.promise.then(() => ++ran))], flows: [flow] };
  const first = open(parts, { store, db: undefined });
  const runs = Array.from({ length: 10 }, () => first.executeFlow('f', 1));
  await turn();
  gate.resolve();
  expect((await Promise.all(runs)).map(({ output }) => output)).toEqual(Array.from({ length: 10 }, () => 1));
  await first.close();
  const second = open(parts, { store, db: undefined });
  expect(await second.executeFlow('f', 1)).toMatchObject({ output: 1, stepResults: { x: { attempts: 0 } } });
  expect(ran).toBe(1);
  await second.close();
});

it('never keeps a failure, and whoever waited tries for itself', async () => {
  let ran = 0;
  const runtime = open({
    tasks: [
      code(price, async () => {
        await turn();
        if (++ran <= 3) throw new Error('no');
        return ran;
      }),
    ],
    flows: [flow],
  });
  const results = await Promise.all([runtime.executeFlow('f', 1), runtime.executeFlow('f', 1)]);
  // Two tries each: three fail, one succeeds.
  expect(results.filter(({ success }) => success).length).toBeGreaterThanOrEqual(1);
  expect(ran).toBe(4);
  expect(await runtime.executeFlow('f', 1)).toMatchObject({ output: 4 });
  expect(ran).toBe(4);
  await runtime.close();
});

it('does not wait for a result when its run is cancelled, nor for one that is paused', async () => {
  const gate = Promise.withResolvers<void>();
  let ran = 0;
  const runtime = open({ tasks: [code(price, () => (ran++, gate.promise))], flows: [flow] });
  const { runId: first } = await runtime.start('f', 1);
  const { runId: second } = await runtime.start('f', 1);
  const { runId: third } = await runtime.start('f', 1);
  await turn();
  await turn();
  await runtime.cancel(second);
  expect(await runtime.result(second)).toMatchObject({ status: 'cancelled' });
  await runtime.pause(first, { inFlight: 'abort' });
  gate.resolve();
  expect(await runtime.result(third)).toMatchObject({ status: 'completed' });
  expect(ran).toBe(2);
  await runtime.resume(first);
  expect(await runtime.result(first)).toMatchObject({ status: 'completed', stepResults: { x: { attempts: 0 } } });
  await runtime.close();
});

it('is passed by where a step is done again, and the new result is the one that is kept', async () => {
  let ran = 0;
  let good = true;
  const after = anyTask('after');
  const runtime = open({
    tasks: [
      code(price, () => ++ran),
      code(after, (n: number) => {
        if (!good) throw new NonRetryableError('bad');
        return n;
      }),
    ],
    flows: [
      anyFlow('f', async (host) => {
        const n = await host.step('x', () => price('a'), at);
        return host.step('y', () => after(n), at);
      }),
    ],
  });
  expect(await runtime.executeFlow('f')).toMatchObject({ output: 1 });
  good = false;
  const { runId } = await runtime.executeFlow('f');
  expect(ran).toBe(1);
  good = true;
  await runtime.retry(runId);
  // Only what is done again: the step before is not.
  expect(await runtime.result(runId)).toMatchObject({ output: 1 });
  good = false;
  const { runId: other } = await runtime.executeFlow('f');
  good = true;
  await runtime.retry(other, { fromStep: 'x' });
  expect(await runtime.result(other)).toMatchObject({ output: 2 });
  expect(await runtime.executeFlow('f')).toMatchObject({ output: 2 });
  expect(ran).toBe(2);
  await runtime.close();
});
