/**
 * Statecharts: the seam that compiled machines implement. No dependency; runs in a browser.
 *
 * @module
 */
export * from './module.ts';
