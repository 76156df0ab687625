import { event, failed, flow, machine, system, task } from 'millrace';
import { z } from 'zod';

export default system('failures', {
  version: '1.0.0',
  retention: { runs: { maxAge: '90d', maxSize: '1gb' }, history: { machines: { order: { keep: 5 } } } },
});

const Order = z.object({ orderId: z.string(), cents: z.string().transform(Number).pipe(z.int()) });

export const placed = event('placed', { payload: Order });

export const charge = task('charge', {
  input: Order,
  output: z.object({ paymentId: z.string() }),
  retry: { attempts: 3, delay: '1s', backoff: 'fixed' },
  idempotent: true,
});
export const count = task('count', { input: z.string(), output: z.number() });
export const note = task('note', { input: z.unknown(), output: z.void() });

/** Charges, whatever comes of it. */
export const pay = flow(
  'pay',
  { input: z.object({ orderId: z.string(), cents: z.string() }), output: z.object({ paymentId: z.string() }) },
  (f) => f.step('charge', ({ input }) => charge(input)),
);

export const bill = flow('bill', { input: z.object({ orderId: z.string(), cents: z.string() }) }, (f) =>
  f.step('charge', ({ input }) => charge(input), { onFailure: 'continue' }),
);

/** Waits for the failure of one order. */
export const watch = flow('watch', { input: z.object({ orderId: z.string() }) }, (f) =>
  f
    .waitFor('broken', failed(charge), { match: { orderId: ({ input }) => input.orderId }, timeout: '1h' })
    .returns(({ broken }) => ({
      cents: broken.cents + 1,
      code: broken.error.code,
      runId: broken.runId,
      step: broken.step,
    })),
);

/** Begins with each payment that failed. */
export const regret = flow(
  'regret',
  {
    input: z.object({ orderId: z.string(), error: z.object({ message: z.string() }), runId: z.string() }),
    on: failed(pay),
  },
  (f) => f.step('note', ({ input }) => note({ regret: input.orderId, because: input.error.message, run: input.runId })),
);

export const counting = flow('counting', { input: z.string() }, (f) => f.step('count', ({ input }) => count(input)));

export const miscounted = flow('miscounted', { input: z.object({ input: z.string() }), on: failed(count) }, (f) =>
  f.step('note', ({ input }) => note({ miscounted: input.input })),
);

export const order = machine('order', {
  key: 'orderId',
  context: z.object({ reason: z.string().default(''), cents: z.number().default(0) }),
  events: { placed, chargeFailed: failed(charge), payFailed: failed(pay) },
  creates: ['placed', 'payFailed'],
  flows: { pay },
}).states('open', {
  open: {
    on: {
      placed: 'paying',
      chargeFailed: {
        target: 'stuck',
        assign: ({ event }) => ({ reason: event.error.message, cents: event.cents }),
      },
      payFailed: { assign: ({ event }) => ({ reason: `${event.runId}: ${event.error.message}` }) },
    },
  },
  paying: {
    on: {
      chargeFailed: {
        target: 'stuck',
        assign: ({ event }) => ({ reason: event.error.message, cents: event.cents }),
      },
    },
  },
  stuck: {},
});
