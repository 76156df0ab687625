/**
 * The engine for more than one machine: the same compiled modules on Restate. Flows are services, machine instances are
 * virtual objects, and what a run has done is in Restate's own journal.
 *
 * @module
 */
export { Driver } from './driver/driver.ts';
export { namesOf, type Names } from './names.ts';
