/**
 * What a test of a system needs: time that moves by hand, and randomness that can be repeated.
 *
 * @module
 */
export { seededRandom } from './random.ts';
export { SimulatedClock, type SimulatedClockOptions } from './simulated-clock.ts';
