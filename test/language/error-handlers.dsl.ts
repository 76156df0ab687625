import { event, failed, flow, system, task } from 'millrace';
import { z } from 'zod';

export default system('errorHandlers', { version: '1.0.0' });

const Invoice = z.object({ id: z.string(), card: z.enum(['fine', 'busy', 'over its limit', 'stolen']) });

export const card = task('card', {
  input: Invoice,
  output: z.string(),
  retry: { attempts: 3, delay: '2s' },
  idempotent: true,
});
export const book = task('book', { input: Invoice, output: z.string() });
export const unbook = task('unbook', { input: z.object({ what: z.string() }), output: z.void() });
export const transfer = task('transfer', { input: Invoice, output: z.string() });
export const tell = task('tell', { input: z.object({ who: z.string(), what: z.string() }), output: z.void() });
export const told = event('told', { payload: z.object({ who: z.string() }) });

/** Matches errors: one kind gets another task, the rest end the flow. */
export const collect = flow(
  'collect',
  {
    input: Invoice,
    output: z.object({ by: z.string(), value: z.string() }),
    onFailure: ({ input, error }) => tell({ who: 'accounting', what: `${input.id}: ${error.code}` }),
  },
  (f) =>
    f
      .step('book', ({ input }) => book(input))
      .undo(({ book }) => unbook({ what: book }))
      .attempt(
        'money',
        (b) => b.step('card', ({ input }) => card(input)).returns(({ card }) => ({ by: 'card', value: card })),
        (h) =>
          h
            .branch('why', ({ error }) => error.code === 'OVER_LIMIT', {
              true: (b) => b.step('transfer', ({ input }) => transfer(input)),
              false: (b) => b.step('again', ({ input }) => card(input), { retry: { attempts: 1 } }),
            })
            .returns(({ why }) => ({ by: 'transfer', value: why })),
      ),
);

/** Goes on without it. */
export const lenient = flow('lenient', { input: Invoice }, (f) =>
  f
    .step('card', ({ input }) => card(input), { onFailure: { fallback: ({ input }) => `later: ${input.id}` } })
    .step('told', () => tell({ who: 'nobody', what: 'fails' }), { onFailure: 'continue' })
    .returns(({ card, told }) => ({ card, told: told === undefined })),
);

/** Notifies. */
export const sorry = flow('sorry', { input: z.object({ id: z.string() }), on: failed(collect) }, (f) =>
  f
    .step('tell', ({ input }) => tell({ who: 'customer', what: input.id }))
    .emit('told', () => told({ who: 'customer' })),
);
