/**
 * Writes implementations of tasks with a model, and lets nothing out that is not verified.
 *
 * @module
 */
export type * from './contract.ts';
export type * from './options.ts';
