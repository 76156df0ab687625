import { expect, it } from 'vitest';
import { openMemory, openSqlite, StoreError, type Store, type Tables, type Tx } from 'millrace/store';
import { NonRetryableError, silentLogger } from 'millrace/tasks';
import { ReactiveSystemRuntime } from './index.ts';
import { anyEvent, anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';
import { door } from './fixtures/door.ts';

const work = anyTask('work', { retry: { attempts: 2, delay: '1ms' } });
const opened = anyEvent('opened');
const passed = anyEvent('passed');

function systemOf(done: string[], finished: () => ReadonlySet<string>) {
  return bind({
    events: [opened, passed],
    machines: [
      door('door', (_snapshot, event) => {
        if (event.name === 'open')
          return {
            to: 'open',
            effects: [
              { type: 'run', id: 'job', target: { kind: 'flow', name: 'f' }, input: 'x' },
              { type: 'schedule', id: 't', delay: 1, event: { name: 'tick', payload: 1 } },
            ],
          };
        if (event.name === 'done.run.job') return { to: 'did', note: event.payload };
        return event.name === 'tick' || event.name === 'pass' ? {} : undefined;
      }),
    ],
    tasks: [
      code(work, (input: string, { runId, step, attempt }) => {
        const key = `${runId} ${step}`;
        if (finished().has(key)) done.push(`${key} again`);
        if (input === 'flaky' && attempt === 1) throw new Error('flaky');
        if (input === 'bad') throw new NonRetryableError('bad');
        return input;
      }),
    ],
    flows: [
      anyFlow(
        'f',
        async (host, input: string) => {
          const one = await host.step('one', () => work(input), at);
          await host.map(
            'list',
            () => [1, 2],
            async (h) => {
              await h.step('s', () => work('flaky'), at);
              h.undo('s', () => work('undo'), at);
            },
            at,
          );
          await host.sleep('nap', '1ms', at);
          await host.emit('tell', () => passed({ id: 'A' }), at);
          await host.receive('hear', passed, { ...at, match: () => ({ id: 'A' }) });
          const tried = await host.attempt(
            'try',
            (h) => h.step('x', () => work('bad'), at),
            async () => 'caught',
            at,
          );
          return `${String(one)} ${String(tried)}`;
        },
        { waits: [{ event: 'passed', fields: ['id'] }] },
      ),
    ],
  });
}

/** A store whose `n`th statement fails, and every one after it: the disk has gone. */
function failing(store: Store, n: number, seen: { count: number }): Store {
  const tablesOf = (tables: Tables): Tables =>
    Object.fromEntries(
      Object.entries(tables).map(([name, table]: [string, unknown]) => [
        name,
        typeof table !== 'object' || table === null
          ? table
          : Object.fromEntries(
              Object.entries(table).map(([method, run]: [string, (...values: unknown[]) => unknown]) => [
                method,
                (...values: unknown[]) => {
                  if (++seen.count >= n)
                    throw new StoreError('The disk has gone.', {
                      code: 'MR3006',
                      retryable: false,
                      fault: 'environment',
                    });
                  return run(...values);
                },
              ]),
            ),
      ]),
    ) as unknown as Tables;
  return {
    ...store,
    // Reads outside of transactions work: what is to be seen is that a transaction is all or nothing.
    transaction: (run) =>
      store.transaction((tx: Tx) => run({ ...tablesOf({ ...tx }), savepoint: (inner) => tx.savepoint(inner) })),
  };
}

it.each([
  ['sqlite', () => openSqlite(':memory:')],
  ['memory', () => openMemory()],
])(
  'stops cleanly at any statement that fails, and loses and repeats nothing afterwards: %s',
  async (_name, open) => {
    let failures = 0;
    for (let n = 8; ; n++) {
      const store = open();
      const again: string[] = [];
      const finished = (): ReadonlySet<string> =>
        new Set(
          store.tables.runs.list({}).flatMap(({ id }) =>
            store.tables.journal
              .of(id)
              .filter(({ kind }) => kind === 'completed')
              .map(({ path }) => `${id} ${path}`),
          ),
        );
      const system = systemOf(again, finished);
      const seen = { count: 0 };
      const first = new ReactiveSystemRuntime(system, { store: failing(store, n, seen), logger: silentLogger });
      let failed = false;
      try {
        await first.sendEvent('opened', { id: 'A' }, { idempotencyKey: 'k' });
        for (; first.get('door', 'A')?.changes !== 5;) await first.idle();
      } catch (error) {
        failed = true;
        failures++;
        expect(error).toMatchObject({ code: 'MR3006' });
        await expect(first.sendEvent('passed', { id: 'A' })).rejects.toMatchObject({ code: 'MR3006' });
      }
      first.abandon();
      store.transaction((tx) => tx.owner.release());
      const second = new ReactiveSystemRuntime(system, { store, logger: silentLogger });
      await second.sendEvent('opened', { id: 'A' }, { idempotencyKey: 'k' });
      await expect.poll(() => second.get('door', 'A')?.state, { interval: 1 }).toEqual(['did']);
      await second.idle();
      expect(second.get('door', 'A')).toMatchObject({ context: { opened: 1, note: 'x caught' } });
      expect(
        second
          .history('door', 'A')
          .map(({ event }) => event)
          .sort((a, b) => (a < b ? -1 : 1)),
      ).toEqual(['', 'done.run.job', 'open', 'pass', 'tick']);
      expect(second.list().map(({ status }) => status)).toEqual(['completed']);
      expect(again).toEqual([]);
      expect(store.tables.events.list({})).toHaveLength(2);
      await second.close();
      if (!failed) break;
    }
    expect(failures).toBeGreaterThan(60);
  },
  60_000,
);
