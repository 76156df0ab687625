import { expect, it } from 'vitest';
import { openMemory } from 'millrace/store';
import { faultyStore, SimulatedClock } from 'millrace/testing';
import { anyEvent, anyFlow, at } from '../fixtures/bind.ts';
import { open } from '../fixtures/noting-tasks.ts';

const go = anyEvent('go');
const system = {
  events: [go],
  flows: [
    anyFlow('waits', (host) => host.receive('signal', go, at)),
    anyFlow('limited', (host) => host.receive('signal', go, at), { timeout: '1h' }),
    anyFlow('many', async (host) => {
      for (let n = 0; n < 5; n++) await host.receive(`signal${n}`, go, at);
    }),
  ],
};

it('an event and a cancel in one moment: the wait ends once', async () => {
  const store = openMemory();
  const runtime = open(system, { store });
  await runtime.start('waits', 1, { id: 'r' });
  await runtime.idle();
  const [, { accepted }] = await Promise.all([runtime.sendEvent('go', {}), runtime.cancel('r')]);
  await runtime.idle();
  const lines = store.tables.journal.of('r').filter(({ path }) => path === 'signal');
  expect(lines.map(({ kind }) => kind)).toEqual(['waiting', 'received']);
  expect([accepted, runtime.status('r')?.status]).toEqual([true, 'cancelled']);
  await runtime.close();
});

it('a cancel before it is written that a run waits: it waits for nothing afterwards', async () => {
  const store = openMemory();
  const runtime = open(system, { store });
  await runtime.sendEvent('go', {});
  await Promise.all([runtime.start('waits', 1, { id: 'r' }), runtime.cancel('r')]);
  await runtime.idle();
  expect(runtime.status('r')?.status).toBe('cancelled');
  expect(store.tables.waits.of('r')).toEqual([]);
  await runtime.close();
});

it('a time limit and a cancel in one moment: the first counts, and the other is told so', async () => {
  const store = openMemory();
  const clock = new SimulatedClock({ soon: (work) => work() });
  const runtime = open(system, { store, clock });
  await runtime.start('limited', 1, { id: 'r' });
  await runtime.idle();
  clock.jump(3_600_000);
  const { accepted } = await runtime.cancel('r');
  const { status, error } = await runtime.result('r');
  expect([accepted, status, error?.code]).toEqual([false, 'failed', 'MR3217']);
  expect(store.tables.journal.of('r').filter(({ kind }) => kind === 'stopping').length).toBe(1);
  await runtime.close();
});

it('a batch that is written twice leaves no gap in a journal', async () => {
  const disk = openMemory();
  let commits = 0;
  const store = faultyStore(disk, ({ call, moment }) =>
    call === 'commit' && moment === 'before' && ++commits % 2 === 0 ? 'busy' : undefined,
  );
  const runtime = open(system, { store });
  await runtime.start('many', 1, { id: 'r' });
  for (let n = 0; n < 5; n++) await runtime.sendEvent('go', { n });
  expect(await runtime.result('r')).toMatchObject({ status: 'completed' });
  const numbers = disk.tables.journal.of('r').map(({ seq }) => seq);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  await runtime.close();
});
