/**
 * When an attempt of a task may begin, and who makes it.
 *
 * @module
 */
export * from './attempts.ts';
