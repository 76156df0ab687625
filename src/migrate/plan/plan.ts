import { resolve } from 'node:path';
import type { Diagnostic } from '../../model/index.ts';
import { shownPath } from '../source/shown-path.ts';
import { planChain, type Chain } from './chain.ts';
import { loadSteps } from './load.ts';
import { openQuestions } from './questions.ts';

/** What {@link planSteps} is told. */
export interface PlanStepsOptions {
  readonly entry: string;
  readonly cwd: string;
  readonly from: string;
  readonly to: string;
  readonly allowDowngrade?: boolean;
}

/**
 * The chain of steps from one version of a system to another, ready to be taken: found in `migrations/`, without a gap,
 * and without a placeholder. With an error among the diagnostics there is none.
 */
export async function planSteps({ entry, cwd, from, to, allowDowngrade }: PlanStepsOptions): Promise<Chain> {
  const path = resolve(cwd, entry);
  const { files, diagnostics } = await loadSteps(path, cwd);
  const refused = (problems: readonly Diagnostic[]): Chain => ({ steps: [], diagnostics: problems });
  // A module that fails may be the one that leads there.
  if (diagnostics.length > 0) return refused(diagnostics);
  const file = shownPath(path, cwd);
  const chain = planChain({ files, from, to, file, ...(allowDowngrade !== undefined && { allowDowngrade }) });
  const questions = openQuestions(chain.steps, cwd);
  return questions.length > 0 ? refused(questions) : chain;
}
