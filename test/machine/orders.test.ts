import { fileURLToPath } from 'node:url';
import { loadSystemFromDsl } from 'millrace/source';
import type { Effect, MachineModule } from 'millrace/machine';
import { beforeAll, describe, expect, it } from 'vitest';
import { order as compiledOrder } from '../../generated/orders/machines/order.ts';
import { drive } from '../support/drive.ts';

const sourcePath = fileURLToPath(new URL('../../dsl-examples/orders/orders.dsl.ts', import.meta.url));
const placed = {
  orderId: 'o1',
  email: 'a@b.c',
  total: { amount: 1, currency: 'EUR' },
  lines: [{ sku: 's', quantity: 1 }],
  express: false,
};
const shipped = { paymentId: 'p1', trackingCode: 't1', reservationIds: ['r1'] };
const runs = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.type === 'run' ? [effect.id] : effect.type === 'stop' ? [`-${effect.id}`] : []));

let live: MachineModule<unknown>;
beforeAll(async () => {
  const system = await loadSystemFromDsl(sourcePath, { live: true });
  live = system.machines['order']?.module as unknown as MachineModule<unknown>;
});

// The order machine of the example, both as it is compiled and as it is bound to its executed source.
describe.each([
  ['compiled', () => compiledOrder as unknown as MachineModule<unknown>],
  ['live', () => live],
] as const)('the life of an order, %s', (_, machine) => {
  it('goes from placed to closed', () => {
    const { states, trace, snapshot } = drive(
      machine(),
      { reservationIds: [], reason: '' },
      ['orderPlaced', placed],
      ['done.run.fulfilling.fulfilOrder', shipped],
      ['parcelDelivered', { orderId: 'o1', at: '2026-11-21T00:00:00Z' }],
      'done.run.delivered.askForReview',
    );
    expect(states).toEqual(['waiting', 'fulfilling', 'travelling', 'delivered', 'closed']);
    expect(trace.map(({ effects }) => runs(effects))).toEqual([
      [],
      ['fulfilling.fulfilOrder'],
      ['-fulfilling.fulfilOrder'],
      ['delivered.askForReview'],
      ['-delivered.askForReview'],
    ]);
    expect(snapshot).toMatchObject({ status: 'done', context: { order: placed, ...shipped } });
  });

  it('gives the money back when the parcel is lost', () => {
    const { states, trace } = drive(
      machine(),
      { reservationIds: [], reason: '' },
      ['orderPlaced', placed],
      ['done.run.fulfilling.fulfilOrder', shipped],
      'after.travelling.0',
    );
    expect(states.at(-1)).toBe('refunding');
    expect(trace.at(-1)?.effects).toEqual([
      { type: 'unschedule', id: 'after.travelling.0' },
      {
        type: 'run',
        id: 'refunding.takeBack',
        target: { kind: 'flow', name: 'takeBack' },
        input: { paymentId: 'p1', reservationIds: ['r1'] },
      },
    ]);
  });

  it('waits an hour before it tries a refund again', () => {
    const { states, trace } = drive(
      machine(),
      { reservationIds: [], reason: '' },
      ['orderPlaced', placed],
      ['done.run.fulfilling.fulfilOrder', shipped],
      'after.travelling.0',
      ['error.run.refunding.takeBack', { message: 'the bank is closed' }],
      'after.owing.0',
    );
    expect(states.slice(-3)).toEqual(['refunding', 'owing', 'refunding']);
    expect(trace.at(-2)?.effects).toMatchObject([
      { type: 'stop', id: 'refunding.takeBack' },
      { type: 'schedule', id: 'after.owing.0', delay: 3_600_000 },
    ]);
  });

  it('does not refund what was not paid', () => {
    const { states, snapshot } = drive(
      machine(),
      { reservationIds: [], reason: '' },
      ['orderPlaced', placed],
      ['orderCancelled', { orderId: 'o1', reason: 'fraud' }],
    );
    expect(states.at(-1)).toBe('apologising');
    expect(snapshot.context).toMatchObject({ reason: 'called off: fraud' });
    expect(machine().available(snapshot)).toEqual([]);
  });
});
