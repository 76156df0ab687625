/**
 * What compiled flows are written against: contracts, calls and the Host.
 *
 * @module
 */
export * from './contract.ts';
export * from './host.ts';
