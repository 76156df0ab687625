import { resolve } from 'node:path';
import { shownPath } from '../../../core/shown-path.ts';
import { unifiedDiff } from '../../../core/unified-diff.ts';
import { pretty } from '../../../rules/index.ts';
import { upgradeSource } from '../../../source/upgrade/upgrade-source.ts';
import { readConfig } from '../../../project/config/config.ts';
import { findFiles } from '../../../project/kit/find-files.ts';
import type { Io } from '../../kit/io.ts';
import { packageVersion } from '../../../project/kit/package-root.ts';
import { writeTexts } from '../../../project/systems/fix/write.ts';
import { hasErrors } from '../../../project/systems/read.ts';
import { settleMigrations } from '../../../project/systems/settle.ts';
import { reportOptions } from '../../systems/show-diagnostics.ts';
import { recordedVersion } from './recorded.ts';

/** The options of `dsl upgrade`. */
export interface UpgradeArguments {
  readonly from?: string;
  readonly dryRun?: boolean;
  readonly check?: boolean;
}

/** Brings sources to the spelling of the installed version. Exit code 1 when errors are left, or with `check` changes. */
export async function upgrade(io: Io, globs: readonly string[], options: UpgradeArguments): Promise<number> {
  const { check = false, dryRun = false } = options;
  const config = await readConfig(io.cwd);
  const files = globs.length > 0 ? await findFiles(globs, io.cwd) : await findFiles(config.globs, config.root);
  // A migration that was interrupted has files in two versions: it is ended first.
  const settled = await settleMigrations(files, io.cwd);
  const from = options.from ?? recordedVersion(files, config.out);
  const to = packageVersion();
  const result = hasErrors(settled)
    ? { codemods: [], files: [], diagnostics: [] }
    : await upgradeSource(files, { cwd: io.cwd, ...(from !== undefined && { from }), to });
  if (!check && !dryRun) {
    writeTexts(
      new Map(result.files.map(({ path, text }) => [path, text])),
      new Map(result.files.map(({ path, before }) => [path, before])),
      'dsl upgrade',
    );
  }
  const diagnostics = [...settled, ...result.diagnostics.filter(({ severity }) => severity === 'error')];
  const diff = unifiedDiff(
    result.files.map(({ path, before, text }) => ({ path: shownPath(path, io.cwd), before, after: text })),
  );
  const isOk = !hasErrors(diagnostics) && !(check && result.files.length > 0);
  if (io.json) {
    const changed = result.files.map(({ path, changes }) => ({ file: shownPath(path, io.cwd), changes }));
    const { codemods } = result;
    io.document({
      ok: isOk,
      from: from ?? null,
      to,
      dryRun: check || dryRun,
      codemods,
      files: changed,
      diff,
      diagnostics,
    });
    return isOk ? 0 : 1;
  }
  if (dryRun && diff !== '') io.out(diff.trimEnd());
  for (const { path, changes } of result.files) {
    const names = Map.groupBy(changes, ({ codemod }) => codemod);
    const told = [...names].map(([name, { length }]) => (length === 1 ? name : `${name} (${length})`));
    io.note(`${check || dryRun ? 'would change' : 'changed'} ${shownPath(path, io.cwd)}: ${told.join(', ')}`);
  }
  if (result.files.length === 0 && !hasErrors(diagnostics)) {
    const since = from === undefined ? '' : ` since ${from}; \`--from 0.0.0\` tries every codemod`;
    io.note(`Nothing to upgrade${since}.`);
  }
  if (diagnostics.length > 0) {
    const texts = new Map(result.files.map(({ path, text }) => [path, text]));
    const { color, readSource } = reportOptions(io, 'note');
    // They are about the files as they are, or would be, after the upgrade.
    const read = (file: string): string | undefined => texts.get(resolve(io.cwd, file)) ?? readSource?.(file);
    io.note(pretty(diagnostics, { ...(color !== undefined && { color }), readSource: read }));
  }
  return isOk ? 0 : 1;
}
