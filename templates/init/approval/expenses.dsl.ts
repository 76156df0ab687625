import { event, flow, system, task } from 'millrace';
import { z } from 'zod';

export default system('expenses', { version: '1.0.0', description: 'Pays expenses that somebody has approved.' });

const Expense = z.object({ id: z.string().min(1), who: z.string(), what: z.string(), cents: z.int().positive() });
const Decided = z.object({ request: Expense, by: z.string() });

/** Somebody wants money back. */
export const expenseSubmitted = event('expenseSubmitted', { payload: Expense });

/** Somebody who may decided. */
export const expenseDecided = event('expenseDecided', {
  payload: z.object({ id: z.string(), approved: z.boolean(), by: z.string() }),
});

const once = { retry: { attempts: 3, backoff: 'exponential', delay: '200ms' }, timeout: '5s', idempotent: true } as const;

/** Puts the request on the desk; the answer comes as expenseDecided. */
export const askBoss = task('askBoss', { input: Expense, output: z.void(), ...once });

/** Writes the payment into the ledger, once. */
export const payOut = task('payOut', { input: Decided, output: z.void(), ...once });

/** Tells that it was refused, or that nobody decided in time. */
export const sayNo = task('sayNo', { input: Decided, output: z.void(), ...once });

/** Asks, waits three days for the decision, and pays or refuses. No answer in time is a no. */
export const payExpense = flow(
  'payExpense',
  { input: Expense, output: z.object({ approved: z.boolean(), by: z.string() }), on: expenseSubmitted },
  (f) => f
    .step('asked', ({ input }) => askBoss(input))
    .waitFor('decision', expenseDecided, {
      match: { id: ({ input }) => input.id },
      timeout: '3d',
      onTimeout: 'continue',
    })
    .branch('outcome', ({ decision }) => decision?.approved ?? false, {
      true: (f) => f
        .step('performed', ({ input, decision }) => payOut({ request: input, by: decision?.by ?? 'nobody in time' }))
        .returns(() => true),
      false: (f) => f
        .step('refused', ({ input, decision }) => sayNo({ request: input, by: decision?.by ?? 'nobody in time' }))
        .returns(() => false),
    })
    .returns(({ decision, outcome }) => ({ approved: outcome, by: decision?.by ?? 'nobody in time' })),
);
