import { expect, it } from 'vitest';
import { openMemory } from 'millrace/store';
import { idempotencyKey, silentLogger } from 'millrace/tasks';
import { checkDatabase, SimulatedClock, seededRandom } from 'millrace/testing';
import { ReactiveSystemRuntime } from './index.ts';
import { anyEvent, anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';
import { renamePath } from './renamed.ts';

const work = anyTask('work');
const tick = anyEvent('tick');
const random = seededRandom(1);

it('goes on under another name after a migration, and under the keys that its rounds had', async () => {
  const store = openMemory();
  const clock = new SimulatedClock();
  const keys: string[] = [];
  const work2 = code(work, (asked: number, { idempotencyKey }) => {
    keys.push(`${asked} ${idempotencyKey}`);
    return asked;
  });
  const looping = (id: string) =>
    anyFlow('looping', (host) =>
      host.repeat(
        id,
        async (h, index) => {
          await h.receive('tick', tick, { ...at, match: () => ({ k: 1 }) });
          return h.step('w', () => work(index), at);
        },
        (_, index) => index === 59,
        { ...at, max: 100 },
      ),
    );
  const life = async (id: string, from: number, to: number): Promise<ReactiveSystemRuntime> => {
    store.transaction((tx) => tx.owner.release());
    const options = { store, clock, logger: silentLogger, random, compactAfter: 20 };
    const runtime = new ReactiveSystemRuntime(bind({ events: [tick], flows: [looping(id)], tasks: [work2] }), options);
    await runtime.start('looping', 1, { id: 'r' });
    for (let n = from; n < to; n++) await runtime.sendEvent('tick', { k: 1, n });
    await runtime.idle();
    return runtime;
  };
  (await life('old', 0, 30)).abandon();
  store.transaction((tx) => {
    for (const row of tx.journal.of('r')) tx.journal.put({ ...row, path: renamePath({ old: 'new' }, row.path) });
    const row = tx.runs.get('r');
    if (row !== undefined) tx.runs.put({ ...row, renamed: JSON.stringify([{ new: 'old' }]) });
    for (const wait of tx.waits.of('r')) {
      tx.waits.remove('r', wait.path);
      tx.waits.insert({ ...wait, path: renamePath({ old: 'new' }, wait.path) });
    }
  });
  const second = await life('new', 30, 60);
  expect(await second.result('r')).toMatchObject({ status: 'completed', output: 59 });
  expect(keys).toEqual(Array.from({ length: 60 }, (_, n) => `${n} ${idempotencyKey('r', `old[${n}]/w`)}`));
  expect(
    store.tables.journal
      .of('r')
      .filter(({ kind }) => kind === 'compacted')
      .map(({ path }) => path),
  ).toEqual(['new']);
  await second.close();
});

it('leaves a sound database, also where rounds ran flows and took events', async () => {
  const store = openMemory();
  const inner = anyFlow('inner', (host, input: unknown) => host.step('x', () => work(input), at));
  const outer = anyFlow('outer', (host) =>
    host.repeat(
      'r',
      async (h, index) => {
        await h.receive('tick', tick, { ...at, match: () => ({ k: 1 }) });
        await h.child('c', () => ({ contract: inner.contract, input: index }), at);
        return index;
      },
      (index) => index === 49,
      { ...at, max: 100 },
    ),
  );
  const options = { store, clock: new SimulatedClock(), logger: silentLogger, random, compactAfter: 20 };
  const runtime = new ReactiveSystemRuntime(
    bind({ events: [tick], flows: [inner, outer], tasks: [code(work, (asked) => asked)] }),
    options,
  );
  await runtime.start('outer', 1, { id: 'r' });
  let gone = 0;
  for (let n = 0; n < 50; n++) {
    await runtime.sendEvent('tick', { k: 1, n });
    if (n % 10 === 5) {
      await runtime.idle();
      expect(checkDatabase(store)).toEqual([]);
      if (n === 35) {
        // Of the runs that old rounds began some may go while the loop goes on; those of rounds that are there stay.
        const before = runtime.list({ parent: 'r' }).length;
        const { runs } = await runtime.prune({ keep: 0 });
        expect(runs.length).toBeGreaterThan(10);
        expect(runtime.list({ parent: 'r' })).toHaveLength(before - runs.length);
        gone = runs.length;
      }
    }
  }
  expect(await runtime.result('r')).toMatchObject({ status: 'completed', output: 49 });
  expect(checkDatabase(store)).toEqual([]);
  expect(store.tables.journal.of('r').length).toBeLessThan(80);
  expect(runtime.list({ parent: 'r' })).toHaveLength(50 - gone);
  await runtime.prune({ keep: 0 });
  expect(checkDatabase(store)).toEqual([]);
  expect(runtime.list()).toEqual([]);
  await runtime.close();
});
