import type { Models } from '../../llm/index.ts';
import type { Place } from '../contract.ts';

/**
 * Lets models perform the tasks of the system that are declared so and have no code of their own. Gives a function to be
 * called when this process does no more.
 *
 * @throws RunError MR3288 when they are none. MillraceError MR4083, MR4070, MR4071 for budgets that are not right.
 */
export function performOn(_place: Place, _models: Models): () => void {
  throw new Error('Not yet.');
}
