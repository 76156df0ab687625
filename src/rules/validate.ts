import type { Location, Suppression, SystemModel } from '../model/index.ts';
import { isSystem } from '../model/is-system.ts';
import { rules } from './registry.ts';
import { isCustom } from './kit/may-be-off.ts';
import type { Finding, Issue, Rule, RuleWorld } from './rule.ts';
import { suppress } from './suppress/index.ts';

/** How a system is judged. */
export interface ValidateOptions extends RuleWorld {
  /** Codes or names of the rules that are switched off. */
  readonly off?: readonly string[];
  /** Rules besides those of Millrace. */
  readonly rules?: readonly Rule[];
  /** The comments of the source that switch warnings off, as `readSystem` gives them. */
  readonly suppressions?: readonly Suppression[];
  /** Where the source has what a finding is about, if it is known better than the finding says. */
  readonly placeOf?: (code: string, finding: Finding) => Location | undefined;
  /** The folder of the entry file, relative to the working directory: the diagnostics' files begin with it. */
  readonly folder?: string;
}

/** What was found. */
export interface Validation {
  /** Is there no error among the issues? */
  readonly success: boolean;
  /** By file and line, errors first where the place is the same. */
  readonly issues: readonly Issue[];
}

/**
 * Judges a system by all rules in one pass. Never throws: a rule that does is an issue of its own.
 *
 * @example
 * ```ts
 * import { validateSystem } from 'millrace/rules';
 * import type { SystemModel } from 'millrace/model';
 *
 * const errors = (model: SystemModel) =>
 *   validateSystem(model, { off: ['MR1212'] }).issues.filter(({ severity }) => severity === 'error');
 * ```
 */
export function validateSystem(model: SystemModel, options: ValidateOptions = {}): Validation {
  if (!isSystem(model)) return { success: false, issues: [notASystem] };
  const all = [...rules, ...(options.rules ?? [])];
  const isOff = (rule: Rule): boolean => options.off?.some((off) => off === rule.code || off === rule.name) === true;
  const ran = all.filter((rule) => !isOff(rule));
  const found: Issue[] = [];
  for (const rule of ran) {
    const report = (finding: Finding): void => {
      if (isCustom(rule.code)) checkFinding(finding);
      const location = options.placeOf?.(rule.code, finding) ?? finding.location;
      found.push(toIssue(rule, { ...finding, location }, options.folder));
    };
    try {
      const given: unknown = rule.check(model, report, options);
      if (isCustom(rule.code)) refusePromise(given);
    } catch (error) {
      found.push(brokenRule(rule, model, error, options.folder));
    }
  }
  const about: Issue[] = [];
  const world = {
    rules: all,
    // Whether tasks are implemented, and what models cost, may not be known.
    ran: ran.filter(
      ({ code }) =>
        (code !== 'MR1501' || options.implemented !== undefined) && (code !== 'MR1249' || options.models !== undefined),
    ),
    whole: options.partial !== true,
    shown: (file: string) => inFolder(file, options.folder),
  };
  const left = suppress(found, options.suppressions ?? [], world, (rule, finding) => {
    if (!isOff(rule)) about.push(toIssue(rule, finding, options.folder));
  });
  const issues = [...left, ...about];
  issues.sort(byPlace);
  return { success: !issues.some(({ severity }) => severity === 'error'), issues };
}

const notASystem: Issue = Object.freeze({
  code: 'MR1200',
  rule: 'model',
  severity: 'error',
  message: 'This is not a system: its kind, its name or one of its maps is missing.',
  path: '',
  file: '',
  line: 1,
  column: 1,
  endLine: 1,
  endColumn: 1,
  hint: 'Make one with readSystem, loadSystemFromDsl or createSystem; parseSystem tells all that is wrong with a JSON value.',
});

function toIssue(rule: Rule, finding: Finding, folder: string | undefined): Issue {
  const { message, path, location, severity = rule.severity, hint, related, fix, context } = finding;
  return {
    code: rule.code,
    rule: rule.name,
    severity,
    message,
    path,
    ...place(location, folder),
    ...(hint !== undefined && { hint }),
    ...(related !== undefined && {
      related: related.map((other) => ({
        message: other.message,
        file: inFolder(other.location.file, folder),
        line: other.location.line,
        column: other.location.column,
      })),
    }),
    ...(fix !== undefined && {
      fix: { ...fix, edits: fix.edits.map((edit) => ({ ...edit, file: inFolder(edit.file, folder) })) },
    }),
    ...(context !== undefined && { context }),
  };
}

/** What a rule of the user's reports may be anything. */
function checkFinding(finding: Partial<Finding> | undefined): void {
  const { message, location, severity = 'info', path } = finding ?? {};
  if (typeof message !== 'string' || message === '') throw new Error('a report needs a message.');
  if (typeof path !== 'string') throw new Error('a report needs the path of what it is about, such as `tasks.charge`.');
  const { file, line, column, endLine, endColumn } = (location ?? {}) as Partial<Location>;
  if (
    typeof file !== 'string' ||
    ![line, column, endLine, endColumn].every((at) => Number.isInteger(at) && Number(at) > 0)
  )
    throw new Error('a report needs the location of a node, such as `model.tasks.charge.location`.');
  if (!Object.hasOwn(rank, severity)) throw new Error(`'${severity}' is no severity: error, warning or info.`);
}

/** Whoever waits in a check would report when all is said. */
function refusePromise(given: unknown): void {
  if (typeof (given as { readonly then?: unknown } | undefined)?.then !== 'function') return;
  Promise.resolve(given).catch(() => {});
  throw new Error('its check is asynchronous; a rule has to be done when it returns.');
}

function brokenRule(rule: Rule, model: SystemModel, error: unknown, folder: string | undefined): Issue {
  const location = (model as Partial<SystemModel> | null)?.location ?? {
    file: '',
    line: 1,
    column: 1,
    endLine: 1,
    endColumn: 1,
  };
  return {
    code: 'MR1214',
    rule: rule.name,
    severity: 'error',
    message: `The rule '${rule.name}'${rule.name === rule.code ? '' : ` (${rule.code})`} failed: ${error instanceof Error ? error.message : String(error)}`,
    path: '',
    ...place(location, folder),
    hint: isCustom(rule.code)
      ? `Mend the rule, or switch it off: rules: { '${rule.code}': 'off' } in dsl.config.ts.`
      : 'Was the model put together by hand? parseSystem tells what is wrong with it.',
  };
}

function place({ file, line, column, endLine, endColumn }: Location, folder: string | undefined): Location {
  return { file: inFolder(file, folder), line, column, endLine, endColumn };
}

function inFolder(file: string, folder: string | undefined): string {
  return folder === undefined || folder === '' || folder === '.' ? file : `${folder.replace(/\/$/, '')}/${file}`;
}

const rank = { error: 0, warning: 1, info: 2 } as const;

function byPlace(a: Issue, b: Issue): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return (
    a.line - b.line ||
    a.column - b.column ||
    rank[a.severity] - rank[b.severity] ||
    (a.code < b.code ? -1 : a.code > b.code ? 1 : 0)
  );
}
