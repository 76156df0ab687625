/**
 * Writes implementations of tasks with a model, and lets nothing out that is not verified.
 *
 * @module
 */
export type * from './contract.ts';
export type * from './options.ts';
export { runCases, type RunOptions, type Verdict } from './sandbox/run-cases.ts';
export type { Wall } from './sandbox/walls.ts';
export { createVerifier } from './verify/verifier.ts';
