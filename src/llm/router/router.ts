import type { z } from 'zod';
import type { BudgetState } from '../budget/budget.ts';
import type { CacheStatistics } from '../cache/cache.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { CatalogueModel } from '../catalogue/schema.ts';
import type { MemoryStore } from '../context/memory.ts';
import type { ModelAnswer, ModelEvent, Provider } from '../contract.ts';
import { converse, type Conversation, type Conversed, type ConverseOptions } from '../converse/index.ts';
import { ModelError } from '../errors.ts';
import type { Answered, AnsweredValue, AskOptions, ModelPlace, Models, RoutedRequest } from '../models.ts';
import { compareMoney, money } from '../money/money.ts';
import type { UsageSnapshot } from '../usage/usage.ts';
import { noTokens } from '../usage/sum.ts';
import { routedValue } from './ask-for.ts';
import { some } from './attempt.ts';
import { tierOf, type Tier } from './candidates.ts';
import { throughCache } from './cached.ts';
import type { Core } from './core.ts';
import { asModelError, type Wanted } from './errors.ts';
import { unheeded, type RouterEvent } from './events.ts';
import type { Routed } from './routing.ts';
import { deadlineFor, type Deadline } from './deadline.ts';
import { meantBy, type Meant } from './meant.ts';
import { booksIn, type Books } from './place.ts';
import { checkRequest, wantedOf } from './request.ts';
import { route } from './route.ts';
import { stateOf, type TargetState } from './state.ts';

/** How a provider answered when it was looked at. */
export interface ProviderCheck {
  readonly provider: string;
  readonly ready: boolean;
  /** Why not. */
  readonly reason?: string;
  readonly error?: ModelError;
}

/** Models behind a router, with what one may want to know of it. */
export interface ModelRouter extends Models {
  readonly providers: readonly Provider[];
  readonly catalogue: Catalogue;
  readonly notes: MemoryStore;
  /** Hears what is decided. Gives a function that ends it. What a listener throws changes nothing. */
  on(listener: (event: RouterEvent) => void): () => void;
  /** How the models of the providers are at present, in the order of the providers. */
  state(): readonly TargetState[];
  /** Looks at a provider, or at all, without cost. One that answers is asked again, whatever was held against it. */
  check(provider?: string, options?: { readonly signal?: AbortSignal }): Promise<readonly ProviderCheck[]>;
  /** Where the budgets stand. */
  budgets(): Promise<readonly BudgetState[]>;
  /** What was used. */
  used(): Promise<UsageSnapshot>;
  /** What the cache was good for; nothing where there is none. */
  cached(): CacheStatistics | undefined;
  keptIn(place: ModelPlace): ModelRouter;
}

/** One request, with what is known of it. */
interface Asking {
  readonly wish: RoutedRequest;
  readonly options: AskOptions;
  readonly wanted: Wanted;
  readonly deadline: Deadline;
  readonly meant: Meant;
}

export class Router implements ModelRouter {
  readonly #core: Core;
  readonly #books: Books;

  constructor(core: Core, books: Books) {
    this.#core = core;
    this.#books = books;
  }

  get providers(): readonly Provider[] {
    return this.#core.providers;
  }

  get catalogue(): Catalogue {
    return this.#core.catalogue;
  }

  get notes(): MemoryStore {
    return this.#books.notes;
  }

