import type { Diagnostic } from '../diagnostic.ts';
import { freezeSystem } from '../freeze.ts';
import type { SystemModel } from '../nodes/system.ts';
import { add } from './add.ts';
import { checkShape } from './check.ts';
import type { Edit } from './edit.ts';
import { readEdit } from './edit-schema.ts';
import type { Step } from './find.ts';
import { Journal } from './journal.ts';
import { move } from './move.ts';
import { Refused, refuse, toDiagnostic, type Problem } from './problem.ts';
import type { ReadText } from './read.ts';
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
  const journal = new Journal();
  const diagnostics: Diagnostic[] = [];
  let system = model;
  const list: readonly unknown[] = Array.isArray(edits) ? edits : [];
  if (!Array.isArray(edits)) {
    const problem: Problem = { code: 'MR1780', message: 'Edits come as a list.', location: model.location };
    return { diagnostics: [toDiagnostic(problem, '')] };
  }
  for (const [index, json] of list.entries()) {
    const number = index + 1;
    const prefix = `Edit ${number}${titleOf(json)}: `;
    const work = new Work(system);
    try {
      applyOne({ work, journal }, json, number, options.read);
      system = work.model;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      diagnostics.push(...error.problems.map((problem) => toDiagnostic(problem, prefix)));
      noteFailed(journal, json);
    }
  }
  return diagnostics.length > 0 ? { diagnostics } : { system: freezeSystem(system), diagnostics };
}

function applyOne(step: Step, json: unknown, number: number, read: ReadText | undefined): void {
  const { work, journal } = step;
  const parsed = readEdit(json);
  if ('problems' in parsed) {
    return refuse('MR1780', work.model.location, `this is no edit: ${parsed.problems.join('; ')}.`);
  }
  const { edit } = parsed;
  switch (edit.op) {
    case 'add': {
      const path = add(step, edit, read);
      checkShape(work);
      journal.noteAdded(path, number);
      return;
    }
    case 'remove': {
      const path = remove(step, edit);
      checkShape(work);
      journal.noteRemoved(path, number);
      return;
    }
    case 'rename': {
      const { path, to } = rename(step, edit);
      checkShape(work);
      if (to !== path) journal.noteRenamed(path, to, number);
      return;
    }
    case 'move': {
      const path = move(step, edit);
      checkShape(work);
      const to = { into: edit.into ?? null, before: edit.before ?? null };
      checkOther(journal, `${path}.~place`, to, work);
      journal.noteSet(`${path}.~place`, to, number);
      return;
    }
    case 'set': {
      const { path, value, before } = set(step, edit, read);
      checkShape(work);
      checkOther(journal, path, value, work, before);
      journal.noteSet(path, value, number);
      return;
    }
    default:
      return edit satisfies never;
  }
}

function checkOther(journal: Journal, path: string, value: unknown, work: Work, before?: unknown): void {
  const other = journal.otherSet(path, value, before);
  if (other === undefined) return;
  refuse('MR1785', work.model.location, `edit ${other} says something else about it.`);
}

/** What the edits after a refused one may rely on. */
function noteFailed(journal: Journal, json: unknown): void {
  const parsed = readEdit(json);
  if ('problems' in parsed) return;
  const { edit } = parsed;
  if (edit.op === 'add') journal.noteFailed(edit.path);
  if (edit.op === 'rename') journal.noteFailed(edit.path.replace(/[^./]+$/, () => edit.to));
}

function titleOf(json: unknown): string {
  if (typeof json !== 'object' || json === null) return '';
  const { op, path } = json as { readonly op?: unknown; readonly path?: unknown };
  return typeof op === 'string' && typeof path === 'string' ? ` (${op} '${path}')` : '';
}
