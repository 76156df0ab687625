import type { Diagnostic } from '../diagnostic.ts';
import { freezeSystem } from '../freeze.ts';
import type { SystemModel } from '../nodes/system.ts';
import { add } from './add.ts';
import { checkShape } from './check.ts';
import type { Edit } from './edit.ts';
import { readEdit } from './edit-schema.ts';
import type { Step } from './find.ts';
import { isMap, maps, type MapName } from './grammar.ts';
import { Journal } from './journal.ts';
import { parsePath } from './path.ts';
import { move } from './move.ts';
import { Refused, refuse, toDiagnostic, type Problem } from './problem.ts';
import type { ReadText } from './read.ts';
import { missingNames, noteRemoval, stillNamed, type Removed } from './removed.ts';
import { remove, set } from './set.ts';
import { rename } from './rename/rename.ts';
import { Work } from './work.ts';

export interface ApplyOptions {
  /** Reads the texts of edits. Without it an edit with a `text` is refused. */
  readonly read?: ReadText;
}

/** What came of a list of edits: a new system, or why there is none. */
export interface AppliedEdits {
  readonly system?: SystemModel;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Applies a list of edits to a system, one after the other, all or none: a path means the system as the edits before
 * have left it. What names a renamed thing follows it, in lambdas and schemas, too. Nothing is removed as long as
 * something of the result names it. The system that is handed in stays as it is. Never throws for bad input: every
 * problem is a diagnostic (MR1780 to MR1788).
 *
 * @example
 * ```ts
 * import { applyEdits, type SystemModel } from 'millrace/model';
 *
 * const patient = (model: SystemModel) =>
 *   applyEdits(model, [
 *     { op: 'rename', path: 'tasks.charge', to: 'chargeCard' },
 *     { op: 'set', path: 'tasks.chargeCard.timeout', value: '1m' },
 *   ]);
 * ```
 */
export function applyEdits(model: SystemModel, edits: readonly Edit[], options: ApplyOptions = {}): AppliedEdits {
  if (!Array.isArray(edits)) {
    const problem: Problem = { code: 'MR1780', message: 'Edits come as a list.', location: model.location };
    return { diagnostics: [toDiagnostic(problem, '')] };
  }
  const { system, run, diagnostics } = applyAll(model, edits, options.read);
  const all = [...diagnostics, ...checkEnd(model, system, run)];
  return all.length > 0 ? { diagnostics: all } : { system: freezeSystem(system), diagnostics: all };
}

/** Applies edits one by one without looking at what they leave behind; nothing when one of them is refused. */
export function applyUnchecked(model: SystemModel, edits: readonly Edit[]): SystemModel | undefined {
  const { system, diagnostics } = applyAll(model, edits, undefined);
  return diagnostics.length > 0 ? undefined : system;
}

function applyAll(
  model: SystemModel,
  edits: readonly unknown[],
  read: ReadText | undefined,
): { readonly system: SystemModel; readonly run: Run; readonly diagnostics: readonly Diagnostic[] } {
  const run: Run = { journal: new Journal(), removed: [], touched: new Map(), read };
  const diagnostics: Diagnostic[] = [];
  let system = model;
  for (const [index, json] of edits.entries()) {
    const work = new Work(system);
    const step = { work, journal: run.journal };
    try {
      applyOne(run, step, json, index + 1);
      system = work.model;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const prefix = prefixOf(json, index + 1);
      diagnostics.push(...error.problems.map((problem) => toDiagnostic(problem, prefix)));
      noteFailed(run.journal, json);
    }
  }
  return { system, run, diagnostics };
}

/** What is known of a list of edits while it is applied. */
interface Run {
  readonly journal: Journal;
  readonly removed: Removed[];
  /** The definitions that were given something, each with the edit that did it last. */
  readonly touched: Map<string, { readonly map: MapName; readonly name: string; readonly prefix: string }>;
  readonly read: ReadText | undefined;
}

/** What can be told only when all edits are done: whether names still lead somewhere. */
function checkEnd(before: SystemModel, after: SystemModel, { removed, touched }: Run): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const one of removed) {
    const problem = stillNamed(after, one);
    if (problem !== undefined) diagnostics.push(toDiagnostic(problem, one.title));
  }
  for (const { map, name, prefix } of touched.values()) {
    const missing = missingNames(before, after, map, name);
    // What was removed and is needed is told above.
    const untold = missing.filter((use) => !removed.some((one) => one.what === 'definition' && one.name === use));
    const location = after[map][name]?.location ?? after.location;
    for (const use of untold) {
      const message = `code of ${maps[map]} '${name}' needs '${use}', which the system does not have.`;
      const hint = "Give it in the 'locals' or 'imports' of an 'add'.";
      diagnostics.push(toDiagnostic({ code: 'MR1784', message, hint, location }, prefix));
    }
  }
  return diagnostics;
}

