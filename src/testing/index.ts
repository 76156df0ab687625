/**
 * What a test of a system needs: time that moves by hand, randomness that can be repeated, and paths that take every
 * transition of a machine.
 *
 * @module
 */
export { chaosProvider, type ChaosFault, type ChaosOptions } from '../llm/providers/chaos/index.ts';
export {
  scriptedProvider,
  type ScriptedProvider,
  type ScriptedProviderOptions,
  type ScriptedTurn,
} from '../llm/providers/scripted/index.ts';
export { checkDatabase, type Violation } from './check/index.ts';
export * from './crash/index.ts';
export {
  faultyStore,
  SimulatedCrash,
  type FaultPoint,
  type FaultyStore,
  type StoreFault,
} from './faulty-store/index.ts';
export * from './harness/index.ts';
export * from './paths/index.ts';
export { seededRandom } from './random.ts';
export * from './scenarios/index.ts';
export * from './scheduler/index.ts';
export * from './scripted/index.ts';
export * from './simulate/index.ts';
export { SimulatedClock, type SimulatedClockOptions } from './simulated-clock.ts';
export { tryTask, type TriedTask } from './try-task/index.ts';
export * from './wire-server/index.ts';
export { sampleInputs, type SampledInputs, type UnsupportedPart } from '../tasks/properties/index.ts';
export { fakeWorld, type FakeAsked, type FakeExchange, type Fakes, type FakeWorld } from '../tasks/index.ts';
