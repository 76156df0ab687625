/**
 * A `.dsl.ts` of about `definitions` definitions, for measuring: a realistic mix of schemas, events, tasks, flows and
 * machines in groups of ten, some 450 bytes a definition. Equal input gives equal text.
 */
export function syntheticDsl(definitions: number): string {
  const groups = Math.max(1, Math.round(definitions / 10));
  const head = `import { event, flow, machine, system, task } from 'millrace';
import { z } from 'zod';

/** A system made for measuring. */
export default system('synthetic', { version: '1.0.0' });

const Id = z.string().min(1);
const Money = z.object({ amount: z.int().positive(), currency: z.enum(['EUR', 'USD']) });
`;
  return head + Array.from({ length: groups }, (_, index) => group(index + 1)).join('');
}

/** One flow with `steps` steps, each reading the one before. */
export function longFlow(steps: number): string {
  const calls = Array.from({ length: steps }, (_, index) =>
    index === 0
      ? `  .step('s1', ({ input }) => work({ id: input.id, level: 'low' }))`
      : `  .step('s${index + 1}', ({ input, s${index} }) => work({ id: input.id, level: s${index}.level }), { timeout: '1m' })`,
  );
  return `import { flow, system, task } from 'millrace';
import { z } from 'zod';

export default system('long', { version: '1.0.0' });

export const work = task('work', {
  input: z.object({ id: z.string(), level: z.enum(['low', 'high']) }),
  output: z.object({ id: z.string(), level: z.enum(['low', 'high']), score: z.number() }),
});

export const long = flow('long', { input: z.object({ id: z.string() }), output: z.object({ score: z.number() }) }, (f) => f
${calls.join('\n')}
  .returns(({ s${steps} }) => ({ score: s${steps}.score })));
`;
}

