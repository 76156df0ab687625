import type { Call } from './contract.ts';
import type { At } from './host.ts';

/** What a failed node means for the others: see `GraphOptions`. */
export type GraphFailure = 'failFast' | 'continueIndependent' | 'skip';

export interface GraphOptions<Failure extends GraphFailure = GraphFailure> {
  readonly at: At;
  /** At most so many nodes of a batch at a time. Default: all of it. */
  readonly concurrency?: number;
  /**
   * `'failFast'` (default): the others are cancelled, and the graph fails. `'continueIndependent'`: what needs a failed
   * node is skipped, everything else runs. `'skip'`: what needs it runs too, without its result.
   */
  readonly onFailure?: Failure;
}

/** The nodes of a graph, added one after the other. A node needs nodes above it. */
export interface GraphNodes<Done> {
  /** One task or child flow. `call` gets the results of what it needs. */
  node<const Id extends string, Result, const Needs extends keyof Done & string = never>(
    id: Id,
    call: (done: { readonly [K in Needs]: Done[K] }) => Call<Result>,
    options: { readonly at: At; readonly needs?: readonly Needs[] },
  ): GraphNodes<{ readonly [K in keyof Done | Id]: K extends keyof Done ? Done[K] : Result }>;
  /** Type only. */
  readonly '~done'?: Done;
}

/** The results by name; a graph that goes on after a failure may lack some. */
export type GraphValue<Done, Failure> = Failure extends 'failFast'
  ? Done
  : { readonly [K in keyof Done]: Done[K] | undefined };
