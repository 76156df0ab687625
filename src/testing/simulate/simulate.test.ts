import { expect, it } from 'vitest';
import type { Store } from 'millrace/store';
import { anyFlow, anyTask, at, bind, code } from '../../runtime/fixtures/bind.ts';
import { simulate, type SimulationOptions } from './index.ts';

const work = anyTask('work', { retry: { attempts: 3, delay: '1m', backoff: 'fixed' } });
const system = bind({
  tasks: [code(work, (input: number) => input)],
  flows: [
    anyFlow('twice', async (host) => {
      const one = await host.step('one', () => work(1), at);
      await host.sleep('rest', '1h', at);
      return (one as number) + ((await host.step('two', () => work(2), at)) as number);
    }),
  ],
});

const options = (seed: number): SimulationOptions => ({
  system,
  seed,
  begin: (world) => world.call('start', (runtime) => runtime.start('twice', undefined, { id: 'r' })),
  faults: { crash: 0.05, stall: 0.02, store: 0.05, jump: 0.02 },
  check: ({ disk }) => {
    const row = disk.tables.runs.get('r');
    return row === undefined || row.output === '3' ? [] : [`it is ${row.status}, with ${String(row.output)}`];
  },
});

it('a sound system has no violations, and the same seed the same history', async () => {
  const counts = { crashes: 0, stalls: 0, jumps: 0, faults: 0 };
  for (let seed = 1; seed <= 40; seed++) {
    const report = await simulate(options(seed));
    expect(report.violations).toEqual([]);
    for (const name of Object.keys(counts) as (keyof typeof counts)[]) counts[name] += report.counts[name];
    if (seed <= 5) expect((await simulate(options(seed))).trace).toEqual(report.trace);
  }
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(10);
});

it('a violation tells the seed, the command that replays it, and what happened last', async () => {
  const broken = simulate({
    ...options(4),
    check: () => ['the money is gone'],
    replay: (seed) => `node my-test.ts --seed ${seed}`,
  });
  await expect(broken).rejects.toThrow(
    /Seed 4: 1 violations\.\n- the money is gone\nReplay: node my-test\.ts --seed 4\nThe last that happened:\n {2}2026-/,
  );
});

const unfinished =
  ({ tables }: Store) =>
  (run: string) =>
    tables.journal.of(run).filter(({ kind }) => kind !== 'completed');

it('a task that does something twice is found', async () => {
  const found: string[] = [];
  for (let seed = 1; seed <= 40; seed++)
    await simulate({
      ...options(seed),
      // The second process knows nothing of what the first one has finished.
      between: (store) => ({
        ...store,
        tables: { ...store.tables, journal: { ...store.tables.journal, of: unfinished(store) } },
      }),
    }).catch((thrown: Error) => found.push(thrown.message));
  expect(found.some((message) => /'one' of run r was done again/.test(message))).toBe(true);
});

it('a script does something at a chosen moment', async () => {
  const status: (string | undefined)[] = [];
  await simulate({
    ...options(1),
    order: 'queue',
    faults: false,
    steps: 30,
    script: (moment, world) => {
      if (moment === 4) void world.call('cancel', (runtime) => runtime.cancel('r'));
      status.push(world.disk.tables.runs.get('r')?.status);
    },
    check: () => [],
  });
  expect(status.at(0)).toBeUndefined();
  expect(status.at(-1)).toBe('cancelled');
});
