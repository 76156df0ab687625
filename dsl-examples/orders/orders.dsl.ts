import { event, flow, machine, system, task } from 'millrace';
import { z } from 'zod';

/** A web shop: from a placed order to a parcel at the door, with everything that can go wrong on the way. */
export default system('orders', { version: '1.0.0', description: 'Order fulfilment of a small web shop' });

// Schemas ---------------------------------------------------------------------

const OrderId = z.string().min(1).brand<'OrderId'>();
/** `amount` counts cents. */
const Money = z.object({ amount: z.int().positive(), currency: z.enum(['EUR', 'USD']) });
const Line = z.object({ sku: z.string().min(1), quantity: z.int().min(1) });
const Order = z.object({
  orderId: OrderId,
  email: z.email(),
  total: Money,
  lines: z.array(Line).min(1),
  express: z.boolean().default(false),
});

// Events ----------------------------------------------------------------------

/** A customer checked out. */
export const orderPlaced = event('orderPlaced', { payload: Order });

/** A clerk looked at an order that seemed risky. */
export const reviewDecided = event('reviewDecided', {
  payload: z.object({ orderId: OrderId, approved: z.boolean(), by: z.string() }),
});

/** The carrier scanned the parcel. */
export const parcelDispatched = event('parcelDispatched', {
  payload: z.object({ orderId: OrderId, carrier: z.string(), trackingCode: z.string() }),
});

/** The parcel is at the door. */
export const parcelDelivered = event('parcelDelivered', {
  payload: z.object({ orderId: OrderId, at: z.iso.datetime() }),
});

/** Somebody called the order off. */
export const orderCancelled = event('orderCancelled', {
  payload: z.object({ orderId: OrderId, reason: z.enum(['customer', 'fraud', 'stock']) }),
});

/** The shop tells the world that a parcel is on its way. */
export const orderShipped = event('orderShipped', {
  payload: z.object({ orderId: OrderId, trackingCode: z.string() }),
});

// Tasks -----------------------------------------------------------------------

/** Scores an order by its amount, its address and what the customer has bought before. */
export const assessRisk = task('assessRisk', {
  input: z.object({ orderId: OrderId, email: z.string(), total: Money, express: z.boolean() }),
  output: z.object({ level: z.enum(['low', 'high']), score: z.number(), reasons: z.array(z.string()) }),
  timeout: '5s',
  idempotent: true,
});

/** Puts a case on the clerk's desk. */
export const openReview = task('openReview', {
  input: z.object({ orderId: OrderId, total: Money, score: z.number(), reasons: z.array(z.string()) }),
  output: z.object({ file: z.string() }),
  idempotent: true,
});

/** Files the decision. A refused case fails with REVIEW_REFUSED. */
export const closeReview = task('closeReview', {
  input: z.object({ orderId: OrderId, approved: z.boolean(), by: z.string() }),
  output: z.object({ by: z.string() }),
  errors: ['REVIEW_REFUSED'],
  idempotent: true,
});

/** Takes the money. A card over its limit fails with CARD_DECLINED; a busy provider is asked again. */
export const chargeCard = task('chargeCard', {
  input: z.object({ orderId: OrderId, email: z.string(), amount: Money }),
  output: z.object({ paymentId: z.string(), capturedAt: z.iso.datetime() }),
  retry: { attempts: 5, backoff: 'exponential', delay: '2s', maxDelay: '1m' },
  timeout: '30s',
  errors: ['CARD_DECLINED', 'PROVIDER_BUSY', 'ORDER_SETTLED'],
  idempotent: true,
});

/** Gives the money back, once, however often it is asked. */
export const refundPayment = task('refundPayment', {
  input: z.object({ paymentId: z.string() }),
  output: z.object({ refundId: z.string() }),
  retry: { attempts: 20, backoff: 'exponential', delay: '5s', maxDelay: '1h' },
  idempotent: true,
});

/** Holds a line of an order in the warehouse that has most of it. Nothing left: OUT_OF_STOCK. */
export const reserveStock = task('reserveStock', {
  input: z.object({ orderId: OrderId, line: Line }),
  output: z.object({ reservationId: z.string(), warehouse: z.string() }),
  retry: { attempts: 3, backoff: 'linear', delay: '500ms' },
  errors: ['OUT_OF_STOCK', 'ORDER_SETTLED'],
  idempotent: true,
});

