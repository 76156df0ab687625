import { describe, expect, it } from 'vitest';
import { openMemory, openSqlite } from 'millrace/store';
import { NonRetryableError } from 'millrace/tasks';
import { anyFlow, anyTask, at, code } from './fixtures/bind.ts';
import { open } from './fixtures/noting-tasks.ts';

const stores = { sqlite: () => openSqlite(':memory:'), memory: () => openMemory() };

describe.each(Object.entries(stores))('rounds that are let go, on %s', (_name, openStore) => {
  it('take with them what their steps have kept, and leave what others have', async () => {
    const store = openStore();
    const work = anyTask('work');
    const gate = anyTask('gate');
    const rounds = 200;
    const runtime = open(
      {
        tasks: [
          code(work, async (n: number, { tool, once, checkpoint }) => {
            await checkpoint(n);
            await tool('t', n, () => 'x'.repeat(20_000) + String(n));
            await once(`key ${n}`, n, () => n);
            if (n % 2 === 1) throw new NonRetryableError('odd');
            return n;
          }),
          code(
            gate,
            (_: never, { signal }) =>
              new Promise((_done, fail) => signal.addEventListener('abort', () => fail(new Error('x')))),
          ),
        ],
        flows: [
          anyFlow('f', async (host) => {
            await host.step('before', () => work(-2), at);
            await host.repeat(
              'loop',
              (part, round) =>
                part.attempt(
                  'try',
                  (inner) => inner.step('w', () => work(round), at),
                  async () => 'handled',
                  at,
                ),
              (_, round) => round === rounds - 1,
              { ...at, max: rounds },
            );
            await host.step('gate', () => gate(), at);
          }),
        ],
      },
      { store, db: undefined, compactAfter: 20 },
    );
    const { runId } = await runtime.start('f');
    await expect.poll(() => runtime.reader.steps(runId).at(-1)?.path, { timeout: 15_000 }).toBe('gate');
    const { ledger, blobs, progress } = store.tables;
    const rows = ledger.of(runId).filter(({ scope }) => scope === 'tool');
    expect(rows.length).toBeLessThan(40);
    expect(rows.map(({ path }) => path)).toContain('before');
    expect(rows.map(({ path }) => path)).toContain(`loop[${rounds - 1}]/try/try/w`);
    for (const { blob } of rows) expect(blobs.get(blob ?? '')).toBeDefined();
    // The keys of callers are theirs.
    expect(ledger.get('once', 'key 3')).toMatchObject({ status: 'succeeded' });
    expect(progress.get(runId, 'loop[1]/try/try/w')).toBeUndefined();
    expect(progress.get(runId, `loop[${rounds - 1}]/try/try/w`)).toBeDefined();
    await runtime.cancel(runId);
    await runtime.close();
  });
});
