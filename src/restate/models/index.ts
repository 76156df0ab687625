/**
 * Models that perform tasks on Restate: their budgets, what they have used, answers and notes are in virtual objects.
 *
 * @module
 */
export { modelServices } from './objects.ts';
export { performOn } from './perform.ts';
