import type { AnswerCache } from '../cache/cache.ts';
import type { CatalogueModel } from '../catalogue/schema.ts';
import type { ModelAnswer } from '../contract.ts';
import { ModelError } from '../errors.ts';
import type { AskOptions, RoutedRequest } from '../models.ts';
import { some } from './attempt.ts';
import type { Routed } from './routing.ts';

/** A request that may have been answered before. */
export interface Cacheable {
  readonly cache: AnswerCache;
  readonly wish: RoutedRequest;
  readonly options: AskOptions;
  /** Those whose answers count for it, always in the same order. */
  readonly models: readonly [CatalogueModel, ...CatalogueModel[]];
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/** An answer of one's own call, or one that was there or that somebody else was asking for. */
export type Gotten = { readonly routed: Routed } | { readonly answer: ModelAnswer; readonly from: 'cache' | 'shared' };

/** The answer that is kept, that of the same request under way, or that of `ask`, which is kept under who has given it. */
export async function throughCache(
  { cache, wish, options, models, signal }: Cacheable,
  ask: (over: AbortSignal) => Promise<Routed>,
): Promise<Gotten> {
  const { model: _model, role: _role, ...rest } = wish;
  const [first, ...others] = models;
  for (;;) {
    const own: { asking?: Promise<Routed>; over?: AbortSignal; routed?: Routed } = {};
    try {
      const { answer, from } = await cache.ask(
        { ...rest, model: first.id },
        {
          provider: first.provider,
          also: others.map(nameOf),
          by: () => nameOf(own.routed?.by.facts ?? first),
          refresh: options.cache === 'refresh',
          signal,
          ...some({ operation: options.operation, ttl: options.ttl, accept: options.accept }),
        },
        async (over) => {
          own.over = over;
          own.asking = ask(over);
          own.routed = await own.asking;
          return own.routed.answer;
        },
      );
      if (from === 'model' && own.routed !== undefined) return { routed: own.routed };
      return { answer, from: from === 'cache' ? 'cache' : 'shared' };
    } catch (thrown) {
      // What was begun is in the books before anybody hears that it is over.
      if (own.over?.aborted === true) await own.asking?.catch(() => {});
      if (own.asking !== undefined || signal.aborted || !isTheirs(thrown)) throw thrown;
    }
  }
}

const nameOf = ({ provider, id }: CatalogueModel) => ({ provider, model: id });

const theirs = new Set(['MR4043', 'MR4044']);

/** Whether a call of somebody else failed for reasons of theirs: their budget, their time, their change of mind. */
const isTheirs = (thrown: unknown): boolean =>
  thrown instanceof ModelError && (thrown.kind === 'budget' || thrown.kind === 'aborted' || theirs.has(thrown.code));
