/**
 * What a test of a system needs: time that moves by hand, randomness that can be repeated, and paths that take every
 * transition of a machine.
 *
 * @module
 */
export * from './paths/index.ts';
export { seededRandom } from './random.ts';
export { SimulatedClock, type SimulatedClockOptions } from './simulated-clock.ts';
