/**
 * Models behind one interface: who provides them, what they cost, which one is asked.
 *
 * @module
 */
export type * from './contract.ts';
