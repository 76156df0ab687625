/**
 * One attempt of one task, the same for every engine, and what a system is when it can run.
 *
 * @module
 */
export * from './implement.ts';
export * from './logger.ts';
export * from './system.ts';
