import { messageOf } from '../../core/index.ts';
import { isSystem } from '../../model/is-system.ts';
import type { Diagnostic, Edit, SystemModel } from '../../model/index.ts';
import type { PlannedStep } from '../plan/planned-step.ts';
import { editFiles, saveModel } from './save.ts';
import type { WorkingCopy } from './working-copy.ts';

/** Does to the files what one step says, and raises the version. Gives what went wrong; the files are then half done. */
export async function takeStep(
  copy: WorkingCopy,
  step: PlannedStep,
  before: SystemModel,
): Promise<readonly Diagnostic[]> {
  const { parts } = step;
  let system = before;
  const problems: Diagnostic[] = [];
  /** Reads what the files say now, as long as nothing went wrong. */
  const follow = async (done: readonly Diagnostic[]): Promise<boolean> => {
    problems.push(...done);
    if (done.some(({ severity }) => severity === 'error')) return false;
    const read = await copy.system();
    problems.push(...read.errors.map((error) => inStep(step, error)));
    system = read.system ?? system;
    return read.system !== undefined;
  };
  if (parts.source !== undefined) {
    const { source } = parts;
    const done =
      typeof source === 'function' ? await byFunction(copy, step, source, system) : await editFiles(copy, source);
    if (!(await follow(done.map((each) => inStep(step, each))))) return problems;
  }
  if (parts.codemod !== undefined && !(await follow(await byCodemod(copy, step, parts.codemod, system))))
    return problems;
  if (system.version !== step.to) await follow(await saveModel(copy, { ...system, version: step.to }));
  return problems;
}

async function byFunction(
  copy: WorkingCopy,
  step: PlannedStep,
  change: Exclude<PlannedStep['parts']['source'], readonly Edit[] | undefined>,
  system: SystemModel,
): Promise<readonly Diagnostic[]> {
  let changed: SystemModel;
  try {
    // A copy of its own: whoever changes it in place and gives it back does no harm.
    changed = await change(structuredClone(system));
  } catch (error) {
    return [failed(step, `\`source\` failed: ${messageOf(error)}`)];
  }
  if (!isSystem(changed)) return [failed(step, '`source` gave no model.')];
  return await saveModel(copy, changed);
}

async function byCodemod(
  copy: WorkingCopy,
  step: PlannedStep,
  codemod: NonNullable<PlannedStep['parts']['codemod']>,
  system: SystemModel,
): Promise<readonly Diagnostic[]> {
  const { files } = await copy.system();
  const texts = new Map(files.map((path) => [path, copy.readFile(path).toString('utf8')]));
  const { runCodemod } = await import('../../source/codemod/codemod.ts');
  try {
    const result = await runCodemod(texts, (project) => codemod(project, system));
    if ('problem' in result) {
      return [
        failed(
          step,
          `\`codemod\` may change the files of the system, and ${result.problem}.`.replaceAll(`${copy.cwd}/`, ''),
        ),
      ];
    }
    copy.change(result.texts);
    return [];
  } catch (error) {
    return [failed(step, `\`codemod\` failed: ${messageOf(error)}`)];
  }
}

function failed({ file, from, to }: PlannedStep, message: string): Diagnostic {
  const hint = `Mend the step from ${from} to ${to}. Nothing was changed.`;
  return { code: 'MR1824', severity: 'error', message, file, line: 1, column: 1, endLine: 1, endColumn: 1, hint };
}

/** What is wrong with files that stand nowhere yet is a matter of the step that made them so. */
function inStep({ from, to, file }: PlannedStep, problem: Diagnostic): Diagnostic {
  if (problem.severity !== 'error') return problem;
  const { fix: _, ...rest } = problem;
  return { ...rest, message: `After the step from ${from} to ${to} (${file}): ${problem.message}` };
}
