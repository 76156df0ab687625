/**
 * What compiled flows are written against: contracts, calls and the Host; and the interpreter that runs live flows
 * against the same Host.
 *
 * @module
 */
export * from './contract.ts';
export type * from './evidence.ts';
export { failureOf, failurePayload, type FailureContract } from './failure.ts';
export * from './graph.ts';
export * from './host.ts';
export * from './interpret/index.ts';
export type * from './model-task.ts';
export * from './prompt.ts';
export type * from './needs.ts';
