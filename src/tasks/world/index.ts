/**
 * What of the world a task is given: the same rules in front of the real one and of one that is made of data.
 *
 * @module
 */
export type * from './edge.ts';
export { WorldError } from './errors.ts';
export { fakeWorld, type FakeWorld } from './fake.ts';
export type { FakeAsked } from './fake-exchanges.ts';
export { openWorld } from './open.ts';
export type * from './world.ts';
