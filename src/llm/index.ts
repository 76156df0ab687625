/**
 * Models behind one interface: who provides them, what they cost, which one is asked.
 *
 * @module
 */
export type * from './contract.ts';
export { collect } from './collect.ts';
export { ModelError, type ModelErrorKind, type ModelErrorOptions } from './errors.ts';
export * from './providers/scripted/index.ts';
