/**
 * From one version of a system to the next: its source, the instances of its machines, and its runs in flight. What a
 * module in `migrations/` imports costs nothing; what reads, plans and applies is loaded when it is used.
 *
 * @module
 */
export { migration } from './step/migration.ts';
export { placeholder, type Placeholder } from './step/placeholder.ts';
export type { EventMap, InstanceFacts, InstanceMap, MigrationStep, RunFacts, RunMap, StepParts } from './step/step.ts';
