/** A decision that a person has to make. A step with one in it does not run. */
export interface Placeholder {
  readonly kind: 'placeholder';
  readonly question: string;
}

/**
 * Stands where a decision is missing. `dsl migrate` refuses the step and shows the question until something else
 * stands here.
 *
 * @example
 * ```ts
 * import { migration, placeholder } from 'millrace/migrate';
 *
 * export default migration({
 *   from: '1.0.0',
 *   to: '2.0.0',
 *   instances: { order: { states: { onHold: placeholder('Where do orders in "onHold" go?') } } },
 * });
 * ```
 */
export function placeholder(question: string): Placeholder {
  return Object.freeze({ kind: 'placeholder', question });
}
