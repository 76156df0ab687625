/**
 * Where everything durable lives: one contract, kept by SQLite and by memory.
 *
 * @module
 */
export { StoreError } from './errors.ts';
export type * from './model-rows.ts';
export type * from './model-tables.ts';
export type * from './rows.ts';
export { openMemory } from './memory/store.ts';
export { openSqlite } from './sqlite/store.ts';
export type * from './store.ts';
export * from './work.ts';
