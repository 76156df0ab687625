import type { ObjectContext } from '@restatedev/restate-sdk';
import {
  claimKey,
  renewClaim,
  settleClaim,
  type ClaimAsks,
  type ClaimRow,
  type RenewAsks,
} from '../../engine/index.ts';
import type { AnyService } from '../endpoint/serve.ts';
import type { Place } from '../contract.ts';
import { json } from '../json.ts';
import { plumbing } from '../plumbing.ts';
import { refusal } from '../refusal.ts';
import { handlers, object } from '../sdk.ts';
import type { ClaimGives, OutcomeAsks } from './claiming.ts';
import { drop, keep, load, replay, save } from './kept.ts';

const day = 86_400_000;

/** How long what a step has kept stays when it has ended, and when nothing is heard of it any more, in real ms. */
const stays = { ended: day, silent: 30 * day } as const;

/** The virtual objects in which attempts keep what outlives them: one for each step, and one for each key. */
export function effectServices(place: Place): readonly AnyService[] {
  const { names, real } = place;
  const later = (ctx: ObjectContext, method: string, parameter: unknown, delay: number): void => {
    const max = 365 * day;
    ctx.genericSend({
      service: names.effects,
      key: ctx.key,
      method,
      parameter,
      inputSerde: json(),
      delay: Math.min(max, Math.max(1, Math.ceil(delay))),
    });
  };
  const row = async (ctx: ObjectContext): Promise<ClaimRow | undefined> =>
    (await ctx.get<ClaimRow>('row')) ?? undefined;
  const title = (ctx: ObjectContext): string => ctx.key.slice(ctx.key.indexOf(' ') + 1);
  const watch = async (ctx: ObjectContext): Promise<void> => {
    if ((await ctx.get<true>('watched')) !== null) return;
    ctx.set('watched', true);
    later(ctx, 'silent', null, stays.silent);
  };
  const effects = object({
    name: names.effects,
    handlers: {
      // Of a step.
      load: handlers.object.shared(load),
      async save(ctx: ObjectContext, state: unknown): Promise<void> {
        await watch(ctx);
        save(ctx, state);
      },
      replay,
      async keep(ctx: ObjectContext, kept: Parameters<typeof keep>[1]): Promise<void> {
        await watch(ctx);
        await keep(ctx, kept);
      },
      distrust: drop,
      async ended(ctx: ObjectContext): Promise<void> {
        ctx.clear('state');
        ctx.set('over', true);
        later(ctx, 'clear', null, stays.ended);
      },
      clear: async (ctx: ObjectContext): Promise<void> => ctx.clearAll(),
      /** Its run was cancelled, or is gone. */
      async silent(ctx: ObjectContext): Promise<void> {
        const touched = await ctx.get<true>('touched');
        if (touched === null) return ctx.clearAll();
        ctx.clear('touched');
        later(ctx, 'silent', null, stays.silent);
      },
      // Of a key.
      async claim(ctx: ObjectContext, asks: ClaimAsks): Promise<ClaimGives> {
        const before = await row(ctx);
        const claimed = claimKey(title(ctx), before, asks);
        if (claimed.state === 'inProgress') return { state: 'inProgress', until: claimed.until };
        ctx.set('row', claimed.row);
        if (claimed.state === 'done') return { state: 'done', text: (await ctx.get<string>('text')) ?? '{}' };
        if (before === undefined)
          later(ctx, 'sweep', { at: claimed.row.expires }, real(claimed.row.expires - asks.now));
        return { state: 'go' };
      },
      async renew(ctx: ObjectContext, asks: RenewAsks): Promise<boolean> {
        const next = renewClaim(await row(ctx), asks);
        if (next !== undefined) ctx.set('row', next);
        return next !== undefined;
      },
      async settle(ctx: ObjectContext, asks: OutcomeAsks): Promise<void> {
        const before = await row(ctx);
        try {
          ctx.set('row', settleClaim(title(ctx), before, asks));
        } catch (thrown) {
          // Whoever has lost it may try again from the beginning; this very call never comes to anything else.
          throw refusal(thrown);
        }
        ctx.set('text', asks.text);
      },
      /** Removes what has expired. There is one call of it on its way as long as there is a row. */
      async sweep(ctx: ObjectContext, { at }: { readonly at: number }): Promise<void> {
        const known = await row(ctx);
        if (known === undefined) return;
        if (known.expires <= at) return ctx.clearAll();
        later(ctx, 'sweep', { at: known.expires }, real(known.expires - at));
      },
    },
    options: { ...plumbing, idempotencyRetention: { minutes: 5 }, enableLazyState: true },
  });
  return [effects];
}
