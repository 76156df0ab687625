/**
 * Statecharts: the seam that compiled machines implement, the interpreter that is their measure, and the few helpers
 * that generated code imports. No dependency; runs in a browser.
 *
 * @module
 */
export type {
  ActionDefinition,
  CallDefinition,
  Lambda,
  MachineDefinition,
  MachineScope,
  RunDefinition,
  StateDefinition,
  TransitionDefinition,
} from './definition.ts';
export { interpretMachine } from './interpret.ts';
export * from './module.ts';
