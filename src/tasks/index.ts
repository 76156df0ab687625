/**
 * One attempt of one task, the same for every engine, and what a system is when it can run.
 *
 * @module
 */
export * from './attempt.ts';
export * from './errors.ts';
export * from './evidence/index.ts';
export * from './implement.ts';
export * from './json.ts';
export * from './logger.ts';
export * from './model/index.ts';
export * from './policy.ts';
export type * from './services.ts';
export * from './world/index.ts';
export * from './system.ts';
