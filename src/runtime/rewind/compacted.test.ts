import { expect, it } from 'vitest';
import { openSqlite } from 'millrace/store';
import { NonRetryableError, silentLogger } from 'millrace/tasks';
import { ReactiveSystemRuntime } from '../index.ts';
import { anyEvent, anyFlow, anyTask, at, bind, code } from '../fixtures/bind.ts';

const work = anyTask('work');
const tick = anyEvent('tick');

const flow = anyFlow(
  'f',
  async (host) => {
    const sum = await host.repeat(
      'rep',
      async (h, round) => {
        const n = await h.receive('tick', tick, at);
        return h.step('s', () => work(`${round}: ${String(n)}`), at);
      },
      (_, round) => round === 59,
      { ...at, max: 100 },
    );
    return `${String(sum)} ${String(await host.step('end', () => work('end'), at))}`;
  },
  { waits: [{ event: 'tick', fields: [] }] },
);

it('a long loop goes back to a round that is still there, and is forked with the events that it has taken', async () => {
  const store = openSqlite(':memory:');
  const seen: string[] = [];
  const broken = { is: true };
  const tasks = [
    code(work, (name: string) => {
      seen.push(name);
      if (name === 'end' && broken.is) throw new NonRetryableError('broken');
      return name;
    }),
  ];
  const runtime = new ReactiveSystemRuntime(bind({ flows: [flow], tasks, events: [tick] }), {
    store,
    logger: silentLogger,
    compactAfter: 20,
  });
  await runtime.start('f', undefined, { id: 'r' });
  for (let n = 0; n < 60; n++) await runtime.sendEvent('tick', n);
  expect(await runtime.result('r')).toMatchObject({ status: 'failed' });
  expect(store.tables.journal.of('r').some(({ kind }) => kind === 'compacted')).toBe(true);
  await expect(runtime.retry('r', { fromStep: 'rep[3]/s' })).rejects.toMatchObject({ code: 'MR3521' });
  broken.is = false;

  const all = { status: 'completed', output: '59: 59 end' };
  seen.length = 0;
  await runtime.fork('r', { id: 'copy' });
  expect(await runtime.result('copy')).toMatchObject(all);
  await runtime.fork('r', { id: 'more', fromStep: 'rep[57]/tick' });
  expect(await runtime.result('more')).toMatchObject(all);
  await runtime.retry('r', { fromStep: 'rep[57]/tick' });
  expect(await runtime.result('r')).toMatchObject(all);
  const last = ['57: 57', '58: 58', '59: 59', 'end'];
  expect(seen).toEqual(['end', ...last, ...last]);

  // All of it again: the events are there, in their order.
  broken.is = true;
  seen.length = 0;
  await runtime.fork('r', { id: 'anew', fromStep: '' });
  expect(await runtime.result('anew')).toMatchObject({ status: 'failed' });
  expect(seen).toHaveLength(61);
  broken.is = false;
  await runtime.retry('anew', { fromStep: 'rep' });
  expect(await runtime.result('anew')).toMatchObject(all);
  await runtime.close();
});
