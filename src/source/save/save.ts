import { deepFreeze } from '../../core/index.ts';
import type { Diagnostic, SystemModel } from '../../model/index.ts';
import { difference, said } from '../print/same.ts';
import { openSource } from '../read.ts';
import { addDefinitions } from './added.ts';
import { changesOf, definitionsOf, type Changes } from './changes.ts';
import { changeDefinition, changeSystem } from './changed.ts';
import { declaredFirst } from './declared-first.ts';
import { applyEdits } from './edits.ts';
import { Job } from './job.ts';
import { bringWhatIsNeeded, changeLocals } from './needed.ts';
import { removeDefinitions } from './removed.ts';

type ReadFile = (path: string) => Uint8Array | string;

/** The files that change, with their new texts, or why they cannot. */
export interface Saving {
  readonly texts: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
  /** Do the files say something else than the model that the change was made on? */
  readonly isOlder?: true;
}

/** How a model is saved. */
export interface SavingOptions {
  /** The model that the change was made on, if the files must still say it. */
  readonly base?: SystemModel | undefined;
  /** The texts are half way from one model to another: what is wrong with them is not for the user. */
  readonly isTorn?: boolean;
}

const nothing: ReadonlyMap<string, string> = new Map();

/** Works out what the files of a system must say so that a model is read from them. Loads the parser. */
export function textsOf(
  model: SystemModel,
  path: string,
  cwd: string,
  readFile: ReadFile,
  { base, isTorn = false }: SavingOptions = {},
): Saving {
  const after = deepFreeze(structuredClone(model));
  const { result, opened } = openSource(path, cwd, readFile);
  const { system: before } = result;
  const errors = result.diagnostics.filter(({ severity }) => severity === 'error');
  if (before === undefined || opened === undefined || (errors.length > 0 && !isTorn))
    return { texts: nothing, diagnostics: errors };
  if (difference(before, after) === undefined) return { texts: nothing, diagnostics: errors };
  if (base !== undefined && difference(before, base) !== undefined)
    return { texts: nothing, diagnostics: [], isOlder: true };
  const changes = changesOf(before, after);
  let whole: ReadonlySet<string> = new Set();
  for (;;) {
    const job = new Job(opened, before, after, changes);
    const texts = textsOfJob(job, whole);
    if (job.diagnostics.length > 0) return { texts: nothing, diagnostics: job.diagnostics };
    const again = openSource(path, cwd, (file) => texts.get(file) ?? readFile(file)).result;
    const failed = again.diagnostics.filter(({ severity }) => severity === 'error');
    const where = again.system === undefined ? '' : difference(after, again.system);
    if (where === undefined && failed.length === 0) return { texts, diagnostics: notes(job, whole) };
    const more = wholeNext(changes, after, failed.length > 0 ? undefined : again.system, whole);
    if (more === undefined) return { texts: nothing, diagnostics: [refused(job, where ?? '', failed)] };
    whole = more;
  }
}

function textsOfJob(job: Job, whole: ReadonlySet<string>): ReadonlyMap<string, string> {
  const { changes, opened } = job;
  const members = new Map(opened.members.map((member) => [member.name, member]));
  if (changes.head) changeSystem(job);
  for (const change of changes.changed) {
    const member = members.get(change.after.name);
    if (member !== undefined) changeDefinition(job, member, change, whole.has(change.after.name));
  }
  changeLocals(job);
  removeDefinitions(job);
  addDefinitions(job);
  for (const module of job.edits.keys()) bringWhatIsNeeded(job, module);
  return new Map(
    [...job.edits].flatMap(([module, edits]) => {
      const text = declaredFirst(module.text, applyEdits(module.text, edits), job.style(module));
      return text === module.text ? [] : [[module.path, text] as const];
    }),
  );
}

/** The definitions that are to be written as a whole when the smallest edits do not say what they should. */
function wholeNext(
  { changed }: Changes,
  after: SystemModel,
  again: SystemModel | undefined,
  whole: ReadonlySet<string>,
): ReadonlySet<string> | undefined {
  const read = again === undefined ? undefined : definitionsOf(again);
  const wrong = changed.flatMap(({ after: node }) => {
    const other = read?.get(node.name);
    return other !== undefined && said(other) === said(definitionsOf(after).get(node.name) as object)
      ? []
      : [node.name];
  });
  const next = new Set([...whole, ...wrong]);
  return next.size > whole.size ? next : undefined;
}

function notes({ after, opened }: Job, whole: ReadonlySet<string>): readonly Diagnostic[] {
  return [...whole].map((name) => {
    const { location } = definitionsOf(after).get(name) ?? after;
    const message = `'${name}' was written anew from its options on; comments inside of it are gone.`;
    return { code: 'MR1774', severity: 'info', message, ...location, file: opened.call.module.display };
  });
}

function refused({ after, opened }: Job, where: string, failed: readonly Diagnostic[]): Diagnostic {
  const [first] = failed;
  const place = { file: opened.call.module.display, line: 1, column: 1, endLine: 1, endColumn: 1 };
  const why =
    first === undefined
      ? `would be read as something else${where === '' ? '' : `, at '${where}'`}`
      : `would have an error: ${first.code} ${first.message}`;
  const hint = `Nothing was written. Does the model hold everything that it names, with \`uses\` of each piece of code?`;
  return {
    code: 'MR1771',
    severity: 'error',
    message: `System '${after.name}', as it would be written, ${why}`,
    ...place,
    hint,
  };
}
