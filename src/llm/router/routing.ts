import type { ModelAnswer, ModelEvent, Usage } from '../contract.ts';
import type { ModelError } from '../errors.ts';
import type { Asked, AskOptions, RoutedRequest } from '../models.ts';
import type { Money } from '../money/money.ts';
import type { Candidate, Tier } from './candidates.ts';
import type { Core } from './core.ts';
import type { Wanted } from './errors.ts';
import type { DecisionFor } from './events.ts';
import type { Books } from './place.ts';

/** A request on its way to an answer. */
export interface Routing {
  readonly core: Core;
  readonly books: Books;
  readonly wanted: Wanted;
  readonly wish: RoutedRequest;
  readonly options: AskOptions;
  readonly about: DecisionFor;
  /** Those who may answer, from the role that was asked for down. Later ones are made when it comes to them. */
  readonly tiers: readonly (() => Promise<Tier>)[];
  /** Why the first of them is not the role that was asked for; empty when it is. */
  readonly instead: string;
  readonly deadline: number;
  /** Aborted with a `ModelError`. */
  readonly over: AbortSignal;
  readonly hear: (event: ModelEvent | { readonly type: 'restart' }) => void;
}

/** What came of it. */
export interface Routed {
  readonly answer: ModelAnswer;
  readonly by: Candidate;
  readonly usage: Usage;
  readonly cost?: Money;
  readonly reason: string;
  readonly asked: readonly Asked[];
  readonly overrun?: ModelError;
}
