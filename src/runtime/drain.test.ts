import { expect, it } from 'vitest';
import { openSqlite } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { ReactiveSystemRuntime, type RuntimeOptions } from './index.ts';
import { anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A run of two slow tasks, and everything that its attempts did. */
function slow(ms: number) {
  const began: string[] = [];
  const aborted: string[] = [];
  const task = anyTask('slow');
  const flow = anyFlow('two', async (host) => {
    await host.step('one', () => task('one'), at);
    return host.step('two', () => task('two'), at);
  });
  const system = bind({
    flows: [flow],
    tasks: [
      code(task, async (input: string, { signal }) => {
        began.push(input);
        signal.addEventListener('abort', () => aborted.push(input));
        await wait(ms);
        return input;
      }),
    ],
  });
  const store = openSqlite(':memory:');
  const open = (more: Partial<RuntimeOptions> = {}) =>
    new ReactiveSystemRuntime(system, { store, logger: silentLogger, ...more });
  return { began, aborted, store, open };
}

it('close lets attempts under way end, records them, and begins no other', async () => {
  const { began, aborted, store, open } = slow(60);
  const first = open();
  const waiting = first.executeFlow('two', undefined, { id: 'r' });
  const refused = expect(waiting).rejects.toMatchObject({ code: 'MR3223' });
  await expect.poll(() => began).toEqual(['one']);
  const closing = first.close();
  await expect(first.start('two')).rejects.toMatchObject({ code: 'MR3223' });
  await closing;
  await first.close();
  await refused;
  expect(store.tables.journal.of('r').filter(({ path }) => path === 'one')).toMatchObject([
    { kind: 'started' },
    { kind: 'completed' },
  ]);
  const second = open();
  expect(await second.result('r')).toMatchObject({ success: true, output: 'two' });
  await second.close();
  expect(began).toEqual(['one', 'two']);
  expect(aborted).toEqual([]);
});

it('a run whose last attempt ends meanwhile ends, and its caller hears of it', async () => {
  const { began, open } = slow(40);
  const runtime = open();
  const done = runtime.executeTask('slow', 'alone');
  await expect.poll(() => began).toEqual(['alone']);
  await runtime.close();
  expect(await done).toMatchObject({ success: true, output: 'alone' });
});

it('close waits no longer than drainMs, then aborts', async () => {
  const { began, aborted, open } = slow(400);
  const first = open({ drainMs: 30 });
  await first.start('two', undefined, { id: 'r' });
  await expect.poll(() => began).toEqual(['one']);
  const from = performance.now();
  await first.close();
  expect(performance.now() - from).toBeLessThan(300);
  expect(aborted).toEqual(['one']);
  const second = open();
  expect(await second.result('r')).toMatchObject({ success: true });
  await second.close();
  expect(began).toEqual(['one', 'one', 'two']);
});
