import { expect, it } from 'vitest';
import { anyEvent, anyFlow, anyTask, at, bind, code } from '../../runtime/fixtures/bind.ts';
import { scriptedTask } from '../scripted/index.ts';
import { testRuntime, type TestRuntime } from './index.ts';

const charge = anyTask('charge', { retry: { attempts: 3, delay: '1h', backoff: 'fixed' } });
const delivered = anyEvent('delivered');
const system = bind({
  events: [delivered],
  tasks: [code(charge, () => 'the real one')],
  flows: [
    anyFlow('order', async (host) => {
      const paid = await host.step('pay', () => charge('A1'), at);
      await host.sleep('week', '7d', at);
      return paid;
    }),
    anyFlow('parcel', (host) => host.receive('arrival', delivered, at)),
  ],
});

it('skips time, over crashes and restarts, with scripted tasks', async () => {
  const pay = scriptedTask([new Error('The bank is closed.'), (input) => `paid ${String(input)}`]);
  await using test = testRuntime(system, { tasks: { charge: pay } });
  const start = test.clock.now();
  const { runId } = await test.runtime.start('order', undefined, { id: 'r' });
  await test.runtime.idle();
  test.crash();
  await test.advance('2h');
  await test.restart();
  expect(await test.finish(runId)).toMatchObject({ status: 'completed', output: 'paid A1' });
  expect(test.clock.now() - start).toBe(3_600_000 + 7 * 86_400_000);
  expect(pay.calls).toMatchObject([
    { input: 'A1', runId: 'r', step: 'pay', attempt: 1 },
    { input: 'A1', runId: 'r', step: 'pay', attempt: 2 },
  ]);
  expect(pay.left).toBe(0);
});

it('says what a run waits for that time does not bring', async () => {
  await using test = testRuntime(system);
  await test.runtime.start('parcel', undefined, { id: 'p' });
  await expect(test.finish('p')).rejects.toMatchObject({
    code: 'MR3553',
    message: expect.stringContaining(`'arrival' waits for delivered`) as string,
  });
  await test.runtime.sendEvent('delivered', { n: 1 });
  expect(await test.finish('p')).toMatchObject({ status: 'completed' });
});

it('a script that is over fails for good, or repeats its last answer', async () => {
  const pay = scriptedTask([]);
  await using test = testRuntime(system, { tasks: { charge: pay } });
  const { error } = await test.runtime.executeTask('charge', 'A1');
  expect(error).toMatchObject({ code: 'MR3550' });
  expect(pay.calls.length).toBe(1);
  const again = scriptedTask(['yes'], { last: 'repeat' });
  test.runtime.registerTaskImplementation('charge', again);
  for (let n = 0; n < 3; n++) expect(await test.runtime.executeTask('charge', n)).toMatchObject({ output: 'yes' });
});

it('a task that takes time takes simulated time, and is given up in it', async () => {
  const slow = anyTask('slow', { timeout: '10s', retry: { attempts: 2, delay: '1m', backoff: 'fixed' } });
  await using test: TestRuntime = testRuntime(
    bind({
      tasks: [
        code(slow, async (_: unknown, { attempt, signal }) => {
          await test.wait(attempt === 1 ? 60_000 : 4000, signal);
          return `try ${attempt}`;
        }),
      ],
      flows: [anyFlow('one', (host) => host.step('step', () => slow(1), at))],
    }),
  );
  const start = test.clock.now();
  const { runId } = await test.runtime.start('one');
  expect(await test.finish(runId)).toMatchObject({ output: 'try 2' });
  expect(test.clock.now() - start).toBe(10_000 + 60_000 + 4000);
});
