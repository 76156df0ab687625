import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { openSqlite, type Store } from 'millrace/store';
import { silentLogger, type BoundSystem } from 'millrace/tasks';
import { checkDatabase } from 'millrace/testing';
import { anyEvent, anyFlow, anyTask, at, bind, code } from '../../src/runtime/fixtures/bind.ts';
import { door } from '../../src/runtime/fixtures/door.ts';

/** How long the longer one is: `LONG=100000 npx vitest run test/faults/long.test.ts`. The shorter one is a tenth. */
const long = Number(process.env['LONG'] ?? 10_000);

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'millrace-long-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Measured {
  /** In bytes, beyond what the process had before. */
  readonly heap: number;
  /** From the start of the next process to the next thing that is done, in ms. */
  readonly recovery: number;
  /** Rows that a recovery has to read. */
  readonly rows: number;
}

async function measure(
  name: string,
  system: BoundSystem,
  work: (runtime: ReactiveSystemRuntime) => Promise<void>,
  wake: (runtime: ReactiveSystemRuntime) => Promise<unknown>,
  rowsOf: (store: Store) => number,
): Promise<Measured> {
  const store = openSqlite(join(folder, `${name}.db`));
  gc();
  const before = process.memoryUsage().heapUsed;
  const runtime = new ReactiveSystemRuntime(system, { store, logger: silentLogger, history: { keep: 100 } });
  await work(runtime);
  gc();
  const heap = process.memoryUsage().heapUsed - before;
  // As when its process is killed: nothing is put in order.
  runtime.abandon();
  store.transaction((tx) => tx.owner.release());
  const begun = performance.now();
  const next = new ReactiveSystemRuntime(system, { store, logger: silentLogger });
  await wake(next);
  const recovery = performance.now() - begun;
  await next.close();
  expect(checkDatabase(store)).toEqual([]);
  const rows = rowsOf(store);
  store.close();
  return { heap, recovery, rows };
}

/** Ten times the length must not cost more, beyond what the noise of a machine explains. */
function expectBounded(what: string, short: Measured, longer: Measured): void {
  const text = ({ heap, recovery, rows }: Measured): string =>
    `${(heap / 1e6).toFixed(1)} MB, recovery ${recovery.toFixed(0)} ms, ${rows} rows`;
  console.info(`${what}: ${long / 10}: ${text(short)}; ${long}: ${text(longer)}`);
  expect(longer.rows).toBeLessThanOrEqual(short.rows * 1.2 + 10);
  expect(longer.heap).toBeLessThan(Math.max(short.heap, 1e6) * 2 + 4e6);
}

it('an instance that takes event after event', async () => {
  const system = bind({
    events: [anyEvent('opened'), anyEvent('closed'), anyEvent('passed')],
    machines: [
      door('door', (_, { name }) =>
        name === 'open'
          ? { to: 'open' }
          : {
              to: 'open',
              effects: [
                { type: 'schedule', id: 't', delay: 1e9, event: { name: 'tick' } },
                { type: 'unschedule', id: 't' },
              ],
            },
      ),
    ],
  });
  const run = (count: number): Promise<Measured> =>
    measure(
      `events-${count}`,
      system,
      async (runtime) => {
        await runtime.sendEvent('opened', { id: 'A' });
        for (let sent = 0; sent < count; sent += 500)
          await Promise.all(Array.from({ length: 500 }, () => runtime.sendEvent('passed', { id: 'A' })));
        expect(runtime.get('door', 'A')).toMatchObject({ changes: count + 2, historySize: 100 });
      },
      (runtime) => runtime.sendEvent('passed', { id: 'A' }),
      ({ tables }) => tables.instances.history('door', 'A', {}).length + tables.journal.of('A').length,
    );
  const short = await run(long / 10);
  expectBounded('events', short, await run(long));
}, 600_000);

it('a flow that goes round and round', async () => {
  const work = anyTask('work');
  const go = anyEvent('go');
  let done = 0;
  const system = bind({
    events: [go],
    tasks: [code(work, () => ++done)],
    flows: [
      anyFlow('round', async (host, count: number) => {
        await host.repeat(
          'again',
          (h) => h.step('s', () => work(1), at),
          (value) => Number(value) >= count,
          { ...at, max: count + 1 },
        );
        await host.receive('hear', go, { ...at, match: () => ({ n: 1 }) });
      }),
    ],
  });
  const run = (count: number): Promise<Measured> => {
    done = 0;
    return measure(
      `rounds-${count}`,
      system,
      async (runtime) => {
        await runtime.start('round', count, { id: 'r' });
        await runtime.idle();
        expect(runtime.status('r')).toMatchObject({ status: 'waiting' });
      },
      async (runtime) => {
        await runtime.sendEvent('go', { n: 1 });
        expect(await runtime.result('r')).toMatchObject({ success: true });
      },
      ({ tables }) => tables.journal.of('r').length,
    );
  };
  const short = await run(long / 10);
  expectBounded('rounds', short, await run(long));
}, 600_000);
