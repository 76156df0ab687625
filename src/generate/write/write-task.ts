import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { taskStub } from '../../compiler/index.ts';
import { packageVersion } from '../../core/package-version.ts';
import { shownPath } from '../../core/shown-path.ts';
import { unifiedDiff } from '../../core/unified-diff.ts';
import type { Subject } from '../contract.ts';
import { generate, type Generation } from '../generate-task.ts';
import { manifestFile } from '../keep/folders.ts';
import {
  feedbackOf,
  ownHashes,
  printTaskManifest,
  readTaskManifest,
  standingSpec,
  type Past,
  type Standing,
  type TaskManifest,
} from '../keep/manifest.ts';
import type { FileOutcome, GenerateOptions, WrittenTask } from '../options.ts';
import { isStub } from '../slice/style.ts';
import { specHash } from '../subject/spec.ts';
import { digest, hashOfFile } from '../keep/hash.ts';
import { subjectOf } from '../subject/subject.ts';
import { finishWriting, refused, writeTogether, type Change } from './intent.ts';

/** More of the past is in version control. */
const mostHistory = 20;

/**
 * As `generateTask`, and then writes what passed: implementation, tests and manifest, all or none. A file that somebody
 * has changed, or that was never generated, is not overwritten: the new one stands beside it as `.new`, and the outcome
 * has the difference. Of a failure nothing is written. Without `models` a scaffold is written where nothing is.
 *
 * @throws MillraceError as `generateTask`; MR5018 for a manifest that cannot be read, MR5019 when the file system refuses
 * @example
 * ```ts
 * import { writeTask, type GenerateOptions } from 'millrace/generate';
 *
 * export async function write(options: GenerateOptions): Promise<void> {
 *   const { success, error, files, report } = await writeTask(options);
 *   if (!success) console.error(error?.message);
 *   for (const { path, action } of files) console.log(action, path);
 *   console.log(report.calls, 'calls');
 * }
 * ```
 */
export async function writeTask(options: GenerateOptions): Promise<WrittenTask> {
  const early = subjectOf(options.system, options.task, options.places, options.imports);
  finishWriting(early.root);
  // What cannot be written later need not be paid.
  readTaskManifest(early);
  const generation = await generate(options);
  const { result, subject } = generation;
  if (!result.success && result.origin !== 'scaffold') return { ...result, files: [] };
  options.onProgress?.({ task: options.task, stage: 'write', attempt: Math.max(1, result.attempts) });
  return { ...result, files: commit(subject, generation, options) };
}

function commit(subject: Subject, generation: Generation, options: GenerateOptions): readonly FileOutcome[] {
  const { result } = generation;
  const before = readTaskManifest(subject);
  const stub = taskStub(subject.system, subject.task.name, { ...options.places, toolVersion: '' }).text;
  const planned: { readonly path: string; readonly text: string }[] = [{ path: subject.file, text: result.code }];
  if (result.tests !== '') planned.push({ path: subject.testFile, text: result.tests });
  const outcomes = planned.map((file) =>
    judgeFile(subject, file, before, file.path === subject.file ? [digest(stub)] : []),
  );
  // A scaffold is something to begin with: where there is code, it stays, whoever wrote it.
  if (result.origin === 'scaffold' && isCode(subject.file)) return [{ path: subject.file, action: 'unchanged' }];
  // Tests belong to their code: where the code is only proposed, so are they.
  const together = outcomes.map((one) =>
    outcomes[0]?.action === 'proposed' && one.action === 'written' && existsSync(one.path)
      ? { ...one, action: 'proposed' as const, why: 'code' as const, diff: diffOf(subject, one.path, one.text) }
      : one,
  );
  const changes: Change[] = together.flatMap(({ path, text, action }) =>
    action === 'unchanged' ? [] : [{ path: action === 'proposed' ? `${path}.new` : path, text }],
  );
  const manifest = manifestOf(subject, generation, before, together, options);
  const text = manifest === undefined ? undefined : printTaskManifest(manifest);
  if (text !== undefined) changes.push({ path: manifestFile(subject), text });
  writeTogether(
    subject.root,
    changes.filter(({ path, text }) => hashOfFile(path) !== digest(text)),
  );
  return together.map(({ path, action, why, replaced, diff }) => ({
    path,
    action,
    ...(why === undefined ? {} : { why }),
    ...(replaced === undefined ? {} : { replaced }),
    ...(diff === undefined ? {} : { diff }),
  }));
}

