import { event, flow, machine, system, task } from 'millrace';
import { z } from 'zod';

export default system('orders', { version: '1.0.0', description: 'Takes orders, packs them and sees them delivered.' });

const Order = z.object({
  orderId: z.string().min(1),
  email: z.email(),
  sku: z.string(),
  quantity: z.int().min(1),
});

/** A customer checked out. */
export const orderPlaced = event('orderPlaced', { payload: Order });

/** The carrier took the parcel. */
export const parcelDispatched = event('parcelDispatched', {
  payload: z.object({ orderId: z.string(), trackingCode: z.string() }),
});

/** The parcel is with the customer. */
export const parcelDelivered = event('parcelDelivered', { payload: z.object({ orderId: z.string() }) });

/** Takes the pieces from the shelf, in stock.json. */
export const reserveStock = task('reserveStock', {
  input: z.object({ orderId: z.string(), sku: z.string(), quantity: z.int() }),
  output: z.object({ left: z.int() }),
  idempotent: true,
  retry: { attempts: 3, backoff: 'linear', delay: '100ms' },
});

/** Puts them back. */
export const releaseStock = task('releaseStock', {
  input: z.object({ orderId: z.string() }),
  output: z.object({ left: z.int() }),
  idempotent: true,
  retry: { attempts: 10, backoff: 'exponential', delay: '100ms', maxDelay: '1m' },
});

/** Writes the packing slip into slips/. */
export const printSlip = task('printSlip', {
  input: Order,
  output: z.object({ file: z.string() }),
  idempotent: true,
  timeout: '5s',
});

/** From a placed order to a parcel on its way. When a later step fails, the stock goes back to the shelf. */
export const fulfilOrder = flow('fulfilOrder', { input: Order, output: z.object({ trackingCode: z.string() }) }, (f) => f
  .step('reserved', ({ input }) => reserveStock({ orderId: input.orderId, sku: input.sku, quantity: input.quantity }))
  .undo(({ input }) => releaseStock({ orderId: input.orderId }))
  .step('slip', ({ input }) => printSlip(input))
  .waitFor('dispatched', parcelDispatched, { match: { orderId: ({ input }) => input.orderId }, timeout: '3d' })
  .returns(({ dispatched }) => ({ trackingCode: dispatched.trackingCode })));

/** The life of one order. */
export const order = machine('order', {
  key: 'orderId',
  context: z.object({ order: Order.optional(), trackingCode: z.string().optional() }),
  events: { orderPlaced, parcelDelivered },
  creates: ['orderPlaced'],
  flows: { fulfilOrder },
}).states('waiting', {
  waiting: {
    on: { orderPlaced: { target: 'fulfilling', assign: ({ event }) => ({ order: event }) } },
  },
  fulfilling: {
    context: z.object({ order: Order }),
    run: {
      flow: 'fulfilOrder',
      input: ({ context }) => context.order,
      onDone: { target: 'travelling', assign: ({ output }) => ({ trackingCode: output.trackingCode }) },
      onError: 'failed',
    },
  },
  travelling: {
    on: { parcelDelivered: 'delivered' },
    after: { '14d': 'failed' },
  },
  delivered: { final: true },
  failed: { final: true },
});
