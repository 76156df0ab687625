import { dirname, resolve } from 'node:path';
import type { Clock } from '../../core/index.ts';
import { shownPath } from '../../core/shown-path.ts';
import type { Diagnostic, SystemModel } from '../../model/index.ts';
import { validateSystem } from '../../rules/index.ts';
import type { PlannedStep } from '../plan/planned-step.ts';
import { differsFromKept, snapshotOf } from './kept.ts';
import { takeStep } from './take-step.ts';
import { WorkingCopy } from './working-copy.ts';

/** What {@link planSource} is told. */
export interface SourcePlanOptions {
  /** The `.dsl.ts` of the system, absolute or relative to `cwd`. */
  readonly entry: string;
  readonly cwd: string;
  /** The chain from the source's version to the target; empty when the source says the target already. */
  readonly steps: readonly PlannedStep[];
  readonly target: string;
  /** Gives the time in the history of the snapshot. */
  readonly clock: Clock;
}

/** What the source of a system has to say after its migration. Nothing has been written. */
export interface SourcePlan {
  /** The source files that change, by absolute path, with their new texts. */
  readonly texts: ReadonlyMap<string, string>;
  /** The snapshot of the target; absent when it is there already and agrees. */
  readonly snapshot?: { readonly path: string; readonly text: string };
  /** The system as the source says it now, and as it will. Absent when there is an error. */
  readonly before?: SystemModel;
  readonly after?: SystemModel;
  /** The system after each step, the last one the same as `after`. */
  readonly along?: readonly SystemModel[];
  /** With an error among them nothing may be written. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Works out what the files of a system have to say after a chain of steps, and the snapshot of the target. Writes nothing.
 *
 * A step with edits, a function or a codemod is taken from the source of its `from`: where that was kept, the source has
 * to say the same (MR1822). A step without them only raises the version: the source was edited by hand. MR1823: the
 * target was kept before and says something else; MR1824: a step failed, or the chain does not begin at the version of
 * the source; and the errors of reading, of saving, and of the rules.
 */
export async function planSource({ entry, cwd, steps, target, clock }: SourcePlanOptions): Promise<SourcePlan> {
  const copy = new WorkingCopy(resolve(cwd, entry), cwd);
  const refused = (diagnostics: readonly Diagnostic[]): SourcePlan => ({ texts: new Map(), diagnostics });
  const { system: before, errors } = await copy.system();
  if (before === undefined) return refused(errors);
  const begins = steps[0]?.from ?? target;
  if (begins !== before.version) return refused([wrongBegin(shownPath(copy.entry, cwd), before.version, begins)]);
  const notes: Diagnostic[] = [];
  let system = before;
  const along: SystemModel[] = [];
  for (const step of steps) {
    const isEdited = step.parts.source !== undefined || step.parts.codemod !== undefined;
    const strange = isEdited ? differsFromKept(copy, system, step) : [];
    if (strange.length > 0) return refused(strange);
    const done = await takeStep(copy, step, system);
    const read = await copy.system();
    if (read.system === undefined || done.some(isError)) return refused(done);
    notes.push(...done);
    ({ system } = read);
    along.push(system);
  }
  const folder = dirname(shownPath(copy.entry, cwd));
  const broken = validateSystem(system, { folder }).issues.filter(isError);
  if (broken.length > 0) return refused(broken);
  const { snapshot, diagnostics } = snapshotOf(copy, before, system, steps, clock);
  if (diagnostics.length > 0) return refused(diagnostics);
  return { texts: copy.changed(), ...(snapshot && { snapshot }), before, after: system, along, diagnostics: notes };
}

const isError = ({ severity }: Diagnostic): boolean => severity === 'error';

function wrongBegin(file: string, version: string, begins: string): Diagnostic {
  const message = `The source says version ${version}, and the chain of steps begins at ${begins}.`;
  const place = { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
  return {
    code: 'MR1824',
    severity: 'error',
    message,
    ...place,
    hint: 'Plan the chain from the version of the source.',
  };
}
