import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { shownPath } from '../../core/shown-path.ts';
import {
  applyEdits,
  diffSystems,
  isRaisedFor,
  likelyRenames,
  type Diagnostic,
  type Renames,
  type SystemDiff,
  type SystemModel,
} from '../../model/index.ts';
import { schemaComparison } from '../../source/index.ts';
import { loadSteps } from '../plan/load.ts';
import { keptVersions, newestSnapshot, readSnapshot } from '../snapshots/snapshots.ts';
import { WorkingCopy } from '../source/working-copy.ts';
import { compareVersions, isVersion, raised } from '../version/version.ts';
import { answersFor, type Answers, type Ask, type Told } from './answers.ts';
import { draft } from './draft.ts';
import { countQuestions } from './members.ts';
import { scaffoldText } from './text.ts';

/** What {@link scaffoldStep} is told. */
export interface ScaffoldOptions extends Told {
  /** The `.dsl.ts` of the system. */
  readonly entry: string;
  /** What paths are relative to. Default: the working directory. */
  readonly cwd?: string;
  /** The kept version to begin at. Default: the newest up to the source's. */
  readonly from?: string;
  /** The version that the step leads to. Default: the source's, or the next that the changes demand. */
  readonly to?: string;
  readonly description?: string;
  /** Asks what became of something that is gone. Default: nobody; then it stands as a question in the step. */
  readonly ask?: Ask;
}

/** A step to the present source, which nobody has written yet. */
export interface Scaffold {
  readonly system: string;
  readonly from: string;
  readonly to: string;
  /** The module, absolute, and its text. Absent when nothing changed. */
  readonly module?: { readonly path: string; readonly text: string; readonly exists: boolean };
  /** Does the source say that version already? */
  readonly isRaised: boolean;
  /** How many decisions are left to a person. */
  readonly placeholders: number;
  readonly renames: Renames;
  /** What differs beside the renames. */
  readonly diff: SystemDiff;
}

/** What came of scaffolding: a step, or why there is none. */
export interface ScaffoldResult {
  readonly scaffold?: Scaffold;
  readonly diagnostics: readonly Diagnostic[];
}

/** See `scaffoldStep` of `millrace/migrate`. */
export async function scaffoldStep(options: ScaffoldOptions): Promise<ScaffoldResult> {
  const { cwd = process.cwd() } = options;
  const entry = resolve(cwd, options.entry);
  const file = shownPath(entry, cwd);
  const refuse = (code: string, message: string, hint: string): ScaffoldResult => {
    const place = { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
    return { diagnostics: [{ code, severity: 'error', message, ...place, hint }] };
  };
  const wrong = [options.from, options.to].find((version) => version !== undefined && !isVersion(version));
  if (wrong !== undefined) {
    return refuse('MR1820', `'${wrong}' is not a version.`, "Write three numbers with dots, such as '2.0.0'.");
  }
  const { system: after, errors } = await new WorkingCopy(entry, cwd).system();
  if (after === undefined) return { diagnostics: errors };
  const kept = keptBefore(entry, cwd, after, options.from);
  if (kept.before === undefined) {
    if (kept.diagnostics.length > 0) return { diagnostics: kept.diagnostics };
    const which =
      options.from === undefined
        ? `No version of '${after.name}' is kept`
        : `Version ${options.from} of '${after.name}' is not kept`;
    const hint = `Keep the version that runs now before you change the source: \`dsl migrate ${file} --snapshot\`. \`git stash\` brings it back for a moment.`;
    return refuse('MR1828', `${which}, so there is nothing to compare the source with.`, hint);
  }
  const { before } = kept;
  const { diagnostics: wrongAnswers, ...answers } = await answersFor(before, after, file, options, options.ask);
  if (wrongAnswers.length > 0) return { diagnostics: wrongAnswers };
  const diff = await residue(before, after, answers);
  const to = options.to ?? targetOf(before, after, diff, answers);
  if (compareVersions(to, before.version) <= 0) {
    return refuse(
      'MR1820',
      `${to} is not later than ${before.version}, which is kept.`,
      'Name a later version: --to VERSION.',
    );
  }
  const base = {
    system: after.name,
    from: before.version,
    to,
    isRaised: after.version === to,
    renames: answers.renames,
    diff,
  };
  const isSame = diff.breaking.length + diff.compatible.length + answers.renames.size === 0;
  if (isSame && after.version === before.version) return { scaffold: { ...base, placeholders: 0 }, diagnostics: [] };
  const members = draft({ before, after, answers, diff, guesses: likelyRenames(before, after, answers.renames) });
  const text = scaffoldText({
    ...base,
    members,
    ...(options.description !== undefined && { description: options.description }),
  });
  const path = join(dirname(entry), 'migrations', `${before.version}-to-${to}.ts`);
  const { files } = await loadSteps(entry, cwd);
  const other = files.find(({ step, path: at }) => step.from === before.version && step.to === to && at !== path);
  const exists = existsSync(path);
  if (other !== undefined || (exists && readFileSync(path, 'utf8') !== text)) {
    const there = other?.file ?? shownPath(path, cwd);
    return refuse(
      'MR1827',
      `'${there}' leads from ${before.version} to ${to} already, and is left as it is.`,
      'Go on with that one, or take it away and plan again.',
    );
  }
  const scaffold = { ...base, module: { path, text, exists }, placeholders: countQuestions(members) };
  return { scaffold, diagnostics: tooLow(before, to, diff, answers, file, after) };
}

function keptBefore(
  entry: string,
  cwd: string,
  after: SystemModel,
  from: string | undefined,
): { readonly before?: SystemModel; readonly diagnostics: readonly Diagnostic[] } {
  const named = keptVersions(entry).find(({ version }) => version === from);
  const { snapshot, diagnostics } =
    from === undefined
      ? newestSnapshot(entry, cwd, after.name, after.version)
      : named === undefined
        ? { diagnostics: [] }
        : readSnapshot(named, cwd, after.name);
  return { ...(snapshot !== undefined && { before: snapshot.model }), diagnostics };
}

/** What differs once everything is called as it is now. */
async function residue(before: SystemModel, after: SystemModel, { renames }: Answers): Promise<SystemDiff> {
  // What lies deeper goes first: its path names what is around it as that was called.
  const edits = [...renames]
    .toSorted(([a], [b]) => b.length - a.length)
    .map(([path, to]) => ({ op: 'rename', path, to }) as const);
  const { system = before } = applyEdits(before, edits);
  const compareSchemas = await schemaComparison();
  const { breaking, compatible } = diffSystems({ ...system, version: after.version }, after, { compareSchemas });
  return { breaking, compatible };
}

/** The kind of change that the version must be raised for: to be called otherwise breaks, too. */
const demand = ({ breaking }: SystemDiff, { renames }: Answers): 'breaking' | 'compatible' =>
  breaking.length + renames.size > 0 ? 'breaking' : 'compatible';

function targetOf(before: SystemModel, after: SystemModel, diff: SystemDiff, answers: Answers): string {
  return compareVersions(after.version, before.version) > 0
    ? after.version
    : raised(before.version, demand(diff, answers));
}

function tooLow(
  before: SystemModel,
  to: string,
  diff: SystemDiff,
  answers: Answers,
  file: string,
  after: SystemModel,
): readonly Diagnostic[] {
  if (isRaisedFor(before.version, to, demand(diff, answers))) return [];
  const message = `${before.version} to ${to} is too little for a breaking change.`;
  const hint = `The first number (below 1.0.0 the second) says so: ${raised(before.version, 'breaking')}.`;
  return [{ code: 'MR1830', severity: 'warning', message, ...after.location, file, hint }];
}
