import type { Context, ObjectContext } from '@restatedev/restate-sdk';
import { object, service } from '@restatedev/restate-sdk';
import { steps } from '../durable/system.ts';

const pad = 'x'.repeat(200);

/** The same flow and the same machine, as one writes them on the SDK. */
export const byHand = [
  service({
    name: 'byHand',
    handlers: {
      ten: async (ctx: Context, _input: { readonly index: number }): Promise<number> => {
        let sum = 0;
        for (let index = 0; index < steps; index += 1) {
          const done = await ctx.run(`s${index}`, () => ({ index, ok: true, pad }));
          sum += done.index;
        }
        return sum;
      },
    },
  }),
  object({
    name: 'counterByHand',
    handlers: {
      noted: async (ctx: ObjectContext, { n }: { readonly n: number }): Promise<boolean> => {
        const state = (await ctx.get<{ readonly sum: number }>('state')) ?? { sum: 0 };
        ctx.set('state', { sum: state.sum + n });
        return true;
      },
    },
  }),
];
