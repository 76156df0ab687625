/**
 * From a `.dsl.ts` file to the model, without running it; and from the model to live functions and schemas. The parser
 * is loaded when something is read, not before.
 *
 * @module
 */
export { editSystem, type EditOptions, type EditResult } from './edit/edit-system.ts';
export { SourceError } from './errors.ts';
export { keepFiles, type KeptFiles } from './files/kept.ts';
export { loadSystemFromDsl, type LoadOptions } from './load.ts';
export { expandPattern, type Expanded } from './patterns/expand.ts';
export {
  patterns,
  type ApprovalParameters,
  type MapReduceParameters,
  type PipelineParameters,
  type RetryUntilParameters,
  type SagaParameters,
} from './patterns/index.ts';
export type { FieldType, Fields, PatternOptions } from './patterns/pattern.ts';
export { convertDslToFlow, convertFlowToDsl, type ConvertedFlow } from './print/convert-flow.ts';
export { printSystem, type PrintedSystem } from './print/print-system.ts';
export type { ReadOptions, ReadResult } from './options.ts';
export { readSystem } from './read-system.ts';
export type { SaveResult } from './save/commit.ts';
export { saveSystemToDsl, type SaveOptions } from './save/save-system.ts';
export { schemaComparison } from './schemas/load.ts';
export type { UpgradeChange, UpgradedFile, UpgradeOptions, UpgradeResult } from './upgrade/options.ts';
export { upgradeSource } from './upgrade/upgrade-source.ts';
