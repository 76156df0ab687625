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
import { money } from '../money/money.ts';
import type { UsageSnapshot } from '../usage/usage.ts';
import { noTokens } from '../usage/sum.ts';
import { routedValue } from './ask-for.ts';
import { some } from './attempt.ts';
import { named, rolesFrom, tierOf, type Tier } from './candidates.ts';
import { throughCache } from './cached.ts';
import type { Core } from './core.ts';
import { asModelError, badRequest, type Wanted } from './errors.ts';
import { unheeded, type RouterEvent } from './events.ts';
import { leashFor, type Leash } from './leash.ts';
import { booksIn, type Books } from './place.ts';
import { route, type Routed } from './route.ts';
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
    const wanted = wantedOf(request);
    const withinMs = options.withinMs ?? this.#withinMs;
    checkRequest(request, withinMs, wanted);
    const leash = leashFor(options.signal, withinMs, this.#core.time, wanted);
    try {
      if (leash.signal.aborted) throw leash.signal.reason;
      return await this.#answered(request, options, wanted, leash);
    } catch (thrown) {
      throw asModelError(thrown, wanted, 'badRequest');
    } finally {
      leash.release();
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
    const { estimator } = this.#core;
    const by = {
      ask: (request: RoutedRequest, how?: AskOptions): Promise<Answered> => this.ask(request, how),
      window: (request: Pick<RoutedRequest, 'model' | 'role'>) => this.#window(request),
      notes: this.notes,
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
    return [...pool.desks.values()].flatMap(({ targets }) => [...targets].map((target) => stateOf(target, now)));
  }

  async check(name?: string, options: { readonly signal?: AbortSignal } = {}): Promise<readonly ProviderCheck[]> {
    const { pool } = this.#core;
    const desks = [...pool.desks.values()].filter((desk) => name === undefined || desk.provider.name === name);
    return Promise.all(
      desks.map(async (desk): Promise<ProviderCheck> => {
        const { provider } = desk;
        if (!provider.readiness.ready)
          return { provider: provider.name, ready: false, reason: provider.readiness.reason };
        try {
          await provider.check(options);
          pool.enable(desk);
          return { provider: provider.name, ready: true };
        } catch (thrown) {
          if (!(thrown instanceof ModelError)) throw thrown;
          if (thrown.kind === 'auth') pool.disable(desk, thrown.message);
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

  async #answered(wish: RoutedRequest, options: AskOptions, wanted: Wanted, leash: Leash): Promise<Answered> {
    const { cache } = this.#books;
    const [models = []] = this.#modelsOf(wish);
    const [first] = models;
    const ask = (over: AbortSignal): Promise<Routed> => this.#route(wish, options, wanted, leash, over);
    if (cache === undefined || options.cache === 'bypass' || first === undefined)
      return answeredBy(await ask(leash.signal));
    const got = await throughCache(
      { cache, wish, options, models: [first, ...models.slice(1)], leash: leash.signal },
      ask,
    );
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

  #route(wish: RoutedRequest, options: AskOptions, wanted: Wanted, leash: Leash, over: AbortSignal): Promise<Routed> {
    const { task, run, step, onEvent } = options;
    const core = this.#core;
    const estimate = core.estimator.estimates({ ...wish, model: '' });
    const tiers = this.#modelsOf(wish).map((models, index) => async (): Promise<Tier> => {
      const role = wish.model === undefined ? rolesFrom(wish.role ?? 'balanced')[index] : undefined;
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
      deadline: leash.deadline,
      over,
      hear: (event) => {
        if (onEvent !== undefined && !leash.signal.aborted) unheeded(() => onEvent(event));
      },
    });
  }

  /** Who may answer, role by role: of the providers that are given, in their order. @throws MillraceError MR4074, MR4075 */
  #modelsOf({ model, role = 'balanced' }: RoutedRequest): readonly (readonly CatalogueModel[])[] {
    const { catalogue, route, providers } = this.#core;
    if (model !== undefined) return [named(model, { catalogue, route })];
    catalogue.byRole(role);
    return rolesFrom(role).map((one) =>
      providers.flatMap(({ name }) => catalogue.list({ provider: name }).filter((facts) => facts.role === one)),
    );
  }

  #window(request: Pick<RoutedRequest, 'model' | 'role'>): number | undefined {
    const [models = []] = this.#modelsOf({ ...request, messages: [], maxOutputTokens: 1 });
    const windows = models
      .filter(({ provider }) => this.#core.pool.desks.get(provider)?.unready === undefined)
      .map(({ contextTokens }) => contextTokens);
    return windows.length === 0 ? undefined : Math.max(...windows);
  }
}

const wantedOf = ({ model, role = 'balanced' }: RoutedRequest): Wanted => ({ name: model ?? `the role ${role}` });

// Before anything is counted or set aside: what no provider would take.
function checkRequest(
  { model, role, messages, maxOutputTokens }: RoutedRequest,
  withinMs: number,
  wanted: Wanted,
): void {
  if (model === '') throw badRequest(wanted, 'its model has no name.');
  if (model === undefined && role !== undefined && !rolesFrom('flagship').includes(role))
    throw badRequest(wanted, `there is no such role. There are: ${rolesFrom('flagship').join(', ')}.`);
  if (messages.length === 0) throw badRequest(wanted, 'it has no messages: there is nothing to answer.');
  if (!Number.isSafeInteger(maxOutputTokens) || maxOutputTokens < 1)
    throw badRequest(wanted, `maxOutputTokens is a whole number from 1 on, and not ${String(maxOutputTokens)}.`);
  if (!(withinMs >= 0)) throw badRequest(wanted, `withinMs is a number of ms from 0 on, and not ${String(withinMs)}.`);
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
