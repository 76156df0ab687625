import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { NonRetryableError, silentLogger } from 'millrace/tasks';
import { anyFlow, anyTask, at, bind, code } from '../fixtures/bind.ts';
import { Client, ReactiveSystemRuntime } from '../index.ts';

const work = anyTask('work');

it("forks and retries of one run at once do not get in each other's way", async () => {
  const failing = { is: true };
  const folder = mkdtempSync(join(tmpdir(), 'millrace-at-once-'));
  const db = join(folder, 'runs.db');
  const system = bind({
    tasks: [
      code(work, (input: unknown) => {
        if (failing.is && input === 'b') throw new NonRetryableError('broken');
        return input;
      }),
    ],
    flows: [
      anyFlow('f', async (host) => {
        await host.step('a', () => work('a'), at);
        return host.step('b', () => work('b'), at);
      }),
    ],
  });
  const runtime = new ReactiveSystemRuntime(system, { db, logger: silentLogger });
  await runtime.executeFlow('f', undefined, { id: 'r' });
  failing.is = false;
  const outputs = async (inputs: readonly unknown[]) => {
    const forks = await Promise.all(
      inputs.map((input) => runtime.fork('r', { fromStep: 'b', ...(input === undefined ? {} : { input }) })),
    );
    expect(new Set(forks.map(({ runId }) => runId)).size).toBe(inputs.length);
    return Promise.all(forks.map(async ({ runId }) => (await runtime.result(runId)).output));
  };
  expect(await outputs([undefined, undefined, undefined])).toEqual(['b', 'b', 'b']);
  expect(await outputs([1, 2, 2, undefined])).toEqual([1, 2, 2, 'b']);

  // From another process, too.
  const client = new Client(system, { db });
  const gives = await Promise.all([
    client.fork('r', { fromStep: 'b', input: 3 }),
    client.fork('r', { fromStep: 'b', input: 4 }),
    runtime.fork('r', { fromStep: 'b', input: 5 }),
  ]);
  expect(await Promise.all(gives.map(async ({ runId }) => (await runtime.result(runId)).output))).toEqual([3, 4, 5]);
  await client.close();

  // One of them takes it back, which the others learn: there is nothing left to retry.
  const said = await Promise.all(
    [1, 2, 3].map(() =>
      runtime.retry('r').then(
        () => 'done',
        ({ code: given }: { code: string }) => given,
      ),
    ),
  );
  expect(said.filter((each) => each === 'done')).toHaveLength(1);
  expect(new Set(said.filter((each) => each !== 'done'))).toSatisfy((codes: Set<string>) =>
    [...codes].every((each) => ['MR3252', 'MR3253'].includes(each)),
  );
  expect(await runtime.result('r')).toMatchObject({ status: 'completed', output: 'b' });
  await runtime.close();
  rmSync(folder, { recursive: true });
});
