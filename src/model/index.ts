/**
 * The system as data. Everything else in Millrace is a function from or to what stands here.
 *
 * @module
 */
export type { Audience, Break, Change, CompareSchemas, SchemaRelation } from './diff/change.ts';
export { diffSystems, type DiffOptions, type SystemDiff } from './diff/diff.ts';
export { likelyRenames, vanishedBetween, type Candidate, type Renames, type Vanished } from './diff/renamed.ts';
export { isRaisedFor } from './diff/version.ts';
export type { CustomRule, Finding, IssueContext } from './custom-rule.ts';
export type { Extension, ExtensionProblem, ExtensionTarget } from './extension.ts';
export type { Diagnostic, Fix, Severity, Suppression } from './diagnostic.ts';
export { applyEdits, type AppliedEdits, type ApplyOptions } from './edit/apply.ts';
export { editsBetween, type BetweenOptions } from './edit/between/between.ts';
export { composeTransformers, transformSystem, type SystemTransformer } from './edit/transform.ts';
export type { AddEdit, Edit, EditValue, MoveEdit, RemoveEdit, RenameEdit, SetEdit } from './edit/edit.ts';
export { parsePath, type ParsedPath, type PathPiece } from './edit/path.ts';
export type { FragmentKind, FragmentPlace, ReadText } from './edit/read.ts';
export { createSystem, freezeSystem, type SystemParts } from './freeze.ts';
export { hashFlow, hashMachine, hashModelTask, hashSystem } from './hash/hash.ts';
export { usedNames } from './hash/uses.ts';
export { toolsOf, type ModelTool } from './model-task.ts';
export * from './nodes/event.ts';
export * from './nodes/expression.ts';
export * from './nodes/flow.ts';
export * from './nodes/location.ts';
export * from './nodes/machine.ts';
export * from './nodes/policy.ts';
export * from './nodes/system.ts';
export * from './nodes/task.ts';
export { systemJsonSchema } from './schema/json-schema.ts';
export { parseSystem, type ParsedSystem } from './schema/parse.ts';
export {
  isSnapshot,
  parseSnapshot,
  printSnapshot,
  type HistoryEntry,
  type ParsedSnapshot,
  type Snapshot,
} from './snapshot/snapshot.ts';
export { normaliseText } from './text/normalise.ts';
export * from './visit/index.ts';
