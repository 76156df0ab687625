import { expect, it } from 'vitest';
import { openMemory, type Store } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { ReactiveSystemRuntime } from './index.ts';
import { anyEvent, anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';

const work = anyTask('work', { retry: { attempts: 2, delay: '1ms' } });
const go = anyEvent('go');

const inner = anyFlow('inner', async (host, name: string) => {
  await host.step('a', () => work(name), at);
  return host.step('b', () => work(`${name} again`), at);
});
const outer = anyFlow('outer', async (host) => {
  const one = await host.step('one', () => work('flaky'), at);
  await host.sleep('nap', '1ms', at);
  await host.emit('tell', () => go({ n: 1 }), at);
  await host.receive('go', go, at);
  const all = await host.map(
    'each',
    () => [1, 2],
    (part, item) => part.step('s', () => work(item), at),
    { ...at, concurrency: 1 },
  );
  const kid = await host.child('kid', () => ({ contract: inner.contract, input: 'kid' }), at);
  await host.attempt(
    'try',
    async (part) => {
      await part.step('c', () => work('c'), at);
      part.undo('c', () => work('undo c'), at);
      await part.step('d', () => work('broken'), at);
    },
    (part) => part.step('e', () => work('e'), at),
    at,
  );
  return { one, all, kid, drawn: host.random() };
});

const system = bind({
  events: [go],
  flows: [outer, inner],
  tasks: [
    code(work, async (name: string, { attempt }) => {
      await new Promise((resolve) => setImmediate(resolve));
      if (name === 'broken' || (name === 'flaky' && attempt === 1)) throw new Error(name);
      return `did ${name} at try ${attempt}`;
    }),
  ],
});

/** What the journals say, without times. */
const told = (store: Store) => ({
  output: store.tables.runs.get('r')?.output,
  lines: store.tables.runs
    .list({})
    .map(({ id }) => id)
    .sort()
    .flatMap((id) => store.tables.journal.of(id))
    .map(({ kind, path, attempt, data }) =>
      // Times and the ids of events are those of their moment.
      ['sleeping', 'retrying', 'received'].includes(kind) ? [kind, path, attempt] : [kind, path, attempt, data],
    ),
});

/** Runs the flow; after so many commits it is paused, and the process dies before it is resumed. */
async function pausedAt(moment: number, dies: boolean): Promise<{ readonly store: Store; readonly paused: boolean }> {
  const store = openMemory();
  const asked = Promise.withResolvers<boolean>();
  let commits = 0;
  const runtime = new ReactiveSystemRuntime(system, {
    logger: silentLogger,
    store: {
      ...store,
      transaction: (run) => {
        const result = store.transaction(run);
        if (++commits === moment) {
          queueMicrotask(() => {
            void runtime.pause('r').then(
              () => asked.resolve(true),
              () => asked.resolve(false),
            );
          });
        }
        return result;
      },
    },
  });
  await runtime.start('outer', undefined, { id: 'r' });
  const paused = await Promise.race([asked.promise, runtime.result('r').then(() => false)]);
  if (!paused) {
    await runtime.close();
    return { store, paused };
  }
  await runtime.idle();
  expect(store.tables.runs.get('r')?.status).toBe('paused');
  if (!dies) {
    await runtime.resume('r');
    await runtime.result('r');
    await runtime.close();
    return { store, paused };
  }
  runtime.abandon();
  store.transaction((tx) => tx.owner.release());
  const next = new ReactiveSystemRuntime(system, { store, logger: silentLogger });
  await next.idle();
  expect(store.tables.runs.get('r')?.status).toBe('paused');
  await next.resume('r');
  await next.result('r');
  await next.close();
  return { store, paused };
}

it.each([
  ['in the same process', false],
  ['after a crash', true],
])(
  'paused at any moment, a run goes on as if it had not been: %s',
  async (_name, dies) => {
    const whole = told((await pausedAt(-1, dies)).store);
    let times = 0;
    for (let moment = 1, refused = 0; refused < 5 && moment < 200; moment++) {
      const { store, paused } = await pausedAt(moment, dies);
      if (paused) times++;
      else refused++;
      expect({ moment, ...told(store) }).toEqual({ moment, ...whole });
    }
    expect(times).toBeGreaterThan(15);
  },
  60_000,
);
