import { expect, it } from 'vitest';
import { openMemory } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { ReactiveSystemRuntime } from './index.ts';
import { anyEvent, anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';

const work = anyTask('work', { retry: { attempts: 2, delay: '1ms' } });
const go = anyEvent('go');

/** Everything that a run can be busy with. */
const inner = anyFlow('inner', async (host, name: string) => {
  await host.step('a', () => work(`${name}a`), at);
  host.undo('a', () => work(`undo ${name}a`), at);
  await host.sleep('nap', '1ms', at);
  await host.step('b', () => work(`${name}b`), at);
  host.undo('b', () => work(`undo ${name}b`), at);
});
const outer = anyFlow('outer', async (host) => {
  await host.step('one', () => work('one'), at);
  host.undo('one', () => work('undo one'), at);
  await host.all(
    'all',
    {
      left: async (h) => {
        await h.step('flaky', () => work('flaky'), at);
        h.undo('flaky', () => work('undo flaky'), at);
        await h.child('kid', () => ({ contract: inner.contract, input: 'kid ' }), at);
      },
      right: (h) =>
        h.map(
          'list',
          () => [1, 2, 3],
          async (i, item) => {
            await i.step('s', () => work(`item ${item}`), at);
            i.undo('s', () => work(`undo item ${item}`), at);
          },
          { ...at, concurrency: 2 },
        ),
    },
    at,
  );
  await host.receive('go', go, { ...at, timeout: '5ms', onTimeout: 'continue' });
  await host.attempt(
    'try',
    (h) => h.step('last', () => work('last'), at),
    async () => 'caught',
    at,
  );
});

it.each(['sleep', 'receive', 'beside'])('cancels what waited before the restart: %s', async (kind) => {
  const store = openMemory();
  const rests = anyFlow('rests', async (host) => {
    const part = (h: typeof host) =>
      kind === 'receive' ? h.receive('go', go, { ...at, timeout: '1d' }) : h.sleep('nap', '1d', at);
    return kind === 'beside' ? host.all('all', { part }, at) : part(host);
  });
  const open = () => new ReactiveSystemRuntime(bind({ flows: [rests], events: [go] }), { store, logger: silentLogger });
  const first = open();
  await first.start('rests', undefined, { id: 'r' });
  await first.idle();
  await first.close();
  const second = open();
  expect(await second.cancel('r')).toMatchObject({ accepted: true });
  expect(await second.result('r')).toMatchObject({ status: 'cancelled' });
  expect(store.tables.timers.count()).toBe(0);
  await second.close();
});

it('a run that is failing already does not accept a cancel', async () => {
  const late = Promise.withResolvers<void>();
  const fails = anyFlow('fails', async (host) => {
    await host.step('a', () => work('a'), at);
    host.undo('a', () => work('undo'), at);
    throw new Error('broken');
  });
  const undoing = Promise.withResolvers<void>();
  const run = async (input: string): Promise<void> => {
    if (input !== 'undo') return;
    undoing.resolve();
    await late.promise;
  };
  const system = bind({ flows: [fails], tasks: [code(work, run)] });
  const runtime = new ReactiveSystemRuntime(system, { db: ':memory:', logger: silentLogger });
  await runtime.start('fails', undefined, { id: 'r' });
  await undoing.promise;
  expect(await runtime.cancel('r')).toMatchObject({ accepted: false });
  late.resolve();
  expect(await runtime.result('r')).toMatchObject({ status: 'failed', error: { message: 'broken' } });
  await runtime.close();
});

it.each([
  ['and the process goes on', false],
  ['and the process dies as soon as that is accepted', true],
])(
  'cancels at every moment, %s; undoes exactly what was done',
  async (_name, dies) => {
    let cancelled = 0;
    for (let moment = 1; ; moment++) {
      const store = openMemory();
      const done: string[] = [];
      const system = bind({
        events: [go],
        flows: [outer, inner],
        tasks: [
          code(work, async (name: string, { attempt, signal }) => {
            await new Promise((resolve) => setImmediate(resolve));
            if (name === 'flaky' && attempt === 1) throw new Error('flaky');
            if (!signal.aborted) done.push(name);
          }),
        ],
      });
      let commits = 0;
      const state = { told: false };
      let cancel: (() => void) | undefined;
      const runtime = new ReactiveSystemRuntime(system, {
        logger: silentLogger,
        store: {
          ...store,
          transaction: (run) => {
            const result = store.transaction(run);
            if (++commits === moment) queueMicrotask(() => cancel?.());
            return result;
          },
        },
      });
      let accepted: Promise<{ accepted: boolean }> | undefined;
      cancel = () => {
        accepted = runtime.cancel('r');
        accepted.catch(() => {});
        state.told = true;
      };
      await runtime.start('outer', undefined, { id: 'r' });
      const ended = runtime.result('r').catch(() => {});
      const asked = async (): Promise<void> => {
        for (; !state.told && runtime.status('r')?.endedAt === undefined;)
          await new Promise((resolve) => setImmediate(resolve));
      };
      await (dies ? asked() : ended);
      const was = await accepted?.catch(() => undefined);
      runtime.abandon();
      store.transaction((tx) => tx.owner.release());
      const next = new ReactiveSystemRuntime(system, { store, logger: silentLogger });
      await next.result('r');
      await next.idle();
      const { status } = next.status('r') ?? {};
      if (was?.accepted === true) {
        cancelled++;
        expect({ moment, status }).toEqual({ moment, status: 'cancelled' });
        // What the journals say was done, was undone; once.
        for (const { id } of store.tables.runs.list({})) {
          const completed = store.tables.journal
            .of(id)
            .filter(({ kind }) => kind === 'completed')
            .map(({ path }) => path);
          const steps = completed.filter(
            (path) => !path.endsWith('~undo') && !['all/left/kid', 'try/try/last'].includes(path),
          );
          const own = next.status(id)?.status;
          if (own === 'cancelled')
            expect({ moment, id, undone: completed.filter((path) => path.endsWith('~undo')).length }).toEqual({
              moment,
              id,
              undone: steps.length,
            });
        }
        if (!dies) expect(new Set(done).size).toBe(done.length);
      } else {
        expect(['completed', undefined]).toContain(status);
      }
      expect(store.tables.runs.list({ status: ['running', 'waiting', 'blocked'] })).toEqual([]);
      expect([store.tables.timers.count(), store.tables.waits.of('r').length]).toEqual([0, 0]);
      await next.close();
      if (commits < moment) break;
    }
    expect(cancelled).toBeGreaterThan(10);
  },
  60_000,
);
