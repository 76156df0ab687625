/**
 * What attempts keep that outlives them: their state, the results of their tools, what is to happen once for a key, results
 * that are kept for others. Virtual objects, which attempts call from inside, whatever they are at.
 *
 * @module
 */
export { cached } from './cached.ts';
export { rootOf } from './roots.ts';
export { forget, forgetFrom } from './step.ts';
export { attemptServices, type KeptServices } from './services.ts';
export { effectServices } from './objects.ts';
