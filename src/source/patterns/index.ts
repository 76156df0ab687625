import type { Edit } from '../../model/index.ts';
import { expandOrThrow } from './expand.ts';
import type { Fields, FieldType, PatternOptions } from './pattern.ts';

/** What takes time elsewhere, with names of its own where the usual ones will not do. */
type Named<K extends string> = string | ({ readonly id: string } & { readonly [Key in K]?: string });

/** Parameters of {@link patterns}`.mapReduce`. */
export interface MapReduceParameters {
  /** The flow. */
  readonly name: string;
  /** The task for each item. */
  readonly map: string;
  /** The task for all results. */
  readonly reduce: string;
  readonly item?: FieldType;
  readonly value?: FieldType;
  readonly concurrency?: number;
}

/** Parameters of {@link patterns}`.pipeline`. */
export interface PipelineParameters {
  readonly name: string;
  /** `'clean'` is short for `{ id: 'clean', run: 'runClean' }`; `run` is a task. */
  readonly stages: readonly Named<'run'>[];
  readonly data?: FieldType;
}

/** Parameters of {@link patterns}`.approval`. */
export interface ApprovalParameters {
  readonly name: string;
  /** The event that brings the decision. */
  readonly event: string;
  /** The tasks that ask, do what was approved, and tell what was refused. */
  readonly ask: string;
  readonly perform: string;
  readonly refuse: string;
  /** How long the decision may take; default 3 days. */
  readonly timeout?: string;
  /** The first field says which request a decision is about. */
  readonly input?: Fields;
}

/** Parameters of {@link patterns}`.saga`. */
export interface SagaParameters {
  readonly name: string;
  /** `'flight'` is short for `{ id: 'flight', do: 'doFlight', undo: 'undoFlight' }`; both are tasks. */
  readonly steps: readonly Named<'do' | 'undo'>[];
  readonly input?: Fields;
}

/** Parameters of {@link patterns}`.retryUntil`. */
export interface RetryUntilParameters {
  readonly name: string;
  /** The task that starts the job. */
  readonly start: string;
  /** The task that asks whether it is done. */
  readonly check: string;
  readonly every?: string;
  readonly max?: number;
  readonly input?: Fields;
}

/**
 * What many systems need, as edits that put it into one: for `editSystem`, or as JSON. Each adds its tasks and events, and
 * one flow. What is there already is not overwritten: an edit that adds what stands is refused.
 *
 * @throws MillraceError MR2035 with all that is wrong with the parameters. `expandPattern` tells it without throwing.
 * @example
 * ```ts
 * import { patterns } from 'millrace/source';
 *
 * const edits = patterns.saga({ name: 'bookTrip', steps: ['flight', 'hotel', { id: 'car', do: 'rentCar', undo: 'returnCar' }] });
 * ```
 */
export const patterns = Object.freeze({
  mapReduce: (parameters: MapReduceParameters, options?: PatternOptions): readonly Edit[] =>
    expandOrThrow('map-reduce', parameters, options),
  pipeline: (parameters: PipelineParameters, options?: PatternOptions): readonly Edit[] =>
    expandOrThrow('pipeline', parameters, options),
  approval: (parameters: ApprovalParameters, options?: PatternOptions): readonly Edit[] =>
    expandOrThrow('approval', parameters, options),
  saga: (parameters: SagaParameters, options?: PatternOptions): readonly Edit[] =>
    expandOrThrow('saga', parameters, options),
  retryUntil: (parameters: RetryUntilParameters, options?: PatternOptions): readonly Edit[] =>
    expandOrThrow('retry-until', parameters, options),
});
