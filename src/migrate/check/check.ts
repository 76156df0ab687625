import { resolve } from 'node:path';
import { shownPath } from '../../core/shown-path.ts';
import { hashSystem, type Diagnostic, type SystemModel } from '../../model/index.ts';
import { planChain } from '../plan/chain.ts';
import { loadSteps } from '../plan/load.ts';
import { openQuestions } from '../plan/questions.ts';
import { misnamed } from '../plan/wrong-names.ts';
import { keptVersions, readSnapshot } from '../snapshots/snapshots.ts';
import { WorkingCopy } from '../source/working-copy.ts';
import { compareVersions } from '../version/version.ts';

/** What came of looking at the versions of a system. */
export interface VersionCheck {
  readonly system?: SystemModel;
  /** The versions that are kept, the oldest first. */
  readonly versions: readonly string[];
  /** Whatever stands in the way of a migration. */
  readonly diagnostics: readonly Diagnostic[];
}

/** See `checkVersions` of `millrace/migrate`. */
export async function checkVersions(file: string, cwd: string = process.cwd()): Promise<VersionCheck> {
  const entry = resolve(cwd, file);
  const { system, errors } = await new WorkingCopy(entry, cwd).system();
  const kept = keptVersions(entry);
  const versions = kept.map(({ version }) => version);
  if (system === undefined) return { versions, diagnostics: errors };
  const shown = shownPath(entry, cwd);
  const diagnostics: Diagnostic[] = [];
  const { files, diagnostics: wrong } = await loadSteps(entry, cwd);
  for (const each of kept) {
    const { snapshot, diagnostics: unread } = readSnapshot(each, cwd, system.name);
    diagnostics.push(...unread);
    if (snapshot?.version !== system.version || hashSystem(snapshot.model) === hashSystem(system)) continue;
    const known = shownPath(each.path, cwd);
    // The step that the edits were made for may be there; it needs to be applied.
    const next = files.findLast(({ step }) => step.from === system.version)?.step.to;
    const run =
      next === undefined ? `--plan\` begins the next version` : `--to ${next}\` takes the step to the next version`;
    diagnostics.push({
      code: 'MR1831',
      severity: 'error',
      message: `The source differs from version ${system.version}, which was kept (${known}).`,
      ...system.location,
      file: shown,
      hint: `\`dsl diff ${known} ${shown}\` shows what differs; \`dsl migrate ${shown} ${run}.`,
    });
  }
  diagnostics.push(...wrong);
  const gaps = new Map<string, Diagnostic>();
  for (const from of versions.filter((version) => compareVersions(version, system.version) < 0)) {
    const { diagnostics: missing } = planChain({ files, from, to: system.version, file: shown });
    // Of one gap in the middle every earlier version would tell; the last of them says it shortest.
    for (const gap of missing) gaps.set(`${gap.code} ${gap.hint}`, gap);
  }
  // What fails to load is missing from the chain; that is said already.
  if (wrong.length === 0) diagnostics.push(...gaps.values());
  const all = files.flatMap(
    (each) => planChain({ files: [each], from: each.step.from, to: each.step.to, file: shown }).steps,
  );
  diagnostics.push(...openQuestions(all, cwd), ...misnamed(all, system, entry, cwd));
  return { system, versions, diagnostics };
}
