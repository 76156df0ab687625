import type { CustomRule, Finding, Severity, SystemModel } from '../model/index.ts';

/** What a rule of the user's own is made of. */
export interface RuleDefinition {
  /** With a prefix of its own, such as `shop/task-names`. */
  readonly code: `${string}/${string}`;
  /** Default: `warning`. The config may set another one. */
  readonly severity?: Severity;
  /** Reports what it finds in a system. The model is frozen; nothing is awaited. */
  readonly check: (model: SystemModel, report: (finding: Finding) => void) => void;
}

/**
 * Makes a rule of your own, for `customRules` in `dsl.config.ts` or for `validateSystem`. When its check throws, that is
 * a diagnostic (MR1214), and the other rules go on.
 *
 * @example
 * ```ts
 * import { defineRule } from 'millrace/rules';
 *
 * export const taskNames = defineRule({
 *   code: 'shop/task-names',
 *   check(model, report) {
 *     for (const { name, location } of Object.values(model.tasks)) {
 *       if (!/^[a-z]/.test(name)) report({ message: `Task '${name}' begins with a capital.`, path: `tasks.${name}`, location });
 *     }
 *   },
 * });
 * ```
 */
export function defineRule(definition: RuleDefinition): CustomRule {
  const { code, severity = 'warning', check } = definition;
  return Object.freeze({ code, name: code, severity, check });
}
