/**
 * The system as data. Everything else in Millrace is a function from or to what stands here.
 *
 * @module
 */
export type { Diagnostic, Fix, Severity } from './diagnostic.ts';
export * from './nodes/event.ts';
export * from './nodes/expression.ts';
export * from './nodes/flow.ts';
export * from './nodes/location.ts';
export * from './nodes/machine.ts';
export * from './nodes/policy.ts';
export * from './nodes/system.ts';
export * from './nodes/task.ts';
