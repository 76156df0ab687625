/**
 * What makes a system sound, and how problems are shown. Every rule has a folder, a code and a page in `docs/errors`.
 * Nothing here reads source code: it judges the model.
 *
 * @module
 */
export { defineExtension, type ExtensionDefinition, type ExtensionOf } from './define-extension.ts';
export { defineRule, type RuleDefinition } from './define-rule.ts';
export { codes, explain } from './explain.ts';
export { applyFixes, fixOf, type AppliedFixes } from './fix/index.ts';
export { rules } from './registry.ts';
export {
  codeFrame,
  github,
  json,
  pretty,
  reporters,
  sarif,
  type Reporter,
  type ReportFormat,
  type ReportOptions,
} from './report/index.ts';
export type { Finding, Issue, IssueContext, KnownPrices, Rule, RuleWorld } from './rule.ts';
export { features, type Feature } from './supported/index.ts';
export { validateSystem, type ValidateOptions, type Validation } from './validate.ts';
