import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { taskContract } from 'millrace/flow';
import { openSqlite } from 'millrace/store';
import { anyFlow, anyTask, at, code } from './fixtures/bind.ts';
import { open } from './fixtures/noting-tasks.ts';

it('keeps state, tools, keys, evidence and caches where attempts are shared work, too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-shared-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const store = openSqlite(':memory:');
  const file = join(folder, 'report');
  const retry = { attempts: 3, delay: '1ms' } as const;
  const pages = anyTask('pages', { retry, heartbeat: '10s', totalTimeout: '1m' });
  const price = anyTask('price', { cache: { ttl: '1h' } });
  const report = taskContract('report', {
    input: z.void(),
    output: z.string(),
    policy: { retry },
    evidence: { claims: [{ kind: 'fileExists', options: { path: ({ output }) => output } }] },
    source: 'test.dsl.ts:1:1',
  });
  const did: string[] = [];
  const runtime = open(
    {
      tasks: [
        code(pages, async (_: never, { state, checkpoint, tool, once, attempt, heartbeat }) => {
          heartbeat();
          did.push(`state ${String(state)}`);
          await tool('fetch', 1, () => void did.push('fetch'));
          await once('mail', 1, () => void did.push('mail'));
          await checkpoint(attempt);
          if (attempt < 2) throw new Error('again');
          return 'pages';
        }),
        code(price, () => did.push('price')),
        code(report, (_: never, { attempt }) => {
          if (attempt > 1) writeFileSync(file, '');
          return file;
        }),
      ],
      flows: [
        anyFlow('f', async (host) => [
          await host.step('pages', () => pages(), at),
          await host.step('price', () => price(1), at),
          await host.step('again', () => price(1), at),
          await host.step('report', () => report(), at),
        ]),
      ],
    },
    { store, db: undefined, workers: true },
  );
  const { runId, success, stepResults } = await runtime.executeFlow('f');
  expect(success).toBe(true);
  expect(did).toEqual(['state undefined', 'fetch', 'mail', 'state 1', 'price']);
  expect(Object.values(stepResults).map(({ attempts }) => attempts)).toEqual([2, 1, 0, 2]);
  expect(existsSync(file)).toBe(true);
  expect(runtime.reader.steps(runId).at(-1)?.evidence?.ok).toBe(true);
  expect(store.tables.progress.get(runId, 'pages')).toBeUndefined();
  await runtime.close();
});
