/**
 * What every engine says and decides alike of machine instances.
 *
 * @module
 */
export * from './errors.ts';
export { addressee, asJson, parsedFor, type Sending } from './sending.ts';