export const releaseStock = task('releaseStock', {
  input: z.object({ reservationIds: z.array(z.string()) }),
  output: z.void(),
  retry: { attempts: 10, delay: '1s' },
  idempotent: true,
});

/** Prints the label that the carrier collects. */
export const printLabel = task('printLabel', {
  input: z.object({ orderId: OrderId, service: z.enum(['standard', 'express']) }),
  output: z.object({ labelId: z.string() }),
  idempotent: true,
});

/** Tears up a label. */
export const voidLabel = task('voidLabel', {
  input: z.object({ orderId: OrderId }),
  output: z.void(),
  retry: { attempts: 10, delay: '1s' },
  idempotent: true,
});

/**
 * Closes the books of an order that will not be: a step that was cancelled half way may have taken money or goods of
 * which the flow knows nothing. All of it goes back, and a request that comes late is refused.
 */
export const settleOrder = task('settleOrder', {
  input: z.object({ orderId: OrderId }),
  output: z.object({ refunds: z.int(), released: z.int() }),
  retry: { attempts: 10, delay: '1s' },
  idempotent: true,
});

export const sendMail = task('sendMail', {
  input: z.object({
    to: z.string(),
    template: z.enum(['shipped', 'review', 'cancelled']),
    data: z.record(z.string(), z.string()),
  }),
  output: z.object({ messageId: z.string() }),
  retry: { attempts: 3 },
  idempotent: true,
});

// Flows -----------------------------------------------------------------------

/** From a placed order to a parcel on its way. When a step fails, the steps above it are undone, newest first. */
export const fulfilOrder = flow(
  'fulfilOrder',
  {
    input: Order,
    output: z.object({ paymentId: z.string(), trackingCode: z.string(), reservationIds: z.array(z.string()) }),
  },
  (f) =>
    f
      .step('risk', ({ input }) =>
        assessRisk({ orderId: input.orderId, email: input.email, total: input.total, express: input.express }),
      )
      .branch('review', ({ risk }) => risk.level, {
        low: (f) => f.returns(() => ({ by: 'rule' })),
        high: (f) =>
          f
            .step('case', ({ input, risk }) =>
              openReview({ orderId: input.orderId, total: input.total, score: risk.score, reasons: risk.reasons }),
            )
            .waitFor('decision', reviewDecided, {
              match: { orderId: ({ input }) => input.orderId },
              timeout: '4d',
              onTimeout: 'continue',
            })
            .step('filed', ({ input, decision }) =>
              closeReview({
                orderId: input.orderId,
                approved: decision?.approved ?? false,
                by: decision?.by ?? 'nobody in time',
              }),
            ),
      })
      .step('payment', ({ input }) => chargeCard({ orderId: input.orderId, email: input.email, amount: input.total }), {
        timeout: '1m',
      })
      .undo(({ payment }) => refundPayment({ paymentId: payment.paymentId }))
      .parallel('prepared', {
        stock: (f) =>
          f.map(
            'held',
            ({ input }) => input.lines,
            (f) =>
              f
                .step('line', ({ input, item }) => reserveStock({ orderId: input.orderId, line: item }))
                .undo(({ line }) => releaseStock({ reservationIds: [line.reservationId] })),
            { concurrency: 4 },
          ),
        label: (f) =>
          f
            .step('label', ({ input }) =>
              printLabel({ orderId: input.orderId, service: input.express ? 'express' : 'standard' }),
            )
            .undo(({ input }) => voidLabel({ orderId: input.orderId })),
      })
      .waitFor('dispatched', parcelDispatched, { match: { orderId: ({ input }) => input.orderId }, timeout: '5d' })
      .emit('announced', ({ input, dispatched }) =>
        orderShipped({ orderId: input.orderId, trackingCode: dispatched.trackingCode }),
      )
      .step('mail', ({ input, prepared, dispatched }) =>
        sendMail({
          to: input.email,
          template: 'shipped',
          data: {
            order: input.orderId,
            tracking: `${dispatched.carrier} ${dispatched.trackingCode}`,
            label: prepared.label.labelId,
            from: prepared.stock.map((line) => line.warehouse).join(', '),
          },
        }),
      )
      .returns(({ payment, prepared, dispatched }) => ({
        paymentId: payment.paymentId,
        trackingCode: dispatched.trackingCode,
        reservationIds: prepared.stock.map((line) => line.reservationId),
      })),
);

