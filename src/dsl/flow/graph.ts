import type { TaskCall } from '../call.ts';
import type { NewId, With } from './scope.ts';

/**
 * The nodes of a graph. A node sees the results of the nodes that it `needs`, and can only need nodes above it: there
 * are no cycles to make.
 */
export interface GraphNodes<Scope, Done> {
  /** One task or child flow. Without `needs` it starts at once. */
  node<const Id extends string, Result, Needs extends keyof Done & string = never>(
    id: NewId<Id, Scope & Done>,
    call: (scope: GraphScope<Scope, Done, Needs>) => TaskCall<Result>,
    options?: { readonly needs: readonly Needs[] },
  ): GraphNodes<Scope, With<Done, Id, Result>>;
  /** Type only. */
  readonly '~done': Done;
}

type GraphScope<Scope, Done, Needs> = {
  readonly [K in keyof Scope | (Needs & keyof Done)]: K extends keyof Done
    ? Done[K]
    : K extends keyof Scope
      ? Scope[K]
      : never;
};

export interface GraphOptions<Failure> {
  /** At most so many nodes at a time. */
  readonly concurrency?: number;
  /** `'failFast'` (default) fails the flow; `'continueIndependent'` runs what does not need the failed node;
   * `'skip'` also runs what needs it, without its result. */
  readonly onFailure?: Failure;
}

/** The results by name; a graph that goes on after a failure may lack some. */
export type GraphValue<Done, Failure> = Failure extends 'failFast'
  ? Done
  : { readonly [K in keyof Done]: Done[K] | undefined };
