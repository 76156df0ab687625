import { mostOf, openCatalogue } from '../llm/index.ts';
import { findKept } from './keep/find.ts';
import type { GenerateOptions, PlannedTask } from './options.ts';
import { keyOf, modelsOf, planPrompt, usualOutputTokens } from './pipeline/plan.ts';
import { subjectOf } from './subject/subject.ts';
import { createVerifier } from './verify/verifier.ts';

/**
 * What a generation would ask, and the most that its first call may cost. Asks nobody and writes nothing.
 *
 * @throws MillraceError MR5001, MR5005, MR5020, MR4090 as `generateTask`
 * @example
 * ```ts
 * import { planTask, type GenerateOptions } from 'millrace/generate';
 *
 * export async function show(options: GenerateOptions): Promise<void> {
 *   const { system, prompt, tokens, models } = await planTask(options);
 *   console.log(system, prompt, tokens, models);
 * }
 * ```
 */
export async function planTask(options: GenerateOptions): Promise<PlannedTask> {
  const { system, task, places, limits = {}, choice = {}, catalogue = openCatalogue() } = options;
  const verifier = options.verifier ?? createVerifier();
  const subject = subjectOf(system, task, places, options.imports);
  const prompt = planPrompt(subject, options);
  const key = keyOf(subject, options, verifier.version);
  const kept = options.cache === 'bypass' ? undefined : findKept(subject, key);
  const tokens = { input: prompt.tokens, maxOutput: limits.maxOutputTokens ?? usualOutputTokens };
  return {
    task,
    cached: kept !== undefined,
    system: prompt.system,
    prompt: prompt.message,
    tokens: prompt.tokens,
    context: prompt.context,
    models: modelsOf(catalogue, choice).map(({ id, prices }) => {
      const cost = mostOf(tokens, prices);
      return { model: id, ...(cost === undefined ? {} : { cost }) };
    }),
  };
}
