import type { z } from 'zod';
import type { Clock, Scheduler } from '../core/index.ts';
import type { BudgetLimit } from './budget/limits.ts';
import type { BudgetStore } from './budget/store.ts';
import type { AnswerStore } from './cache/store.ts';
import type { ModelRole } from './catalogue/roles.ts';
import type { MemoryStore } from './context/memory.ts';
import type { Finish, ModelAnswer, ModelEvent, ModelRequest, Usage } from './contract.ts';
import type { Conversation, Conversed, ConverseOptions } from './converse/conversation.ts';
import type { ModelError } from './errors.ts';
import type { Money } from './money/money.ts';
import type { UsageStore } from './usage/usage.ts';

/** What is asked, whoever answers: a model of the catalogue by its name, or the best that can be had of a role. */
export interface RoutedRequest extends Omit<ModelRequest, 'model'> {
  /** A model of the catalogue. Goes before `role`. */
  readonly model?: string;
  /** Default: `balanced`. */
  readonly role?: ModelRole;
}

/** How one request is answered. */
export interface AskOptions {
  /** What it is for: usage and budgets count by them. */
  readonly task?: string;
  readonly run?: string;
  /** The path of the step in its run. */
  readonly step?: string;
  /** The run whose budget it counts towards, where that is not `run` itself but one above it. */
  readonly within?: string;
  /** Who asks, by the name of its declaration: usage counts by it. */
  readonly agent?: string;
  /** Part of the key of the cache: requests of different operations never share an answer. */
  readonly operation?: string;
  readonly signal?: AbortSignal;
  /** How long it may take with all waits and providers, in ms. Default: 10 minutes. */
  readonly withinMs?: number;
  /** Answers that were paid before: taken (`use`, the default where there is a cache), not looked for, or made anew. */
  readonly cache?: 'use' | 'bypass' | 'refresh';
  /** How long the answer counts in the cache, as `'1h'`. */
  readonly ttl?: string;
  /** Is a kept answer still good? */
  readonly accept?: (answer: ModelAnswer) => boolean;
  /** Hears what comes, as it comes. After `restart` what came before counts no more: another provider begins anew. */
  readonly onEvent?: (event: ModelEvent | { readonly type: 'restart' }) => void;
}

/** One provider that was asked for an answer. */
export interface Asked {
  readonly provider: string;
  readonly model: string;
  /** How long it took, in ms of real time. */
  readonly took: number;
  /** Why it gave no answer. */
  readonly failed?: { readonly kind: ModelError['kind']; readonly code: string; readonly message: string };
}

/** An answer, what it cost and how it came about. JSON but for `overrun`. */
export interface Answered {
  readonly answer: ModelAnswer;
  readonly from: 'model' | 'cache' | 'shared';
  /** What was paid for it, all tries together: 0 for what was there already. Left out: the price is not known. */
  readonly cost?: Money;
  /** Tokens of all tries together, as far as they are known. */
  readonly usage: Usage;
  /** Why this model. */
  readonly reason: string;
  /** Who was asked, in order. */
  readonly asked: readonly Asked[];
  /** A budget is overrun now: keep the answer, then stop. */
  readonly overrun?: ModelError;
}

/** A value of the shape that was asked for. */
export interface AnsweredValue<T> extends Omit<Answered, 'from'> {
  readonly value: T;
  /** How often models were asked: 2 when the first answer had to be mended. */
  readonly calls: number;
}

/** One call to one provider, for whom it is made. */
export interface CallFacts extends Pick<AskOptions, 'task' | 'run' | 'step' | 'agent' | 'operation'> {
  /** Its name in the books and in usage. */
  readonly id: string;
  readonly provider: string;
  readonly model: string;
  readonly maxOutputTokens: number;
  readonly temperature?: number;
}

/** What is told of calls as they happen: each `started` is followed by one `ended`. */
export type CallTold =
  | ({ readonly type: 'call.started' } & CallFacts)
  | ({
      readonly type: 'call.ended';
      /** In ms of real time. */
      readonly took: number;
      /** As far as they are known. */
      readonly usage?: Usage;
      readonly cost?: Money;
      readonly finish?: Finish;
      /** Why it gave no answer. */
      readonly failed?: Asked['failed'];
    } & CallFacts)
  /** No call is made: the answer was there, or is that of an equal request under way. */
  | ({ readonly type: 'call.spared'; readonly from: 'cache' | 'shared' } & Omit<
      CallFacts,
      'id' | 'maxOutputTokens' | 'temperature'
    >);

/** Where an engine lets models keep what has to outlive a process. What is left out stays as it is. */
export interface ModelPlace {
  readonly books?: BudgetStore;
  readonly usage?: UsageStore;
  readonly answers?: AnswerStore;
  readonly notes?: MemoryStore;
  /** Budgets besides those that are set. */
  readonly budgets?: readonly BudgetLimit[];
  readonly clock?: Clock;
  readonly scheduler?: Scheduler;
  /** Numbers in [0, 1), for jitter and ids. */
  readonly random?: () => number;
  /** Hears of each call that counts here. Nothing depends on it, and it does not throw. */
  readonly told?: (event: CallTold) => void;
}

/** Whoever answers requests: providers behind one router, with budgets, usage and a cache. */
export interface Models {
  /** One answer. @throws ModelError for every way in which there is none */
  ask(request: RoutedRequest, options?: AskOptions): Promise<Answered>;
  /** A value of the shape `output`, with one repair. @throws ModelError as `ask`, and `invalidOutput` (MR4013) */
  askFor<Type extends z.ZodType>(
    request: Omit<RoutedRequest, 'output'> & { readonly output: Type },
    options?: AskOptions & { readonly repairs?: number },
  ): Promise<AnsweredValue<z.output<Type>>>;
  /** A conversation with tools that comes to a value. `converse(…)` of this room does it on top of `ask`. @throws ModelError */
  converse<Type extends z.ZodType>(
    conversation: Conversation<Type>,
    options?: ConverseOptions,
  ): Promise<Conversed<z.output<Type>>>;
  /** The same providers with the same health, limits and cool-downs, but kept elsewhere. */
  keptIn(place: ModelPlace): Models;
}
