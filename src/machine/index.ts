/**
 * Statecharts: the seam that compiled machines implement, the interpreter that is their measure, and the few helpers
 * that generated code imports. No dependency; runs in a browser.
 *
 * @module
 */
export { isActive, type SnapshotIn } from './active.ts';
export { createActor, type Actor, type ActorOptions } from './actor.ts';
export { checkContext, itemsOf, sendId } from './checks.ts';
export { checkSnapshot } from './check-snapshot.ts';
export { compiledMachine } from './compiled/compiled-machine.ts';
export { withoutConflicts, type Reach } from './compiled/conflicts.ts';
export { failed, fits, workFailed } from './compiled/helpers.ts';
export type { Cell, CompiledMachine, Keeper, Program, RegionalProgram } from './compiled/program.ts';
export { forgetWork, regionalMachine } from './compiled/regional-machine.ts';
export { settle } from './compiled/settle.ts';
export type {
  ActionDefinition,
  CallDefinition,
  ContextResult,
  ContextSchema,
  Lambda,
  MachineDefinition,
  MachineScope,
  RunDefinition,
  StateDefinition,
  TransitionDefinition,
} from './definition.ts';
export { delayOf } from './delay.ts';
export { matches, parseTarget, type Target } from '../core/index.ts';
export { createMachineHost, type MachineHandle, type MachineHost, type NewInstance } from './host/create-host.ts';
export type { Instance } from './host/instance.ts';
export type { HostDocument, StoredDelivery, StoredInstance, StoredTimer, StoredWork } from './host/persist/document.ts';
export type { RestoreOptions } from './host/persist/restore.ts';
export type { Emitted, HostOptions, MachineWithSchemas, Unhandled, Work, WorkContext } from './host/options.ts';
export { interpretMachine, type InterpretedMachine, type InterpretOptions } from './interpret.ts';
export type { Microstep, OnMicrostep } from './interpreter/interpretation.ts';
export * from './module.ts';
export { select, type Watched } from './select.ts';
export { targetOf } from './target.ts';