  async ask(request: RoutedRequest, options: AskOptions = {}): Promise<Answered> {
    const wanted = wantedOf(request, this.#core);
    const withinMs = options.withinMs ?? this.#withinMs;
    checkRequest(request, withinMs, wanted);
    const deadline = deadlineFor(options.signal, withinMs, this.#core.time, wanted);
    try {
      if (deadline.signal.aborted) throw deadline.signal.reason;
      const meant = meantBy(request, this.#core);
      return await this.#answered({ wish: request, options, wanted, deadline, meant });
    } catch (thrown) {
      throw asModelError(thrown, wanted, 'badRequest');
    } finally {
      deadline.release();
    }
  }

  askFor<Type extends z.ZodType>(
    request: Omit<RoutedRequest, 'output'> & { readonly output: Type },
    options: AskOptions & { readonly repairs?: number } = {},
  ): Promise<AnsweredValue<z.output<Type>>> {
    const ask: Models['ask'] = (one, how) => this.ask(one, how);
    return routedValue({ ask, time: this.#core.time, withinMs: this.#withinMs }, request, options);
  }

  converse<Type extends z.ZodType>(
    conversation: Conversation<Type>,
    options?: ConverseOptions,
  ): Promise<Conversed<z.output<Type>>> {
    const { estimator, time } = this.#core;
    const by = {
      ask: (request: RoutedRequest, how?: AskOptions): Promise<Answered> => this.ask(request, how),
      window: (request: Pick<RoutedRequest, 'model' | 'role'>) => this.#window(request),
      notes: this.notes,
      now: () => time.now(),
      isOverrun: async (name: string): Promise<boolean> =>
        (await this.budgets()).some(({ account, spent, limit }) => account === name && compareMoney(spent, limit) > 0),
      estimate: (text: string): number => estimator.estimateText(text, conversation.model),
    };
    return converse(by, conversation, options);
  }

  keptIn(place: ModelPlace): ModelRouter {
    return new Router(this.#core, booksIn(this.#books, place));
  }

  on(listener: (event: RouterEvent) => void): () => void {
    return this.#core.bus.on(listener);
  }

  state(): readonly TargetState[] {
    const { providers, catalogue, pool, time } = this.#core;
    const now = time.now();
    for (const { name } of providers) for (const { id } of catalogue.list({ provider: name })) pool.target(name, id);
    return [...pool.upstreams.values()].flatMap(({ targets }) => [...targets].map((target) => stateOf(target, now)));
  }

  async check(name?: string, options: { readonly signal?: AbortSignal } = {}): Promise<readonly ProviderCheck[]> {
    const { pool } = this.#core;
    const upstreams = [...pool.upstreams.values()].filter(
      (upstream) => name === undefined || upstream.provider.name === name,
    );
    return Promise.all(
      upstreams.map(async (upstream): Promise<ProviderCheck> => {
        const { provider } = upstream;
        if (!provider.readiness.ready)
          return { provider: provider.name, ready: false, reason: provider.readiness.reason };
        try {
          await provider.check(options);
          pool.enable(upstream);
          return { provider: provider.name, ready: true };
        } catch (thrown) {
          if (!(thrown instanceof ModelError)) throw thrown;
          if (thrown.kind === 'auth') pool.disable(upstream, thrown.message);
          return { provider: provider.name, ready: false, reason: thrown.message, error: thrown };
        }
      }),
    );
  }

  budgets(): Promise<readonly BudgetState[]> {
    return this.#books.budget.state();
  }

  async used(): Promise<UsageSnapshot> {
    return this.#books.usage.snapshot();
  }

  cached(): CacheStatistics | undefined {
    return this.#books.cache?.statistics();
  }

  get #withinMs(): number {
    return this.#core.route.withinMs ?? 600_000;
  }

  async #answered(asking: Asking): Promise<Answered> {
    const { cache } = this.#books;
    const { wish, options, deadline, meant } = asking;
    const [first, ...others] = meant.tiers[0]?.models ?? [];
    const ask = (over: AbortSignal): Promise<Routed> => this.#route(asking, over);
    if (cache === undefined || options.cache === 'bypass' || first === undefined)
      return answeredBy(await ask(deadline.signal));
    const models = [first, ...others] as const;
    const got = await throughCache({ cache, wish, options, models, signal: deadline.signal }, ask);
    return 'routed' in got ? answeredBy(got.routed) : this.#spared(got.answer, got.from, first, options);
  }

  #spared(answer: ModelAnswer, from: 'cache' | 'shared', model: CatalogueModel, options: AskOptions): Answered {
    const { onEvent, task, run, step, agent, operation } = options;
    const { provider } = answer;
    const { told } = this.#books;
    const whose = { from, provider, model: answer.model, ...some({ task, run, step }) };
    if (told !== undefined) unheeded(() => told({ type: 'call.spared', ...whose, ...some({ agent, operation }) }));
    this.#core.bus.tell({ type: 'spared', request: this.#books.newId(), ...whose });
    if (onEvent !== undefined) for (const event of eventsOf(answer)) unheeded(() => onEvent(event));
    return {
      answer,
      from,
      cost: money(0, model.prices?.currency ?? 'USD'),
      usage: noTokens,
      reason: from === 'cache' ? 'it was answered before' : 'the same was being asked already',
      asked: [],
    };
  }

  #route({ wish, options, wanted, deadline, meant }: Asking, over: AbortSignal): Promise<Routed> {
    const { task, run, step, onEvent } = options;
    const core = this.#core;
    const estimate = core.estimator.estimates({ ...wish, model: '' });
    const tiers = meant.tiers.map(({ models, role }) => async (): Promise<Tier> => {
      return { ...(await tierOf(models, wish, { ...core, estimate }, over)), ...some({ role }) };
    });
    return route({
      core,
      books: this.#books,
      wanted,
      wish,
      options,
      about: { request: this.#books.newId(), ...some({ task, run, step }) },
      tiers,
      instead: meant.instead,
      deadline: deadline.at,
      over,
      hear: (event) => {
        if (onEvent !== undefined && !deadline.signal.aborted) unheeded(() => onEvent(event));
      },
    });
  }

  #window(request: Pick<RoutedRequest, 'model' | 'role'>): number | undefined {
    const windows = (meantBy(request, this.#core).tiers[0]?.models ?? [])
      .filter(({ provider }) => this.#core.pool.upstreams.get(provider)?.unready === undefined)
      .map(({ contextTokens }) => contextTokens);
    return windows.length === 0 ? undefined : Math.max(...windows);
  }
}

function answeredBy({ answer, usage, cost, reason, asked, overrun }: Routed): Answered {
  return { answer, from: 'model', usage, reason, asked, ...some({ cost, overrun }) };
}

function eventsOf(answer: ModelAnswer): readonly ModelEvent[] {
  return [
    ...(answer.text === '' ? [] : [{ type: 'text', text: answer.text } as const]),
    ...answer.toolCalls.map((call) => ({ type: 'toolCall', call }) as const),
    { type: 'end', answer },
  ];
}
