import type { ImportNode, LocalNode } from '../nodes/expression.ts';

/**
 * One change of a system, as data. Paths are those of {@link diffSystems}:
 *
 * - `version`, `description`, `tags`: fields of the system;
 * - `tasks.chargeCard`, `flows.pay`, `machines.order`, `contexts.billing`, `locals.Money`: definitions;
 * - `tasks.chargeCard.retry`: a field of one;
 * - `flows.pay.body.prepared/stock`: a step, and `….retry` a field of it;
 * - `machines.order.states.open`: a state, wherever it is nested (names are unique in a machine); `….entry` a field,
 *   `….on.pay` the transitions of an event, `….on.pay[0]`, `….always[1]` one transition, `….after[0]` a timer and
 *   `….after[0][0]` a transition of it, `….run.job` a run.
 *
 * A name that is not a plain word is put in quotes: `events."order.placed"`.
 */
export type Edit = AddEdit | RemoveEdit | RenameEdit | MoveEdit | SetEdit;

/** What an edit puts there: a node or value of the model, or the text that a `.dsl.ts` would have in that place. */
export type EditValue = { readonly value: unknown } | { readonly text: string };

/** Puts a definition, step, state, transition or other item where there is none. Refused where something stands. */
export type AddEdit = {
  readonly op: 'add';
  /** What is new: `tasks.refund`, `flows.pay.body.prepared/stock`, `machines.order.states.refunded`, `….on.pay[1]`. */
  readonly path: string;
  /** Of a state: the state that it goes into. Default: the machine itself. */
  readonly into?: string;
  /** The item of the same list before which it goes, by its last name or index. Default: the end. */
  readonly before?: string;
  /** Of a definition: the file it goes to, as in `model.files`. Default: the entry. */
  readonly file?: string;
  /** Declarations and imports of the source that its code needs and the system does not have yet. */
  readonly locals?: readonly LocalNode[];
  readonly imports?: readonly ImportNode[];
} & EditValue;

/** Takes something away. Refused while something else names it. */
export interface RemoveEdit {
  readonly op: 'remove';
  readonly path: string;
}

/** Gives a definition, state, step or local another name, and follows it everywhere: also into lambdas and schemas. */
export interface RenameEdit {
  readonly op: 'rename';
  readonly path: string;
  /** The new name alone: `settled`, not a path. */
  readonly to: string;
}

/** Puts a definition into another file, a state into another state, a step or item to another place of its list. */
export interface MoveEdit {
  readonly op: 'move';
  readonly path: string;
  /** A file of the system, for a definition. A state, or `''` for the machine itself, for a state. */
  readonly into?: string;
  /** The item of the (new) list before which it goes, by its last name or index. Default: the end. */
  readonly before?: string;
}

/** Changes a field. A `value` of `undefined` removes an optional one. */
export type SetEdit = { readonly op: 'set'; readonly path: string } & EditValue;
