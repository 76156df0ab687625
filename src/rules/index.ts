/**
 * What makes a system sound, and how problems are shown. Every rule has a folder, a code and a page in `docs/errors`.
 * Nothing here reads files or source code: it judges the model.
 *
 * @module
 */
export { pretty } from './report/pretty.ts';
export type { Reporter, ReportOptions } from './report/reporter.ts';
export { rules } from './registry.ts';
export type { Finding, Issue, IssueContext, Rule, RuleWorld } from './rule.ts';
export { validateSystem, type ValidateOptions, type Validation } from './validate.ts';