function applyOne(run: Run, step: Step, json: unknown, number: number): void {
  const { work, journal } = step;
  const { read } = run;
  const parsed = readEdit(json);
  if ('problems' in parsed) {
    return refuse(
      'MR1780',
      work.model.location,
      `this is no edit: ${parsed.problems.join('; ')}.`.replace(/\?\.$/, '?'),
    );
  }
  const { edit } = parsed;
  switch (edit.op) {
    case 'add': {
      const path = add(step, edit, read);
      checkShape(work);
      noteTouched(run, work, prefixOf(json, number));
      journal.noteAdded(path, number);
      return;
    }
    case 'remove': {
      const note = noteRemoval(step, edit.path, number, prefixOf(json, number));
      const path = remove(step, edit);
      checkShape(work);
      run.removed.push(note);
      journal.noteRemoved(path, number);
      return;
    }
    case 'rename': {
      const { path, to } = rename(step, edit);
      checkShape(work);
      if (to !== path) journal.noteRenamed(path, to, number);
      followDefinition(run, path, to);
      return;
    }
    case 'move': {
      const path = move(step, edit);
      checkShape(work);
      const to = `${edit.into} ${edit.before}`;
      contradict(work, journal.otherMove(path, to));
      journal.noteMoved(path, to, number);
      return;
    }
    case 'set': {
      const { path, value, before } = set(step, edit, read);
      checkShape(work);
      noteTouched(run, work, prefixOf(json, number));
      contradict(work, journal.otherSet(path, value, before));
      journal.noteSet(path, value, number);
      return;
    }
    default:
      return edit satisfies never;
  }
}

function contradict(work: Work, other: number | undefined): void {
  if (other !== undefined) refuse('MR1785', work.model.location, `edit ${other} says something else about it.`);
}

/** What the edits after a refused one may rely on. */
function noteFailed(journal: Journal, json: unknown): void {
  const parsed = readEdit(json);
  if ('problems' in parsed) return;
  const { edit } = parsed;
  if (edit.op === 'add') journal.noteFailed(edit.path);
  if (edit.op === 'rename') journal.noteFailed(edit.path.replace(/[^./]+$/, () => edit.to));
}

function noteTouched({ touched }: Run, work: Work, prefix: string): void {
  for (const { map, name } of work.opened) touched.set(`${map}.${name}`, { map, name, prefix });
}

/** What was removed from a definition, or was given to it, is known by the newest name of the definition. */
function followDefinition({ removed, touched }: Run, path: string, to: string): void {
  const [map, from, ...rest] = piecesOf(path);
  const name = piecesOf(to)[1];
  if (map === undefined || !isMap(map) || from === undefined || name === undefined || rest.length > 0) return;
  for (const one of removed) if (one.map === map && one.definition === from) one.definition = name;
  const own = touched.get(`${map}.${from}`);
  if (own === undefined) return;
  touched.delete(`${map}.${from}`);
  touched.set(`${map}.${name}`, { ...own, name });
}

function piecesOf(path: string): readonly string[] {
  const parsed = parsePath(path);
  return 'pieces' in parsed ? parsed.pieces.map(({ name }) => name) : [];
}

function prefixOf(json: unknown, number: number): string {
  if (typeof json !== 'object' || json === null) return `Edit ${number}: `;
  const { op, path } = json as { readonly op?: unknown; readonly path?: unknown };
  return typeof op === 'string' && typeof path === 'string' ? `Edit ${number} (${op} '${path}'): ` : `Edit ${number}: `;
}
