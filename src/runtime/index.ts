/**
 * The embedded engine: runs a bound system durably on one SQLite file.
 *
 * @module
 */
export type { LimitsView, LimitView, ProcessLimits } from './attempts/index.ts';
export { auditLog, type AuditOptions, type AuditSink } from './audit.ts';
export type { RuntimeEvent, RuntimeEventType } from './bus.ts';
export { Client, connect } from './client.ts';
export type { CheckpointQuery, CheckpointView } from './checkpoints/checkpoints.ts';
export type { DecideAsks, DecideGives } from './decide.ts';
export type { DecisionView } from './decisions.ts';
export type { EnqueueAsks, EnqueueGives } from './enqueue.ts';
export type { Delivery, Dispatched, EventHandler, ReceivedEvent } from './dispatcher.ts';
export {
  EventError,
  type HistoryLimit,
  nodeWorld,
  OwnerError,
  RunError,
  type InstanceName,
  type NodeWorldOptions,
  type ResourceOption,
  type TaskCode,
} from '../engine/index.ts';
export type { ForkGives } from './fork/fork.ts';
export type { ForkAsks } from './fork/fork-plan.ts';
export type { PartialFailure } from './live-run.ts';
export type { DocumentEntry, DocumentTimer, DocumentWork, InstanceDocument } from './instances/document.ts';
export type { MachineMetrics } from './instances/metrics.ts';
export type { Spans } from './metrics/histogram.ts';
export { metricsContentType, type EngineMetrics } from './metrics/meter.ts';
export type { ModelMetrics } from './metrics/model-meter.ts';
export type { RestoreOptions } from './instances/restore.ts';
export type { RestoreResult } from './instances/restore-all.ts';
export type { RollbackGives } from './instances/rollback.ts';
export type { HistoryView, InstanceView } from './instances/views.ts';
export { Ledger, openLedger, type Begun, type LedgerEntry, type LedgerOptions } from './ledger/ledger.ts';
export type { ToolUse, ToolView } from './ledger/views.ts';
export type { RuntimeOptions } from './options.ts';
export type { UsageQuery, UsageView } from './models/usage.ts';
export type { PauseAsks, PauseGives } from './pause.ts';
export {
  openReader,
  type EventView,
  type HistoryQuery,
  type InstanceQuery,
  type Reader,
  type RunQuery,
} from './reader.ts';
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
export { pruneDatabase, type PrunedDatabase } from './retention/database.ts';
export type { PruneOptions, PruneReport } from './retention/prune.ts';
export type { ScheduleView } from './schedules/schedules.ts';
export type { RetryGives } from './rewind/retry.ts';
export type { RetryAsks } from './rewind/retry-plan.ts';
export { ReactiveSystemRuntime } from './runtime.ts';
export type { SpanLike, TelemetryApi, TracerLike, TraceOptions } from './telemetry/api.ts';
export { snapshotOf, type RunSnapshot } from './snapshot.ts';
export type { RunView, StepStatus, StepView } from './views.ts';
export type { WorkerCounts } from './workers/executor.ts';
export type { WorkView } from './workers/views.ts';
export type { WorkersOption } from './workers/settings.ts';
export type { LeaseView, WorkerEvent, WorkerOptions } from './workers/facts.ts';
export { Worker } from './workers/worker.ts';
