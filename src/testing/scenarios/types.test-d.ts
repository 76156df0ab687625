import { scenariosOf } from 'millrace/testing';
import type * as orders from '../../../dsl-examples/orders/orders.dsl.ts';

const scenario = scenariosOf<typeof orders>();
const delivered = { send: 'parcelDelivered', payload: { orderId: 'A1', at: '2026-01-05T10:00:00Z' } } as const;

scenario('fine', {
  given: {
    tasks: { chargeCard: ({ amount }) => ({ paymentId: `p-${amount.amount}`, capturedAt: '' }), voidLabel: {} },
  },
  when: [delivered, { advance: '3d' }, { advance: 'end' }, { cancel: 'fulfilOrder' }],
  expect: {
    runs: { fulfilOrder: [{ output: { trackingCode: 'T' } }, { status: 'failed' }], apologise: null },
    instances: {
      order: {
        A1: { state: ['closed'], context: { order: { lines: [{ quantity: 1 }] }, trackingCode: undefined } },
        B2: null,
      },
    },
  },
});

// @ts-expect-error a misspelt event
scenario('x', { when: [{ send: 'parcelDelivred', payload: delivered.payload }], expect: {} });
// @ts-expect-error a payload of another event
scenario('x', { when: [{ send: 'orderPlaced', payload: delivered.payload }], expect: {} });
// @ts-expect-error a misspelt flow
scenario('x', { when: [{ start: 'fulfillOrder', input: {} }], expect: {} });
// @ts-expect-error no duration
scenario('x', { when: [{ advance: '3 days' }], expect: {} });
// @ts-expect-error what the task does not give
scenario('x', { given: { tasks: { printLabel: { gives: { label: 'x' } } } }, when: [delivered], expect: {} });
// @ts-expect-error a misspelt task
scenario('x', { given: { tasks: { printLable: {} } }, when: [delivered], expect: {} });
// @ts-expect-error a misspelt state
scenario('x', { when: [delivered], expect: { instances: { order: { A1: { state: 'closd' } } } } });
// @ts-expect-error a field that the output does not have
scenario('x', { when: [delivered], expect: { runs: { fulfilOrder: { output: { tracking: 'T' } } } } });
// @ts-expect-error a field that the event does not have
scenario('x', { when: [delivered], expect: { emitted: [{ event: 'orderShipped', payload: { tracking: 'T' } }] } });
