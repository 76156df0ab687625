import { generateTask, type GeneratedTask } from '../../src/generate/index.ts';
import { testProject } from '../../src/generate/fixtures/project.ts';
import { subjectOf } from '../../src/generate/subject/subject.ts';
import { runCases } from '../../src/generate/sandbox/run-cases.ts';
import { buildStage } from '../../src/generate/stage/build-stage.ts';
import { loadContracts } from '../../src/generate/stage/load-contracts.ts';
import type { TaskCase } from '../../src/generate/contract.ts';
import type { ModelChoice } from '../../src/generate/options.ts';
import type { Models } from '../../src/llm/index.ts';
import { evalSystem, evalTasks } from './tasks/index.ts';
import type { EvalTask } from './eval-task.ts';

/** How one task of the set went. */
export interface EvalResult {
  readonly task: string;
  /** Written, and all hidden tests hold. */
  readonly passed: boolean;
  /** Every gate held. */
  readonly written: boolean;
  /** Why it did not pass. */
  readonly why?: string;
  /** Answers after the first one. */
  readonly repairs: number;
  readonly mutationScore?: number;
  /** In micro-units of `currency`; left out where a price is not known. */
  readonly micros?: number;
  readonly promptVersion: string;
  /** In ms. */
  readonly took: number;
}

export interface EvalOptions {
  readonly models: Models;
  readonly choice?: ModelChoice;
  /** Default: all. */
  readonly only?: readonly string[];
  readonly maxCost?: string;
  readonly onResult?: (result: EvalResult) => void;
}

/** Has every task of the set written, each from nothing, and tries what comes on tests that no model sees. */
export async function runEvals(options: EvalOptions): Promise<readonly EvalResult[]> {
  using project = await testProject({ 'shop.dsl.ts': evalSystem });
  const { places } = project;
  const results: EvalResult[] = [];
  for (const one of evalTasks) {
    if (options.only !== undefined && !options.only.includes(one.name)) continue;
    const generated = await generateTask({
      system: project.system,
      task: one.name,
      places,
      models: options.models,
      cache: 'bypass',
      ...(options.choice === undefined ? {} : { choice: options.choice, next: options.choice }),
      ...(options.maxCost === undefined ? {} : { limits: { maxCost: options.maxCost } }),
    });
    const why = generated.success ? await hiddenProblem(generated, one, places, project) : generated.error?.message;
    const result = resultOf(one, generated, why);
    results.push(result);
    options.onResult?.(result);
  }
  return results;
}

function resultOf(one: EvalTask, generated: GeneratedTask, why: string | undefined): EvalResult {
  const { report } = generated;
  const score = report.attempts.at(-1)?.stages.find(({ stage }) => stage === 'mutation')?.details?.['score'];
  return {
    task: one.name,
    passed: generated.success && why === undefined,
    written: generated.success,
    ...(why === undefined ? {} : { why }),
    repairs: Math.max(0, generated.attempts - 1),
    ...(typeof score === 'number' ? { mutationScore: score } : {}),
    ...(report.cost === undefined ? {} : { micros: report.cost.micros }),
    promptVersion: report.prompt.version,
    took: report.took,
  };
}

/** Which hidden test does not hold; nothing when all do. */
async function hiddenProblem(
  { code }: GeneratedTask,
  one: EvalTask,
  places: Parameters<typeof subjectOf>[2],
  { system }: Pick<Awaited<ReturnType<typeof testProject>>, 'system'>,
): Promise<string | undefined> {
  const subject = subjectOf(system, one.name, places);
  const built = await buildStage(code, subject);
  if (!built.ok) return built.problems[0]?.message;
  const hidden = one.hidden as readonly Pick<TaskCase, 'name' | 'input' | 'fakes' | 'expect'>[];
  const { pass, why, results } = await runCases(built.stage, hidden, await loadContracts(subject));
  if (pass) return undefined;
  const failed = results.find((result) => !result.pass);
  return failed === undefined ? why : `the hidden test '${failed.name}': ${failed.why}`;
}
