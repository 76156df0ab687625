import { basename } from 'node:path';
import { textIfThere } from '../core/if-there.ts';
import { shownPath } from '../core/shown-path.ts';
import type { Diagnostic, SystemModel } from '../model/index.ts';
import { problemIn } from './codes.ts';
import type { Subject } from './contract.ts';
import { hashOfFile } from './keep/hash.ts';
import { feedbackOf, readTaskManifest, standingSpec } from './keep/manifest.ts';
import type { Places, TaskState } from './options.ts';
import { isStub } from './slice/style.ts';
import { specHash } from './subject/spec.ts';
import { needContracts, subjectOf } from './subject/subject.ts';
import { projectTypes } from './types/shared.ts';
import { finishWriting } from './write/intent.ts';

/**
 * How the implementations of a system stand to their contracts: what is missing, what was generated for another
 * contract, what does not fit the types. All files are type-checked together. Asks nobody, and changes nothing but what a
 * process that was killed had begun to write.
 *
 * @throws MillraceError MR5002, MR5003, MR5018, MR5020
 * @example
 * ```ts
 * import { taskStates, type Places } from 'millrace/generate';
 * import type { SystemModel } from 'millrace/model';
 *
 * export async function outdated(system: SystemModel, places: Places): Promise<string[]> {
 *   const states = await taskStates({ system, places });
 *   return states.filter(({ state }) => state === 'stale' || state === 'mismatch').map(({ task }) => task);
 * }
 * ```
 */
export async function taskStates({
  system,
  places,
}: {
  readonly system: SystemModel;
  readonly places: Places;
}): Promise<readonly TaskState[]> {
  const subjects = Object.values(system.tasks)
    .filter(({ model }) => model === undefined)
    .map(({ name }) => subjectOf(system, name, places));
  if (subjects[0] !== undefined) finishWriting(subjects[0].root);
  const done = subjects.filter((subject) => !isBegun(subject));
  let problems: ReadonlyMap<string, readonly Diagnostic[]> = new Map();
  if (done[0] !== undefined) {
    needContracts(done[0]);
    problems = await (await projectTypes(places)).standing(done);
  }
  return subjects.map((subject) => stateOf(subject, problems.get(subject.file) ?? [], places));
}

/** Is there no file yet, or one that does nothing? */
function isBegun({ file }: Subject): boolean {
  const text = textIfThere(file);
  return text === undefined || isStub(text);
}

function stateOf(subject: Subject, found: readonly Diagnostic[], { sourcePath }: Places): TaskState {
  const { task, file, root, system } = subject;
  const manifest = readTaskManifest(subject);
  const text = textIfThere(file);
  const feedback = manifest?.origin === 'generated' ? { feedback: feedbackOf(manifest, subject) } : {};
  const name = basename(file);
  // A proposal that was taken is generated code, too.
  const isTaken = text !== undefined && manifest?.proposed?.[name] === hashOfFile(file);
  const isOurs = manifest !== undefined && (manifest.outputs[name] !== undefined || isTaken);
  const origin = isOurs ? manifest.origin : 'hand';
  const about = { task: task.name, file, ...feedback };
  if (text === undefined) return { ...about, state: 'missing', origin, problems: [] };
  if (isStub(text)) {
    const asWritten = hashOfFile(file) === manifest?.outputs[name];
    return { ...about, state: 'stub', origin: asWritten ? 'scaffold' : 'hand', problems: [] };
  }
  if (found.length > 0) return { ...about, state: 'mismatch', origin, problems: found };
  const spec = manifest === undefined ? undefined : standingSpec(manifest, subject);
  if (spec !== undefined && spec !== specHash(system, task)) {
    const call = `dsl gen-task ${shownPath(sourcePath, root)} ${task.name}`;
    const problem: Diagnostic = {
      ...problemIn(
        shownPath(file, root),
        'MR5016',
        `'${task.name}' was ${origin === 'generated' ? 'generated' : 'accepted'} for another contract: it fits the types, but what it has to do may have changed.`,
        { line: 1, column: 1 },
        `\`${call}\` generates it anew. If it is right as it stands, \`${call} --accept\` tries it and says so.`,
      ),
      severity: 'warning',
    };
    return { ...about, state: 'stale', origin, problems: [problem] };
  }
  return { ...about, state: 'current', origin, problems: [] };
}
