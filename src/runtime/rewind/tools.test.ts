import { describe, expect, it } from 'vitest';
import type { FlowModule, Host } from 'millrace/flow';
import { openMemory, openSqlite } from 'millrace/store';
import { NonRetryableError } from 'millrace/tasks';
import { anyFlow, anyTask, at, code } from '../fixtures/bind.ts';
import { open } from '../fixtures/noting-tasks.ts';
import { renamePath, reverse } from '../renamed.ts';

const job = anyTask('job');
const stores = { sqlite: () => openSqlite(':memory:'), memory: () => openMemory() };

describe.each(Object.entries(stores))('what tools gave before a retry, on %s', (_name, openStore) => {
  /** Runs a flow that fails after its last tool, retries it, and gives how often each tool ran. */
  async function retried(run: (host: Host) => Promise<unknown>, fromStep?: string, more: Partial<FlowModule> = {}) {
    const ran: Record<string, number> = {};
    const keys = new Map<string, Set<string>>();
    let epoch = 1;
    const runtime = open(
      {
        tasks: [
          code(job, async (fails: boolean | 'always', { tool, step }) => {
            const use = ({ idempotencyKey }: { readonly idempotencyKey: string }): number => {
              keys.set(step, (keys.get(step) ?? new Set()).add(idempotencyKey));
              ran[step] = (ran[step] ?? 0) + 1;
              if (fails === 'always' || (fails && epoch === 1)) throw new NonRetryableError('bad', { code: 'BAD' });
              return epoch;
            };
            const { output } = await tool('t', 1, use, { replayErrors: true });
            return output;
          }),
        ],
        flows: [anyFlow('f', run, more)],
      },
      { store: openStore(), db: undefined },
    );
    expect(await runtime.executeFlow('f', undefined, { id: 'r' })).toMatchObject({ status: 'failed' });
    epoch = 2;
    await runtime.retry('r', fromStep === undefined ? {} : { fromStep });
    const result = await runtime.result('r');
    await runtime.close();
    return { result, ran, keys: Object.fromEntries([...keys].map(([step, { size }]) => [step, size])) };
  }

  const loop = (host: Host): Promise<unknown> =>
    host.repeat(
      'loop',
      (part, round) => part.step('w', () => job(round === 1), at),
      (_, round) => round === 1,
      {
        ...at,
        max: 2,
      },
    );

  it('is not given again in the rounds of a loop, the items of a map, the parts of a step', async () => {
    const map = (host: Host): Promise<unknown> =>
      host.map(
        'm',
        () => [false, true],
        (part, fails) => part.step('w', () => job(fails), at),
        at,
      );
    const all = (host: Host): Promise<unknown> =>
      host.all('all', { x: async (part) => part.step('w', () => job(true), at) }, at);
    const first = async (host: Host, rest: () => Promise<unknown>): Promise<unknown> => {
      await host.step('a', () => job(false), at);
      return rest();
    };
    const cases = [
      [(host) => first(host, () => map(host)), 'm', { a: 1, 'm[0]/w': 2, 'm[1]/w': 2 }],
      [(host) => first(host, () => all(host)), 'all', { a: 1, 'all/x/w': 2 }],
      [(host) => first(host, () => map(host)), 'm[1]', { a: 1, 'm[0]/w': 1, 'm[1]/w': 2 }],
      [(host) => first(host, () => map(host)), '', { a: 2, 'm[0]/w': 2, 'm[1]/w': 2 }],
      [(host) => first(host, () => map(host)), undefined, { a: 1, 'm[0]/w': 1, 'm[1]/w': 2 }],
    ] as const satisfies readonly (readonly [(host: Host) => Promise<unknown>, string | undefined, object])[];
    for (const [run, fromStep, wanted] of cases) {
      const { result, ran, keys } = await retried(run, fromStep);
      expect(result.status, fromStep).toBe('completed');
      expect(ran, fromStep).toEqual(wanted);
      // A new request never travels under an old key.
      expect(keys, fromStep).toEqual(wanted);
    }
  });

  it('is not given again in a loop, and in what is done at the failure', async () => {
    const onFailure = { onFailure: () => job(false) } as Partial<FlowModule>;
    for (const fromStep of ['loop', '']) {
      const { ran } = await retried(loop, fromStep);
      expect(
        Object.values(ran).every((times) => times === 2),
        JSON.stringify(ran),
      ).toBe(true);
    }
    const { ran, result } = await retried((host) => host.step('a', () => job('always'), at), 'a', onFailure);
    expect(result.status).toBe('failed');
    expect(ran).toEqual({ a: 2, '~onFailure': 2 });
  });
});

it('the state of a step that a migration has renamed goes with it when it is taken back, and no other', async () => {
  const store = openSqlite(':memory:');
  const flow = (name: string) =>
    anyFlow('f', async (host) => {
      await host.all(
        'all',
        { x: (part) => part.step(name, () => job(1), at), y: (part) => part.step('old', () => job(2), at) },
        at,
      );
    });
  let fails = true;
  const tasks = [
    code(job, async (n: number, { checkpoint, signal }) => {
      if (fails && n === 1) {
        await checkpoint(n);
        throw new NonRetryableError('bad');
      }
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    }),
  ];
  const first = open({ tasks, flows: [flow('old')] }, { store, db: undefined });
  await first.executeFlow('f', undefined, { id: 'r' });
  await first.close();
  expect(store.tables.progress.get('r', 'all/x/old')).toBeDefined();
  // As a migration does it.
  const other = { run: 'r', path: 'all/x/new', state: '{}', at: 1 };
  store.transaction((tx) => {
    tx.progress.put(other);
    for (const row of tx.journal.of('r'))
      tx.journal.put({ ...row, path: renamePath({ 'all/x/old': 'all/x/new' }, row.path) });
    const row = tx.runs.get('r');
    if (row !== undefined)
      tx.runs.put({ ...row, renamed: JSON.stringify([reverse({ 'all/x/old': 'all/x/new' }, '2')]) });
  });
  fails = false;
  const second = open({ tasks, flows: [flow('new')] }, { store, db: undefined });
  await second.retry('r');
  expect(store.tables.progress.get('r', 'all/x/old')).toBeUndefined();
  expect(store.tables.progress.get('r', 'all/x/new')).toEqual(other);
  await second.cancel('r');
  await second.close();
});
