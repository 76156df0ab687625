import type { SystemModel } from '../model/index.ts';
import type { VersionCheck } from './check/check.ts';
import type { ScaffoldOptions, ScaffoldResult } from './scaffold/scaffold.ts';
import type { KeepOptions, KeepResult } from './snapshots/keep.ts';
import type { MigrationStep } from './step/step.ts';
import type { MigratedSystem, MigrateSystemOptions, Transformer } from './system/options.ts';

/**
 * Brings a model to another version, in memory: by a chain of steps, of which it takes the `source`, or by a function.
 * Without either, only the version is set. The model that is handed in stays as it is; the result has the target's
 * version, is judged by the rules, and each step adds an entry to the history.
 *
 * Nothing is thrown for bad input. Codes: MR1820 (a version that is none), MR1821 (it is there already), MR1819 (a
 * downgrade), MR1815 to MR1817 (steps that lead nowhere), MR1818 (a placeholder), MR1824 (a step failed), those of edits,
 * and those of the rules.
 *
 * @example
 * ```ts
 * import { migrateSystem } from 'millrace/migrate';
 * import { loadSystemFromDsl } from 'millrace/source';
 *
 * const model = await loadSystemFromDsl('orders.dsl.ts');
 * const { system, history, diagnostics } = await migrateSystem(model, '2.0.0', (old) => ({ ...old, description: 'New' }), {
 *   description: 'Says what it is',
 * });
 * for (const { code, message } of diagnostics) console.error(code, message);
 * console.log(system?.version, history.at(-1)?.at);
 * ```
 */
export async function migrateSystem(
  model: SystemModel,
  target: string,
  way: readonly MigrationStep[] | Transformer = [],
  options: MigrateSystemOptions = {},
): Promise<MigratedSystem> {
  return await (await import('./system/migrate-model.ts')).migrateModel(model, target, way, options);
}

/**
 * Keeps the present version of a system as `snapshots/VERSION.json` beside its source: what `dsl migrate --snapshot`
 * does. A version that was kept before must say the same (MR1823).
 *
 * @example
 * ```ts
 * import { keepVersion } from 'millrace/migrate';
 *
 * const { kept, diagnostics } = await keepVersion({ entry: 'orders.dsl.ts' });
 * for (const { code, message } of diagnostics) console.error(code, message);
 * console.log(kept?.path); // /…/snapshots/1.0.0.json
 * ```
 */
export async function keepVersion(options: KeepOptions): Promise<KeepResult> {
  return await (await import('./snapshots/keep.ts')).keepVersion(options);
}

/**
 * Looks at the versions of a system as `dsl migrate --check` does: the source against what was kept of its version
 * (MR1831), a chain of steps from every earlier version that was kept (MR1817), placeholders that are left (MR1818), and
 * what is wrong with steps and snapshots. Writes nothing.
 *
 * @example
 * ```ts
 * import { checkVersions } from 'millrace/migrate';
 *
 * const { diagnostics } = await checkVersions('orders.dsl.ts');
 * if (diagnostics.some(({ severity }) => severity === 'error')) process.exitCode = 1;
 * ```
 */
export async function checkVersions(file: string, cwd?: string): Promise<VersionCheck> {
  return await (await import('./check/check.ts')).checkVersions(file, cwd);
}

/**
 * Drafts the step from the last kept version of a system to its present source, and writes nothing: what is clear is
 * filled in, and each decision that only a person can make is a placeholder. MR1828: no version was kept; MR1820: a
 * version that is none, or not later; MR1829: an answer to something that is not asked; MR1830 (a warning): the version
 * is raised too little; MR1827: another module leads there, or this one was edited.
 *
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { scaffoldStep } from 'millrace/migrate';
 *
 * const { scaffold } = await scaffoldStep({ entry: 'orders.dsl.ts', rename: ['machines.order.states.paid=settled'] });
 * if (scaffold?.module !== undefined) writeFileSync(scaffold.module.path, scaffold.module.text);
 * ```
 */
export async function scaffoldStep(options: ScaffoldOptions): Promise<ScaffoldResult> {
  return await (await import('./scaffold/scaffold.ts')).scaffoldStep(options);
}
