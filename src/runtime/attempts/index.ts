/**
 * When an attempt of a task may begin, and who makes it.
 *
 * @module
 */
export type { Asker } from './asker.ts';
export * from './attempts.ts';
export { Admission } from './admission.ts';
export { checkPriority } from './priority.ts';
export { checkLimits, type ProcessLimits } from '../../engine/index.ts';
export type { LimitsView, LimitView } from './view.ts';
