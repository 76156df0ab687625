import { textIfThere } from '../../core/if-there.ts';
import { MillraceError } from '../../core/index.ts';
import { packageVersion } from '../../core/package-version.ts';
import { shownPath } from '../../core/shown-path.ts';
import type { Diagnostic, SystemModel } from '../../model/index.ts';
import type { Subject, TaskCase, Verifier } from '../contract.ts';
import { manifestFile } from '../keep/folders.ts';
import { digest } from '../keep/hash.ts';
import { printTaskManifest, readTaskManifest, type TaskManifest } from '../keep/manifest.ts';
import type { Places } from '../options.ts';
import { declaredCases, joinCases } from '../pipeline/cases.ts';
import { isStub } from '../slice/style.ts';
import { specHash } from '../subject/spec.ts';
import { needContracts, subjectOf } from '../subject/subject.ts';
import { projectTypes } from '../types/shared.ts';
import { createVerifier } from '../verify/verifier.ts';
import { finishWriting, writeTogether } from '../write/intent.ts';

/** What is to be accepted. */
export interface AcceptOptions {
  readonly system: SystemModel;
  readonly task: string;
  readonly places: Places;
  /** Default: the sandbox. */
  readonly verifier?: Verifier;
  readonly signal?: AbortSignal;
  /** The time, in ms since 1970. */
  readonly now?: () => number;
}

/** What came of it. */
export interface AcceptedTask {
  readonly task: string;
  /** The file of the implementation, absolute. */
  readonly file: string;
  /** Is it written down that the code is right? */
  readonly ok: boolean;
  /** How many cases were tried: examples of the declaration, and cases of a model for the present contract. */
  readonly cases: number;
  readonly problems: readonly Diagnostic[];
}

/**
 * Writes down that the code of a task is right as it stands, for the contract as it is now: after it was mended by hand,
 * or where a new contract asks for nothing else. It has to fit its types, and its cases have to hold in the sandbox:
 * the examples of the declaration, and what a model wrote for this very contract. Asks no model.
 *
 * @throws MillraceError MR5022 where there is no code; MR5001, MR5002, MR5003, MR5004, MR5005, MR5018, MR5019, MR5020 as
 * `writeTask`
 * @example
 * ```ts
 * import { acceptTask, type AcceptOptions } from 'millrace/generate';
 *
 * export async function accept(options: AcceptOptions): Promise<void> {
 *   const { ok, problems } = await acceptTask(options);
 *   if (!ok) for (const { code, message } of problems) console.error(code, message);
 * }
 * ```
 */
export async function acceptTask(options: AcceptOptions): Promise<AcceptedTask> {
  const { system, task, places, verifier = createVerifier(), signal, now = Date.now } = options;
  const subject = subjectOf(system, task, places);
  finishWriting(subject.root);
  const before = readTaskManifest(subject);
  const code = codeOf(subject);
  needContracts(subject);
  const types = await projectTypes(places);
  await types.contracts(subject);
  const said = { task, file: subject.file };
  const misfits = (await types.standing([subject], signal)).get(subject.file) ?? [];
  if (misfits.length > 0) return { ...said, ok: false, cases: 0, problems: misfits };
  const cases = casesFor(subject, before);
  if (cases.length > 0) {
    const reports = await verifier.run(code, cases, subject, signal === undefined ? {} : { signal });
    const problems = reports.flatMap((one) => (one.ok ? [] : one.problems));
    if (reports.some(({ ok }) => !ok)) return { ...said, ok: false, cases: cases.length, problems };
  }
  const manifest = accepted(subject, before, { at: new Date(now()).toISOString(), output: digest(code) });
  writeTogether(subject.root, [{ path: manifestFile(subject), text: printTaskManifest(manifest) }]);
  return { ...said, ok: true, cases: cases.length, problems: [] };
}

function codeOf({ file, root, task }: Subject): string {
  const text = textIfThere(file);
  if (text !== undefined && !isStub(text)) return text;
  throw new MillraceError(
    `There is no code of '${task.name}' to accept: ${shownPath(file, root)} ${text === undefined ? 'is not there' : 'is only begun'}.`,
    { code: 'MR5022', retryable: false, fault: 'input', details: { task: task.name, file } },
  );
}

/**
 * What the code is tried with. What a model wrote for another contract says nothing of this one, but for how the world
 * around an example looks; an example of a task that asks the world cannot be tried without one.
 */
function casesFor({ system, task }: Subject, before: TaskManifest | undefined): readonly TaskCase[] {
  const joined = joinCases(declaredCases(task), before?.cases ?? []);
  const isPresent = before?.spec === specHash(system, task);
  const isWorldly = Object.values(task.needs ?? {}).some((one) => (one?.length ?? 0) > 0);
  return joined.filter(({ origin, fakes }) => (origin === 'generated' ? isPresent : !isWorldly || fakes !== undefined));
}

function accepted(
  subject: Subject,
  before: TaskManifest | undefined,
  said: { readonly at: string; readonly output: string },
): TaskManifest {
  const spec = specHash(subject.system, subject.task);
  const standing = { spec, accepted: said };
  if (before !== undefined) return { ...before, standing };
  return {
    format: 1,
    tool: packageVersion(),
    system: subject.system.name,
    task: subject.task.name,
    origin: 'hand',
    key: '',
    spec,
    at: said.at,
    outputs: {},
    standing,
    cases: [],
    history: [],
  };
}
