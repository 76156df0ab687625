import { expect, it } from 'vitest';
import { openMemory, openSqlite } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { ReactiveSystemRuntime } from './index.ts';
import { anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';

const work = anyTask('work');
const missing = anyTask('missing');
const undo = anyTask('undo');

const kid = anyFlow('kid', async (host) => {
  await host.step('s', () => work('kid'), at);
  host.undo('s', () => undo('kid'), at);
  await host.step('late', () => work('late'), at);
});
/** Blocked itself, with a run below it that is not. */
const middle = anyFlow('middle', (host) =>
  host.all(
    'all',
    {
      kid: (h) => h.child('kid', () => ({ contract: kid.contract, input: null }), at),
      lack: (h) => h.step('lack', () => missing(1), at),
    },
    at,
  ),
);
const top = anyFlow('top', (host) =>
  host.all(
    'all',
    {
      kid: (h) => h.child('kid', () => ({ contract: kid.contract, input: null }), at),
      middle: (h) => h.child('middle', () => ({ contract: middle.contract, input: null }), at),
      lack: (h) => h.step('lack', () => missing(1), at),
    },
    at,
  ),
);

it.each([
  ['memory', openMemory],
  ['SQLite', () => openSqlite(':memory:')],
])('a blocked run that is cancelled stops all that it runs, and stays cancelled: %s', async (_, open) => {
  const store = open();
  const aborted: string[] = [];
  const undone: string[] = [];
  const late: (() => void)[] = [];
  let done = 0;
  const runtime = new ReactiveSystemRuntime(
    bind({
      flows: [kid, middle, top],
      tasks: [
        code(work, (name: string, { signal, runId }) => {
          if (name === 'kid') return name;
          signal.addEventListener('abort', () => aborted.push(runId));
          return new Promise((resolve) => late.push(() => resolve(name)));
        }),
        code(undo, (name: string) => void undone.push(name)),
      ],
      unimplemented: [missing],
    }),
    { store, logger: silentLogger },
  );
  await runtime.start('top', undefined, { id: 'r' });
  await expect.poll(() => [runtime.status('r')?.status, late.length]).toEqual(['blocked', 2]);
  await expect.poll(() => runtime.status('r/all/middle/middle')?.status).toBe('blocked');
  expect(await runtime.cancel('r')).toMatchObject({ accepted: true });
  const lines = store.tables.journal.of('r').length;
  const below = ['r/all/kid/kid', 'r/all/middle/middle/all/kid/kid'];
  await expect.poll(() => aborted.toSorted()).toEqual(below);
  for (const give of late) give();
  for (const id of below) expect(await runtime.result(id)).toMatchObject({ status: 'cancelled' });
  expect(undone).toEqual(['kid', 'kid']);

  // Nothing wakes them any more, not even the code that they lacked.
  runtime.registerTaskImplementation('missing', () => ++done);
  await runtime.idle();
  expect(done).toBe(0);
  expect(store.tables.journal.of('r')).toHaveLength(lines);
  for (const { id, status } of runtime.list()) expect({ id, status }).toEqual({ id, status: 'cancelled' });
  await runtime.close();
});
