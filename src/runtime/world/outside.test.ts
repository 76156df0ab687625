import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { taskContract, type TaskNeeds } from 'millrace/flow';
import { implement, type BoundSystem, type TaskContext } from 'millrace/tasks';
import { fakeWorld, testRuntime } from 'millrace/testing';
import { anyFlow, at, bind } from '../fixtures/bind.ts';
import { ReactiveSystemRuntime, Worker } from '../index.ts';

function asking(needs: TaskNeeds, work: (context: TaskContext) => unknown): BoundSystem {
  const job = taskContract('job', {
    input: z.unknown(),
    output: z.unknown(),
    policy: { retry: { attempts: 3, delay: '1s' } },
    needs,
    source: 'a.dsl.ts:1:1',
  });
  const flow = anyFlow('flow', (host) => host.step('asked', () => job(1), at));
  return bind({ tasks: [implement(job, (_, context) => work(context))], flows: [flow] });
}

it('gives tasks a world of data in a test of a system: time and ids are those of the engine', async () => {
  const world = fakeWorld({
    now: 1,
    fetch: [
      { url: 'https://a.test/', status: 503 },
      { url: 'https://a.test/', json: 7 },
    ],
  });
  const ids: string[] = [];
  const system = asking({ net: ['a.test'], fs: ['*'] }, async ({ fetch, fs, now, newId }) => {
    ids.push(newId());
    const answer = await fetch('https://a.test/');
    if (!answer.ok) throw new Error('busy');
    await fs.write('seen', 'x');
    return [await answer.json(), now()];
  });
  await using test = testRuntime(system, { world });
  const { runId } = await test.runtime.start('flow', null);
  const { output } = await test.finish(runId);
  expect(output).toEqual([7, test.clock.now()]);
  expect(test.clock.now()).toBeGreaterThan(1);
  // The first attempt asked with the id that the second asks with.
  expect(ids).toEqual([ids[0], ids[0]]);
  expect(world.files()).toEqual({ seen: 'x' });
});

it('refuses what is not declared, once: it is not tried again', async () => {
  let attempts = 0;
  const system = asking({}, ({ fetch }) => (attempts++, fetch('https://a.test/')));
  await using test = testRuntime(system, { world: fakeWorld({ fetch: [{ url: '*' }] }) });
  const { runId } = await test.runtime.start('flow', null);
  expect(await test.finish(runId)).toMatchObject({ status: 'failed', error: { code: 'MR3150' } });
  expect(attempts).toBe(1);
});

it('reaches what is really there by itself, where the runtime says, also in a worker', async () => {
  const server = createServer((request, response) => response.end(request.url));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  const resources = { shop: { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` } };
  const system = asking({ resources: [{ name: 'shop', type: 'http' }] }, async ({ resource }) =>
    (await resource('shop').fetch('x')).text(),
  );
  const here = new ReactiveSystemRuntime(system, { db: ':memory:', resources });
  expect(await here.executeFlow('flow', null)).toMatchObject({ output: '/v1/x' });
  await here.close();
  const db = join(mkdtempSync(join(tmpdir(), 'millrace-outside-')), 'a.db');
  onTestFinished(() => rmSync(dirname(db), { recursive: true, force: true }));
  const owner = new ReactiveSystemRuntime(system, { db, workers: { concurrency: 0 } });
  const worker = new Worker(system, { db, resources });
  expect(await owner.executeFlow('flow', null)).toMatchObject({ output: '/v1/x' });
  await worker.close();
  await owner.close();
});