function group(n: number): string {
  return `
const Line${n} = z.object({ sku: z.string(), quantity: z.int().min(1), note: z.string().optional() });
const Order${n} = z.object({ id: Id, email: z.email(), total: Money, lines: z.array(Line${n}).min(1), express: z.boolean().default(false) });

/** Order ${n} was placed. */
export const placed${n} = event('placed${n}', { payload: Order${n} });

/** Parcel ${n} is on its way. */
export const sent${n} = event('sent${n}', { payload: z.object({ id: Id, carrier: z.string(), tracking: z.string() }), ttl: '14d' });

/** Parcel ${n} has come. */
export const arrived${n} = event('arrived${n}', { payload: z.object({ id: Id, at: z.iso.datetime() }) });

/** Judges order ${n}. */
export const assess${n} = task('assess${n}', {
  input: z.object({ id: Id, email: z.string(), total: Money }),
  output: z.object({ level: z.enum(['low', 'high']), score: z.number() }),
  timeout: '5s',
});

/** Takes the money of order ${n}. */
export const charge${n} = task('charge${n}', {
  input: z.object({ id: Id, amount: Money }),
  output: z.object({ paymentId: z.string(), at: z.iso.datetime() }),
  retry: { attempts: 5, backoff: 'exponential', delay: '2s', maxDelay: '1m' },
  timeout: '30s',
  idempotent: true,
});

/** Gives the money of order ${n} back. */
export const refund${n} = task('refund${n}', {
  input: z.object({ paymentId: z.string() }),
  output: z.object({ refundId: z.string() }),
  retry: { attempts: 20, backoff: 'exponential', delay: '5s', maxDelay: '1h' },
  idempotent: true,
});

/** Keeps a line of order ${n}. */
export const reserve${n} = task('reserve${n}', {
  input: Line${n},
  output: z.object({ reservationId: z.string(), warehouse: z.string() }),
  retry: { attempts: 3, backoff: 'linear', delay: '500ms' },
  idempotent: true,
});

/** Writes to the customer of order ${n}. */
export const mail${n} = task('mail${n}', {
  input: z.object({ to: z.string(), template: z.enum(['sent', 'sorry']), data: z.record(z.string(), z.string()) }),
  output: z.object({ messageId: z.string() }),
  retry: { attempts: 3 },
  idempotent: true,
  examples: [
    { description: 'A parcel on its way.', input: { to: 'ann@example.org', template: 'sent', data: { tracking: 'T${n}' } }, output: { messageId: 'm${n}' } },
  ],
});

/** From order ${n} to a parcel on its way. When a step fails, the steps above it are undone, newest first. */
export const fulfil${n} = flow('fulfil${n}', {
  input: Order${n},
  output: z.object({ paymentId: z.string(), tracking: z.string() }),
}, (f) => f
  .step('risk', ({ input }) => assess${n}({ id: input.id, email: input.email, total: input.total }))
  .branch('review', ({ risk }) => risk.level, {
    low: (f) => f.returns(() => ({ approved: true })),
    high: (f) => f.sleep('think', '1h').returns(({ risk }) => ({ approved: risk.score < 80 })),
  })
  .step('payment', ({ input }) => charge${n}({ id: input.id, amount: input.total }), { timeout: '1m' })
  .undo(({ payment }) => refund${n}({ paymentId: payment.paymentId }))
  .map('held', ({ input }) => input.lines, (f) => f.step('line', ({ item }) => reserve${n}(item)), { concurrency: 4 })
  .waitFor('sent', sent${n}, { match: { id: ({ input }) => input.id }, timeout: '3d' })
  .step('mail', ({ input, sent, held }) => mail${n}({
    to: input.email, template: 'sent', data: { tracking: sent.tracking, from: held[0]?.warehouse ?? '' },
  }))
  .returns(({ payment, sent }) => ({ paymentId: payment.paymentId, tracking: sent.tracking })));

/** The life of order ${n}. */
export const order${n} = machine('order${n}', {
  key: 'id',
  context: z.object({ order: Order${n}.optional(), paymentId: z.string().optional() }),
  events: { placed${n}, arrived${n} },
  creates: ['placed${n}'],
  flows: { fulfil${n} },
}).states('waiting', {
  waiting: { on: { placed${n}: { target: 'open', assign: ({ event }) => ({ order: event }) } } },
  open: {
    initial: 'packing',
    states: {
      packing: {
        run: {
          flow: 'fulfil${n}',
          input: ({ context }) => context.order!,
          onDone: { target: 'travelling', assign: ({ output }) => ({ paymentId: output.paymentId }) },
          onError: 'lost',
        },
      },
      travelling: { on: { arrived${n}: { target: 'done', guard: ({ context }) => context.paymentId !== undefined } }, after: { '14d': 'lost' } },
    },
  },
  done: { description: 'The parcel is with the customer.', final: true },
  lost: { description: 'Somebody has to look for it.', final: true, tags: ['attention'] },
});
`;
}

/** One machine with `states` states that have contexts of their own, conditions, lists and sends. */
export function wideMachine(states: number): string {
  const one = (n: number): string => `  s${n}: {
    context: z.object({ note: z.string() }),
    entry: { do: [
      { forEach: 'context.lines', do: [{ when: ({ item, index }) => item.weight > index, do: [{ emit: ({ item, context }) => ticked({ id: item.sku + context.note }) }], else: [{ assign: () => ({ note: 'light' }) }] }] },
      { send: { event: ({ context }) => ticked({ id: context.note }), delay: '1h', id: 'tick' } },
    ] },
    exit: { cancel: 'tick' },
    on: { ticked: { target: 's${(n + 1) % states}', guard: ({ context, event }) => context.note.length > event.id.length } },
    states: { a${n}: { context: z.object({ lines: z.array(Line).min(1) }), on: { ticked: { target: 'b${n}', assign: ({ context }) => ({ note: context.note.trim() }) } } }, b${n}: {} },
  },
`;
  return `import { event, machine, system } from 'millrace';
import { z } from 'zod';

export default system('wide', { version: '1.0.0' });

const Line = z.object({ sku: z.string(), weight: z.number() });
export const ticked = event('ticked', { payload: z.object({ id: z.string() }) });

export const wide = machine('wide', {
  key: 'id',
  context: z.object({ note: z.string().optional(), lines: z.array(Line).default([]) }),
  events: { ticked },
}).states('s0', {
${Array.from({ length: states }, (_, n) => one(n)).join('')}});
`;
}
