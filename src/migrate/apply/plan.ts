import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemClock } from '../../core/index.ts';
import { shownPath } from '../../core/shown-path.ts';
import { unifiedDiff } from '../../core/unified-diff.ts';
import type { Diagnostic, SystemModel } from '../../model/index.ts';
import { chainsTo } from '../database/chains.ts';
import type { World } from '../database/world.ts';
import { MigrationError } from '../errors.ts';
import { planChain } from '../plan/chain.ts';
import { loadSteps, type LoadedSteps } from '../plan/load.ts';
import type { PlannedStep } from '../plan/planned-step.ts';
import { openQuestions } from '../plan/questions.ts';
import { misnamed } from '../plan/wrong-names.ts';
import { keptVersions, readSnapshot } from '../snapshots/snapshots.ts';
import { planSource } from '../source/source.ts';
import { WorkingCopy } from '../source/working-copy.ts';
import { compareVersions } from '../version/version.ts';
import type { MigrationOptions } from './apply.ts';
import { textOf } from './recover.ts';
import type { MigrationReport } from './report.ts';

/** What a migration is going to do. */
export interface Plan {
  readonly cwd: string;
  readonly head: Pick<MigrationReport, 'system' | 'from' | 'to' | 'dryRun' | 'steps'>;
  readonly source: MigrationReport['source'];
  readonly snapshot: string | null;
  /** Source files and the snapshot, absolute, with their new texts. */
  readonly files: ReadonlyMap<string, string>;
  /** Absolute. */
  readonly db: string | undefined;
  readonly shownDb: string | undefined;
  readonly world: World;
  readonly notes: readonly Diagnostic[];
  /** Why it cannot be. */
  readonly refused?: readonly Diagnostic[];
}

/** Works out what a migration is going to do. Changes nothing. */
export async function planMigration(
  options: MigrationOptions & { readonly entry: string; readonly cwd: string; readonly loaded?: LoadedSteps },
): Promise<Plan> {
  const { entry, cwd, clock = systemClock(), dryRun = false, allowDowngrade = false } = options;
  const file = shownPath(entry, cwd);
  const db = options.db === undefined ? undefined : resolve(cwd, options.db);
  const nothing = {
    cwd,
    head: { system: '', from: '', to: options.target ?? '', dryRun, steps: [] },
    source: { files: [], diff: '' },
    snapshot: null,
    files: new Map<string, string>(),
    db,
    shownDb: options.db,
    notes: [],
  };
  const noWorld = {
    id: '',
    system: '',
    target: '',
    stepsFrom: () => [],
    from: '',
    modelOf: () => undefined,
    live: undefined,
    now: 0,
  };
  const refuse = (refused: readonly Diagnostic[], head: Partial<Plan['head']> = {}): Plan => ({
    ...nothing,
    head: { ...nothing.head, ...head },
    world: noWorld,
    refused,
  });

  const { system, errors } = await new WorkingCopy(entry, cwd).system();
  if (system === undefined) return refuse(errors);
  const from = system.version;
  const to = options.target ?? from;
  const about = { system: system.name, from, to };
  const { files: steps, diagnostics: wrong } = options.loaded ?? (await loadSteps(entry, cwd));
  if (wrong.length > 0) return refuse(wrong, about);
  const chain =
    to === from && db !== undefined
      ? { steps: [], diagnostics: [] }
      : planChain({ files: steps, from, to, allowDowngrade, file });
  if (chain.diagnostics.length > 0) return refuse(chain.diagnostics, about);
  const questions = openQuestions(chain.steps, cwd);
  if (questions.length > 0) return refuse(questions, about);
  const source = await planSource({ entry, cwd, steps: chain.steps, target: to, clock });
  const { after, texts, snapshot } = source;
  if (after === undefined || source.diagnostics.some(({ severity }) => severity === 'error'))
    return refuse(source.diagnostics, about);
  const wrongNames = misnamed(chain.steps, after, entry, cwd);
  if (wrongNames.length > 0) return refuse(wrongNames, about);

  const files = new Map([...texts, ...(snapshot === undefined ? [] : [[snapshot.path, snapshot.text] as const])]);
  const changes = [...texts].map(([path, after]) => ({
    path: shownPath(path, cwd),
    before: textOf(path) ?? '',
    after,
  }));
  const plan = {
    ...nothing,
    head: {
      ...about,
      dryRun,
      steps: chain.steps.map(({ from, to, file, description, parts }) => ({
        from,
        to,
        file,
        ...(description !== undefined && { description }),
        ...(parts.tasks !== undefined && { tasks: parts.tasks }),
      })),
    },
    source: { files: changes.map(({ path }) => path), diff: unifiedDiff(changes) },
    snapshot: snapshot === undefined ? null : shownPath(snapshot.path, cwd),
    files,
    notes: source.diagnostics,
  };
  if (db === undefined) return { ...plan, world: noWorld };
  if (!existsSync(db)) throw noDatabase(options.db ?? db);
  const chainOf = chainsTo({ files: steps, to, allowDowngrade, file });
  const live = options.system ?? (await (await import('./bind-target.ts')).bindTarget(after, entry, texts));
  return {
    ...plan,
    world: {
      ...noWorld,
      system: system.name,
      target: to,
      from:
        options.from ??
        firstVersion(
          steps.map(({ step }) => step),
          to,
        ),
      stepsFrom: (version) => named(answered(chainOf(version), cwd), after, entry, cwd),
      modelOf: modelsOf(entry, cwd, system, [...(source.along ?? []), after]),
      live,
    },
  };
}

/** Of rows that do not say their version: the earliest from which there is a step. */
function firstVersion(steps: readonly { readonly from: string }[], target: string): string {
  return steps.map(({ from }) => from).sort(compareVersions)[0] ?? target;
}

/** @throws MigrationError MR3507 when a decision is missing in a step that rows have to take. */
function answered(steps: readonly PlannedStep[], cwd: string): readonly PlannedStep[] {
  const [question] = openQuestions(steps, cwd);
  if (question === undefined) return steps;
  throw new MigrationError('MR3507', `${question.file}:${question.line}: ${question.message}`, {
    ...(question.hint !== undefined && { hint: question.hint }),
  });
}

/** @throws MigrationError MR1825 when a step that rows have to take names something that its versions do not have. */
function named(steps: readonly PlannedStep[], after: SystemModel, entry: string, cwd: string): readonly PlannedStep[] {
  const [wrong] = misnamed(steps, after, entry, cwd);
  if (wrong === undefined) return steps;
  throw new MigrationError('MR1825', `${wrong.file}:${wrong.line}: ${wrong.message}`, {
    ...(wrong.hint !== undefined && { hint: wrong.hint }),
  });
}

/** The system at its versions: as the steps make it, as it was kept, else as the source says it. */
function modelsOf(
  entry: string,
  cwd: string,
  before: SystemModel,
  after: readonly SystemModel[],
): (version: string) => SystemModel | undefined {
  const known = new Map(after.map((system) => [system.version, system]));
  const kept = new Map(keptVersions(entry).map((each) => [each.version, each]));
  return (version) => {
    const found = kept.get(version);
    if (!known.has(version)) {
      kept.delete(version);
      const read = found && readSnapshot(found, cwd, before.name).snapshot?.model;
      const model = read ?? (version === before.version ? before : undefined);
      if (model !== undefined) known.set(version, model);
    }
    return known.get(version);
  };
}

function noDatabase(db: string): MigrationError {
  return new MigrationError('MR3516', `There is no database '${db}'.`, {
    hint: 'Name the file on which the system runs, with --db.',
  });
}
