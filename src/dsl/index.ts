/**
 * The language: what a `.dsl.ts` file is written with. Types, and small live objects that a binder can read; nothing
 * heavy is loaded.
 *
 * @module
 */
export type { Duration } from '../core/index.ts';
export { agent, type Agent } from './agent.ts';
export type { Call } from './call.ts';
export type { Common, Hints } from './common.ts';
export { event, type Event, type EventRef, type PayloadOf } from './event/event.ts';
export type * from './extensions.ts';
export type { Failure } from '../core/index.ts';
export { failed, type Failed } from './event/failed.ts';
export { flow, type Flow, type FlowRef } from './flow/flow.ts';
export type { Approval } from './flow/options.ts';
export type { LiveBody, LiveFlow } from './flow/live.ts';
export type { LiveStep } from './flow/record.ts';
export type { Fragment, Steps } from './flow/steps.ts';
export type { Lambda, Live } from './live.ts';
export type { LiveAction, LiveMachine, LiveState, LiveTransition } from './machine/live.ts';
export { machine, type Machine } from './machine/machine.ts';
export type { MachineRef } from './machine/state.ts';
export { part, type Part } from './machine/part.ts';
export { resource, type Resource } from './resource.ts';
export { defineConfig, type Config } from './system/config.ts';
export type { ModelSettings, ProviderChoice } from './system/model-settings.ts';
export { system, type System } from './system/system.ts';
export type { Evidence } from './task/evidence.ts';
export type { LiveTask } from './task/live.ts';
export { task, type Task, type TaskRef } from './task/task.ts';
