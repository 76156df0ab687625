/**
 * The embedded engine: runs a bound system durably on one SQLite file.
 *
 * @module
 */
export type { RuntimeEvent, RuntimeEventType } from './bus.ts';
export { Client, connect } from './client.ts';
export type { Delivery, Dispatched, EventHandler, ReceivedEvent } from './dispatcher.ts';
export { EventError, OwnerError, RunError } from './errors.ts';
export type { PartialFailure } from './live-run.ts';
export type { RuntimeOptions } from './options.ts';
export { openReader, type EventView, type InstanceQuery, type Reader, type RunQuery } from './reader.ts';
export type {
  CreateOptions,
  FlowResult,
  SendOptions,
  SendResult,
  StartOptions,
  StartResult,
  StepResult,
  TaskResult,
} from './results.ts';
export { ReactiveSystemRuntime, type TaskCode } from './runtime.ts';
export type { HistoryView, InstanceView, RunView, StepStatus, StepView } from './views.ts';
