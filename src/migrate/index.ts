/**
 * From one version of a system to the next: its source, the instances of its machines, and its runs in flight. What a
 * module in `migrations/` imports costs nothing; what reads, plans and applies is loaded when it is used.
 *
 * @module
 */
export { applyMigration, recoverMigration } from './apply/api.ts';
export type { MigrationOptions, MigrationProgress } from './apply/apply.ts';
export type { Recovery } from './apply/recover.ts';
export type { MigrationReport } from './apply/report.ts';
export { checkVersions, keepVersion, migrateSystem, scaffoldStep } from './api.ts';
export type { VersionCheck } from './check/check.ts';
export type { DatabaseReport, FlowReport, LeftRow, MachineReport } from './database/report.ts';
export { MigrationError } from './errors.ts';
export type { Ask } from './scaffold/answers.ts';
export type { Scaffold, ScaffoldOptions, ScaffoldResult } from './scaffold/scaffold.ts';
export type { KeepOptions, KeepResult } from './snapshots/keep.ts';
export type { KeptVersion } from './snapshots/snapshots.ts';
export { migration } from './step/migration.ts';
export { placeholder, type Placeholder } from './step/placeholder.ts';
export type {
  EventMap,
  InstanceFacts,
  InstanceMap,
  MigrationStep,
  RunFacts,
  RunMap,
  StateTarget,
  StepParts,
} from './step/step.ts';
export type { MigratedSystem, MigrateSystemOptions, Transformer } from './system/options.ts';
