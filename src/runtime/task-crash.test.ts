import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { taskContract } from 'millrace/flow';
import { openSqlite, type Store } from 'millrace/store';
import { checkDatabase, faultyStore } from 'millrace/testing';
import { anyFlow, anyTask, at, code } from './fixtures/bind.ts';
import { open } from './fixtures/noting-tasks.ts';

/** A flow with everything that tasks keep: state, tools, keys, a cache, evidence. */
function parts(folder: string, did: string[], alive: () => boolean) {
  const pages = anyTask('pages', { retry: { attempts: 3, delay: '1ms' } });
  const tools = anyTask('tools', { retry: { attempts: 3, delay: '1ms' } });
  const price = anyTask('price', { cache: { ttl: '1h' } });
  const report = taskContract('report', {
    input: z.string(),
    output: z.string(),
    policy: { retry: { attempts: 2, delay: '1ms' } },
    evidence: { claims: [{ kind: 'fileExists', options: { path: ({ output }) => output } }] },
    source: 'test.dsl.ts:1:1',
  });
  // What a process does after its death has not happened.
  const note = (what: string): void => void (alive() && did.push(what));
  return {
    tasks: [
      code(pages, async (_: never, { state, checkpoint, tool, once, attempt }) => {
        const from = (state as number | undefined) ?? 0;
        for (let page = from; page < 3; page++) {
          await tool('fetch', { page }, () => note(`fetch ${page}`));
          await checkpoint(page + 1);
          note(`saved ${page + 1}`);
        }
        const { output } = await once('mail', {}, () => (note('mail'), 'sent'));
        if (attempt === 1) throw new Error('once more');
        return output;
      }),
      code(tools, async (_: never, { tool, attempt }) => {
        for (const name of ['x', 'y', 'z']) await tool(name, 1, () => note(`tool ${name}`));
        if (attempt < 3) throw new Error('once more');
        return attempt;
      }),
      code(price, () => (note('price'), 42)),
      code(report, (name: string) => {
        note(`report ${name}`);
        if (alive()) writeFileSync(join(folder, name), name);
        return join(folder, name);
      }),
    ],
    flows: [
      anyFlow('f', async (host) => [
        await host.step('pages', () => pages(), at),
        await host.step('tools', () => tools(), at),
        await host.step('price', () => price(1), at),
        await host.step('again', () => price(1), at),
        await host.step('report', () => report('a'), at),
        await host.step('last', () => report('b'), at),
      ]),
    ],
  };
}

async function drive(disk: Store, folder: string, did: string[], crashAt?: number) {
  const store = faultyStore(disk, ({ n }) => (n === crashAt ? 'crash' : undefined));
  const runtime = open(
    parts(folder, did, () => !store.crashed),
    { store, db: undefined },
  );
  const result = await runtime
    .start('f', undefined, { id: 'r' })
    .then(
      () => runtime.result('r'),
      (error: unknown) => error,
    )
    .catch((error: unknown) => error);
  if (store.crashed) runtime.abandon();
  else {
    await runtime.idle();
    await runtime.close();
  }
  return { result, points: store.points, crashed: store.crashed };
}

it('comes to the same end, whatever statement or commit the process dies at', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-task-crash-'));
  try {
    const smooth = openSqlite(':memory:');
    const all: string[] = [];
    const { points, result } = await drive(smooth, folder, all);
    const output = ['sent', 3, 42, 42, join(folder, 'a'), join(folder, 'b')];
    expect(result).toMatchObject({ success: true, output });
    expect(all.filter((what) => !what.startsWith('saved'))).toEqual([
      'fetch 0',
      'fetch 1',
      'fetch 2',
      'mail',
      'tool x',
      'tool y',
      'tool z',
      'price',
      'report a',
      'report b',
    ]);
    const every = Number(process.env['CRASH_EVERY'] ?? 3);
    let lives = 0;
    for (let point = 1; point <= points; point += every) {
      const disk = openSqlite(':memory:');
      const did: string[] = [];
      rmSync(join(folder, 'a'), { force: true });
      rmSync(join(folder, 'b'), { force: true });
      let end = await drive(disk, folder, did, point).catch(() => ({ crashed: true, result: undefined }));
      if (end.crashed) {
        const kept = disk.tables.ledger
          .of('r')
          .filter((row) => row.scope === 'tool' && row.status === 'succeeded').length;
        const saved = Math.max(
          0,
          ...did.filter((what) => what.startsWith('saved')).map((what) => Number(what.slice(6))),
        );
        const before = did.length;
        lives++;
        disk.transaction((tx) => tx.owner.release());
        end = await drive(disk, folder, did);
        const after = did.slice(before);
        for (let page = 0; page < saved; page++) expect(after, `crash at ${point}`).not.toContain(`fetch ${page}`);
        // Six uses of tools: what is kept is not done again.
        expect(after.filter((what) => /^(fetch|tool)/.test(what)).length).toBe(6 - kept);
      }
      expect(end.result, `crash at ${point}`).toMatchObject({ success: true, output });
      for (const what of new Set(did))
        expect(did.filter((one) => one === what).length, `${what}, crash at ${point}`).toBeLessThanOrEqual(2);
      expect(did.length - new Set(did).size).toBeLessThanOrEqual(1);
      expect(disk.tables.progress.get('r', 'pages')).toBeUndefined();
      expect(existsSync(join(folder, 'b')) && readFileSync(join(folder, 'a'), 'utf8')).toBe('a');
      expect(checkDatabase(disk)).toEqual([]);
    }
    expect(lives).toBeGreaterThan(10);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
