import type { Clock } from '../../core/index.ts';
import { shownPath } from '../../core/shown-path.ts';
import { hashSystem, printSnapshot, type Diagnostic, type HistoryEntry, type SystemModel } from '../../model/index.ts';
import type { PlannedStep } from '../plan/planned-step.ts';
import { keptVersions, newestSnapshot, readSnapshot, snapshotPath } from '../snapshots/snapshots.ts';
import type { SourcePlan } from './source.ts';
import type { WorkingCopy } from './working-copy.ts';

/** Why edits cannot be applied to the source: the version that they were written for was kept, and is another. */
export function differsFromKept(
  { entry, cwd }: WorkingCopy,
  system: SystemModel,
  step: PlannedStep,
): readonly Diagnostic[] {
  const kept = keptVersions(entry).find(({ version }) => version === step.from);
  if (kept === undefined) return [];
  const { snapshot, diagnostics } = readSnapshot(kept, cwd, system.name);
  if (snapshot === undefined) return diagnostics;
  if (hashSystem(snapshot.model) === hashSystem(system)) return [];
  const [file, known] = [shownPath(entry, cwd), shownPath(kept.path, cwd)];
  return [
    {
      code: 'MR1822',
      severity: 'error',
      message: `The source differs from version ${step.from} (${known}), so '${step.file}' cannot edit it.`,
      ...system.location,
      file,
      hint: `\`dsl diff ${known} ${file}\` shows what differs. Take that back, or, when the source says ${step.to} already, remove \`source\` from the step.`,
    },
  ];
}

/** The snapshot of what came out, unless it is there. */
export function snapshotOf(
  { entry, cwd }: WorkingCopy,
  before: SystemModel,
  after: SystemModel,
  steps: readonly PlannedStep[],
  clock: Clock,
): Pick<SourcePlan, 'snapshot' | 'diagnostics'> {
  const path = snapshotPath(entry, after.version);
  const there = keptVersions(entry).find(({ version }) => version === after.version);
  if (there !== undefined) {
    const { snapshot, diagnostics } = readSnapshot(there, cwd, after.name);
    if (snapshot === undefined) return { diagnostics };
    return {
      diagnostics: hashSystem(snapshot.model) === hashSystem(after) ? [] : [disagrees(entry, cwd, path, after)],
    };
  }
  const last = newestSnapshot(entry, cwd, after.name, before.version);
  if (last.diagnostics.some(({ severity }) => severity === 'error')) return { diagnostics: last.diagnostics };
  const at = new Date(clock.now()).toISOString();
  const taken: readonly HistoryEntry[] = steps.map(({ from, to, description }) => ({
    from,
    to,
    at,
    ...(description !== undefined && { description }),
  }));
  // Somebody raised the version by hand.
  const byHand =
    steps.length === 0 && last.snapshot !== undefined ? [{ from: last.snapshot.version, to: after.version, at }] : [];
  const history = [...(last.snapshot?.history ?? []), ...taken, ...byHand];
  return { snapshot: { path, text: printSnapshot(after, history) }, diagnostics: [] };
}

function disagrees(entry: string, cwd: string, path: string, { version, location }: SystemModel): Diagnostic {
  const [file, known] = [shownPath(entry, cwd), shownPath(path, cwd)];
  return {
    code: 'MR1823',
    severity: 'error',
    message: `Version ${version} was kept before (${known}), and the source of that version says something else now.`,
    ...location,
    file,
    hint: `A released version does not change: raise the version (\`dsl migrate ${file} --plan\`). Was it never released? Then remove ${known}.`,
  };
}
