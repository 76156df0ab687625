/** Stories of orders, which `dsl test dsl-examples/orders/orders.dsl.ts` plays on the engine: no shop, no bank, no waiting. */
import { scenariosOf } from 'millrace/testing';
import type * as orders from './orders.dsl.ts';

const scenario = scenariosOf<typeof orders>();

const placed = {
  orderId: 'A1',
  email: 'ada@example.com',
  total: { amount: 4_900, currency: 'EUR' },
  lines: [{ sku: 'wheel', quantity: 2 }],
} as const;
const risky = { gives: { level: 'high', score: 81, reasons: ['a new address'] } } as const;
const harmless = { gives: { level: 'low', score: 3, reasons: [] } } as const;
/** What goes well on the way to a parcel. */
const shop = {
  chargeCard: { gives: { paymentId: 'p-1', capturedAt: '2026-01-01T00:00:00Z' } },
  reserveStock: { gives: { reservationId: 'r-1', warehouse: 'north' } },
  printLabel: { gives: { labelId: 'l-1' } },
  sendMail: { gives: { messageId: 'm-1' } },
} as const;
/** What takes things back. */
const undone = { refundPayment: { gives: { refundId: 'b-1' } }, releaseStock: {}, voidLabel: {} } as const;

export const approved = scenario('a risky order goes on when a clerk approves it', {
  given: {
    tasks: {
      ...shop,
      assessRisk: risky,
      openReview: { gives: { file: 'A1.json' } },
      closeReview: { gives: { by: 'Eve' } },
    },
  },
  when: [
    { send: 'orderPlaced', payload: placed },
    { expect: { runs: { fulfilOrder: { status: 'waiting', steps: { 'review/high/decision': 'waiting' } } } } },
    { send: 'reviewDecided', payload: { orderId: 'A1', approved: true, by: 'Eve' } },
    { send: 'parcelDispatched', payload: { orderId: 'A1', carrier: 'Mill Post', trackingCode: 'T-7' } },
    { send: 'parcelDelivered', payload: { orderId: 'A1', at: '2026-01-05T10:00:00Z' } },
    { advance: '7d' },
  ],
  expect: {
    instances: {
      order: { A1: { state: 'closed', status: 'done', context: { trackingCode: 'T-7', paymentId: 'p-1' } } },
    },
    runs: { fulfilOrder: { status: 'completed', output: { paymentId: 'p-1', reservationIds: ['r-1'] } } },
    emitted: [{ event: 'orderShipped', payload: { orderId: 'A1', trackingCode: 'T-7' } }],
    tasks: {
      closeReview: [{ approved: true, by: 'Eve' }],
      sendMail: [{ template: 'shipped' }, { template: 'review', to: 'ada@example.com' }],
    },
  },
});

export const nobodyDecides = scenario('a risky order that nobody looks at in four days is called off', {
  given: {
    tasks: {
      assessRisk: risky,
      openReview: { gives: { file: 'A1.json' } },
      closeReview: { fails: { code: 'REVIEW_REFUSED', message: 'Nobody in time.' } },
      settleOrder: { gives: { refunds: 0, released: 0 } },
      sendMail: { gives: { messageId: 'm-1' } },
    },
  },
  when: [{ send: 'orderPlaced', payload: placed }, { advance: '4d' }],
  expect: {
    instances: { order: { A1: { state: 'cancelled', context: { reason: 'Nobody in time.' } } } },
    runs: { fulfilOrder: { status: 'failed', error: 'REVIEW_REFUSED' } },
    emitted: [],
    tasks: { closeReview: [{ approved: false, by: 'nobody in time' }], sendMail: [{ template: 'cancelled' }] },
  },
});

export const outOfStock = scenario('what was done is undone, the newest first, when a line is out of stock', {
  given: {
    tasks: {
      ...shop,
      ...undone,
      assessRisk: harmless,
      reserveStock: [
        { for: { line: { sku: 'gone' } }, fails: { code: 'OUT_OF_STOCK', message: 'No more of those.' } },
        { gives: { reservationId: 'r-1', warehouse: 'north' } },
      ],
    },
  },
  when: [
    {
      start: 'fulfilOrder',
      id: 'run-A1',
      input: { ...placed, lines: [...placed.lines, { sku: 'gone', quantity: 1 }] },
    },
  ],
  expect: {
    runs: { fulfilOrder: { id: 'run-A1', status: 'failed', error: 'OUT_OF_STOCK', steps: { dispatched: null } } },
    emitted: [],
    tasks: { refundPayment: [{ paymentId: 'p-1' }], releaseStock: [{ reservationIds: ['r-1'] }], chargeCard: 1 },
  },
});