/** A week after the parcel came, the customer has an opinion. */
export const askForReview = flow('askForReview', { input: z.object({ orderId: OrderId, email: z.string() }) }, (f) =>
  f
    .sleep('letItSink', '7d')
    .step('mail', ({ input }) => sendMail({ to: input.email, template: 'review', data: { order: input.orderId } })),
);

/** The parcel was sent and the money taken; both come back. */
export const takeBack = flow(
  'takeBack',
  { input: z.object({ paymentId: z.string(), reservationIds: z.array(z.string()) }) },
  (f) =>
    f
      .step('refund', ({ input }) => refundPayment({ paymentId: input.paymentId }))
      .step('stock', ({ input }) => releaseStock({ reservationIds: input.reservationIds })),
);

export const apologise = flow(
  'apologise',
  { input: z.object({ orderId: OrderId, email: z.string(), reason: z.string() }) },
  (f) =>
    f
      .step('settled', ({ input }) => settleOrder({ orderId: input.orderId }))
      .step('mail', ({ input }) =>
        sendMail({ to: input.email, template: 'cancelled', data: { order: input.orderId, reason: input.reason } }),
      ),
);

// Machines --------------------------------------------------------------------

// What is known of an order in some of its states.
const Placed = z.object({ order: Order });
const Paid = Placed.extend({ paymentId: z.string() });

/** The life of one order. It ends in `closed` or in `cancelled`. */
export const order = machine('order', {
  key: 'orderId',
  context: z.object({
    order: Order.optional(),
    paymentId: z.string().optional(),
    trackingCode: z.string().optional(),
    deliveredAt: z.string().optional(),
    reservationIds: z.array(z.string()).default([]),
    reason: z.string().default(''),
  }),
  events: { orderPlaced, parcelDelivered, orderCancelled },
  creates: ['orderPlaced'],
  flows: { fulfilOrder, askForReview, takeBack, apologise },
}).states('waiting', {
  waiting: {
    on: { orderPlaced: { target: 'open', assign: ({ event }) => ({ order: event }) } },
  },
  open: {
    context: Placed,
    initial: 'fulfilling',
    on: {
      orderCancelled: [
        {
          target: 'refunding',
          guard: ({ context }) => context.paymentId !== undefined,
          assign: ({ event }) => ({ reason: `called off: ${event.reason}` }),
        },
        // Leaving `fulfilling` cancels the flow, and that undoes what it did.
        { target: 'apologising', assign: ({ event }) => ({ reason: `called off: ${event.reason}` }) },
      ],
    },
    states: {
      fulfilling: {
        // A short way: the parcel is at the door before its flow has told us that it left.
        on: { parcelDelivered: { assign: ({ event }) => ({ deliveredAt: event.at }) } },
        run: {
          flow: 'fulfilOrder',
          input: ({ context }) => context.order,
          onDone: [
            {
              target: 'delivered',
              guard: ({ context }) => context.deliveredAt !== undefined,
              assign: ({ output }) => output,
            },
            { target: 'travelling', assign: ({ output }) => output },
          ],
          onError: { target: 'apologising', assign: ({ error }) => ({ reason: error.message }) },
        },
      },
      travelling: {
        on: { parcelDelivered: { target: 'delivered', assign: ({ event }) => ({ deliveredAt: event.at }) } },
        after: { '14d': { target: 'refunding', assign: () => ({ reason: 'the parcel was lost' }) } },
      },
    },
  },
  delivered: {
    context: Placed,
    run: {
      flow: 'askForReview',
      input: ({ context }) => ({ orderId: context.order.orderId, email: context.order.email }),
      onDone: 'closed',
      // The customer has the parcel: a mail that cannot be sent does not keep the order open.
      onError: 'closed',
    },
  },
  refunding: {
    context: Paid,
    run: {
      flow: 'takeBack',
      input: ({ context }) => ({ paymentId: context.paymentId, reservationIds: context.reservationIds }),
      onDone: 'apologising',
      onError: 'owing',
    },
  },
  // Money that is owed is owed until it is paid, and an hour later the bank may be there again.
  owing: { after: { '1h': 'refunding' } },
  apologising: {
    context: Placed,
    run: {
      flow: 'apologise',
      input: ({ context }) => ({
        orderId: context.order.orderId,
        email: context.order.email,
        reason: context.reason,
      }),
      onDone: 'cancelled',
      onError: 'cancelled',
    },
  },
  closed: { final: true },
  cancelled: { final: true },
});
