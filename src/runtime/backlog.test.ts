import { expect, it } from 'vitest';
import { openMemory } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';
import { ReactiveSystemRuntime } from './runtime.ts';

const runs = 2500;

const work = anyTask('work');
const one = anyFlow('one', (host, input) => host.step('work', () => ({ contract: work, input }) as never, at));
const system = (run: (input: never) => unknown) => bind({ flows: [one], tasks: [code(work, run)] });
const never = (): Promise<never> => new Promise(() => {});

/** A store with so many runs in flight, each in its first step. */
async function died() {
  const store = openMemory();
  const runtime = new ReactiveSystemRuntime(system(never), { store, logger: silentLogger });
  await Promise.all(Array.from({ length: runs }, (_, index) => runtime.start('one', index, { id: `run-${index}` })));
  runtime.abandon();
  store.transaction((tx) => tx.owner.release());
  return store;
}

it('takes up all runs of a process that died, a part of them at a time', async () => {
  const store = await died();
  const runtime = new ReactiveSystemRuntime(
    system((input) => input),
    { store, logger: silentLogger },
  );
  let [loaded, ended, most] = [0, 0, 0];
  runtime.on(({ type }) => {
    if (type === 'run.recovered') most = Math.max(most, ++loaded - ended);
    if (type === 'run.completed') ended++;
  });
  await runtime.idle();
  expect(ended).toBe(runs);
  expect(most).toBeLessThan(runs);
  expect((await runtime.result(`run-${runs - 1}`)).output).toBe(runs - 1);
  await runtime.close();
});

it('begins the attempts of all of them, however long those last', async () => {
  const store = await died();
  const all = Promise.withResolvers<void>();
  let begun = 0;
  const runtime = new ReactiveSystemRuntime(
    system(() => {
      if (++begun === runs) all.resolve();
      return never();
    }),
    { store, logger: silentLogger },
  );
  await all.promise;
  runtime.abandon();
});
