/** Whatever statement the process dies at: a failure that is recorded has been told once, and one that is not has not been told. */
import { expect, it } from 'vitest';
import { failureOf, flowContract } from 'millrace/flow';
import { openSqlite, type Store } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { faultyStore } from 'millrace/testing';
import { z } from 'zod';
import { anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';
import { ReactiveSystemRuntime } from './index.ts';

const charge = anyTask('charge', { retry: { attempts: 2, delay: '1ms' } });
const refund = anyTask('refund');
const note = anyTask('note');
const pay = flowContract('pay', { input: z.any(), source: 'test.dsl.ts:10:1' });
const system = (noted: unknown[]) =>
  bind({
    tasks: [
      code(charge, () => {
        throw new Error('declined');
      }),
      code(refund, () => null),
      code(note, (input) => (noted.push(input), null)),
    ],
    flows: [
      anyFlow(
        'pay',
        async (host, input) => {
          await host.step('book', () => refund(input), at);
          host.undo('book', () => refund(input), at);
          return host.step('charge', () => charge(input), at);
        },
        { contract: pay },
      ),
      anyFlow('onTask', (host, input) => host.step('note', () => note(input), at), { on: failureOf(charge) }),
      anyFlow('onFlow', (host, input) => host.step('note', () => note(input), at), { on: failureOf(pay) }),
    ],
  });

async function drive(disk: Store, crashAt?: number): Promise<{ readonly points: number; readonly crashed: boolean }> {
  const store = faultyStore(disk, ({ n }) => (n === crashAt ? 'crash' : undefined));
  const runtime = new ReactiveSystemRuntime(system([]), { store, logger: silentLogger });
  try {
    await runtime.start('pay', { id: 'A' }, { id: 'r' });
    await runtime.result('r');
    await runtime.idle();
    for (const { id } of runtime.list()) await runtime.result(id);
    await runtime.idle();
  } catch {
    // It has died.
  }
  const { crashed, points } = store;
  if (crashed) runtime.abandon();
  else await runtime.close();
  return { points, crashed };
}

it('is published once, in the transaction that records it', async () => {
  const smooth = openSqlite(':memory:');
  const { points } = await drive(smooth);
  smooth.close();
  expect(points).toBeGreaterThan(50);
  let lives = 0;
  const every = Number(process.env['CRASH_EVERY'] ?? 2);
  for (let point = 1; point <= points; point += every) {
    const disk = openSqlite(':memory:');
    const first = await drive(disk, point).catch(() => ({ crashed: true }));
    // What is on the disk in this moment: a record and its event, or neither.
    const lines = disk.tables.journal.of('r');
    const told = disk.tables.events.after(0, 100).map(({ name }) => name);
    const isRecorded = lines.some(({ kind, path }) => kind === 'failed' && path === 'charge');
    expect({ point, told: told.includes('failed.charge') }).toEqual({ point, told: isRecorded });
    const isOver = disk.tables.runs.get('r')?.status === 'failed';
    expect({ point, told: told.includes('failed.pay') }).toEqual({ point, told: isOver });
    if (first.crashed) {
      lives++;
      disk.transaction((tx) => tx.owner.release());
      await drive(disk);
    }
    const names = disk.tables.events.after(0, 100).map(({ name }) => name);
    expect({ point, names }).toEqual({ point, names: ['failed.charge', 'failed.pay'] });
    const runs = ['pending', 'running', 'waiting', 'failed', 'completed'] as const;
    const all = runs.flatMap((status) =>
      disk.tables.runs.ids([status]).map((id) => [disk.tables.runs.get(id)?.target, status]),
    );
    expect(all.sort()).toEqual([
      ['onFlow', 'completed'],
      ['onTask', 'completed'],
      ['pay', 'failed'],
    ]);
    disk.close();
  }
  expect(lives).toBeGreaterThan(20);
});