function isCode(path: string): boolean {
  return existsSync(path) && !isStub(readFileSync(path, 'utf8'));
}

interface Judged extends FileOutcome {
  readonly text: string;
}

/** Ours to write, as it is already, or somebody else's. */
function judgeFile(
  subject: Subject,
  { path, text }: { readonly path: string; readonly text: string },
  manifest: TaskManifest | undefined,
  alsoOurs: readonly string[],
): Judged {
  const now = hashOfFile(path);
  if (now === digest(text)) return { path, text, action: 'unchanged' };
  if (now === undefined && existsSync(path))
    throw refused(`${shownPath(path, subject.root)} is no file that can be read`, subject.root);
  const ours = [...ownHashes(manifest, basename(path)), ...alsoOurs];
  if (now === undefined) return { path, text, action: 'written' };
  if (ours.includes(now)) return { path, text, action: 'written', replaced: true };
  return { path, text, action: 'proposed', why: 'changed', diff: diffOf(subject, path, text) };
}

function diffOf({ root }: Subject, path: string, after: string): string {
  return unifiedDiff([{ path: shownPath(path, root), before: readFileSync(path, 'utf8'), after }]);
}

/** What is written down; nothing where nothing has changed. */
function manifestOf(
  subject: Subject,
  { result, kept }: Generation,
  before: TaskManifest | undefined,
  files: readonly Judged[],
  { now = Date.now }: GenerateOptions,
): TaskManifest | undefined {
  const spec = specHash(subject.system, subject.task);
  const { key } = result.report;
  const same = before?.key === key && before.spec === spec && files.every(({ action }) => action === 'unchanged');
  if (same) return undefined;
  const hashes = (wanted: (one: Judged) => boolean): Record<string, string> =>
    Object.fromEntries(files.filter(wanted).map(({ path, text }) => [basename(path), digest(text)]));
  const proposed = hashes(({ action }) => action === 'proposed');
  return {
    format: 1,
    tool: packageVersion(),
    system: subject.system.name,
    task: subject.task.name,
    origin: result.origin === 'scaffold' ? 'scaffold' : 'generated',
    key,
    spec,
    at: new Date(now()).toISOString(),
    ...(kept === undefined ? {} : { from: kept.from }),
    ...(kept?.notes === undefined ? {} : { notes: kept.notes }),
    outputs: { ...before?.outputs, ...hashes(({ action }) => action !== 'proposed') },
    ...(Object.keys(proposed).length === 0 ? {} : { proposed }),
    ...(proposed[basename(subject.file)] === undefined ? {} : { standing: standingOf(before, subject) }),
    cases: kept?.cases ?? [],
    history: historyOf(before, subject),
  };
}

/** What code that stays as it is keeps to: what it kept to before something was put beside it. */
function standingOf(before: TaskManifest | undefined, subject: Subject): Standing {
  if (before === undefined) return {};
  const spec = standingSpec(before, subject);
  const accepted = before.standing?.accepted;
  return { ...(spec === undefined ? {} : { spec }), ...(accepted === undefined ? {} : { accepted }) };
}

/** What became of what was generated before, the latest first. */
function historyOf(before: TaskManifest | undefined, subject: Subject): readonly Past[] {
  if (before?.from === undefined) return before?.history ?? [];
  const { key, at, from } = before;
  const name = basename(subject.file);
  const last: Past = {
    key,
    at,
    promptVersion: from.prompt.version,
    provider: from.provider,
    model: from.model,
    output: before.proposed?.[name] ?? before.outputs[name] ?? '',
    feedback: feedbackOf(before, subject),
  };
  return [last, ...before.history].slice(0, mostHistory);
}
