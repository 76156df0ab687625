import { randomUUID } from 'node:crypto';
import { taskStub } from '../compiler/index.ts';
import { MillraceError } from '../core/index.ts';
import { formatMoney } from '../llm/index.ts';
import type { Subject, TaskCase, Verifier } from './contract.ts';
import { keep, type Kept, type Provenance } from './keep/cache.ts';
import { findKept } from './keep/find.ts';
import type {
  AttemptReport,
  GeneratedTask,
  GenerateOptions,
  GenerationReport,
  StageName,
  StageReport,
} from './options.ts';
import { attempt, nextChoice, type Attempts, type Passed } from './pipeline/attempts.ts';
import { declaredCases, joinCases } from './pipeline/cases.ts';
import { judge, type Bench } from './pipeline/judge.ts';
import { keyOf, planPrompt, usualOutputTokens } from './pipeline/plan.ts';
import { openSpending, watched, type Spending } from './pipeline/spending.ts';
import type { Prompt } from './prompt/prompt.ts';
import { needContracts, subjectOf } from './subject/subject.ts';
import { projectTypes } from './types/shared.ts';
import { createVerifier } from './verify/verifier.ts';

/** How long a generation may take, where nobody says so, in ms. */
const usualTime = 600_000;

/**
 * Code for a task and its tests, asked of a model and judged by every gate: nothing is written. Without `models` it is a
 * scaffold. What comes of the model is data: `success` says whether there is code that passed, `error` why not, and
 * `report` what every stage of every attempt said.
 *
 * @throws MillraceError for what is wrong before anybody is asked: MR5001 unknown task, MR5002 no TypeScript or tsconfig,
 * MR5003 contracts missing or out of date, MR5004 contracts that do not type-check, MR5005 a task without code, MR5008
 * wrong options, MR5020 a place outside the project, MR4090 a prompt that does not fit
 * @example
 * ```ts
 * import { environmentProviders, openModels } from 'millrace/llm';
 * import { generateTask } from 'millrace/generate';
 * import type { SystemModel } from 'millrace/model';
 *
 * export async function codeFor(system: SystemModel, task: string): Promise<string> {
 *   const root = process.cwd();
 *   const { success, code, error } = await generateTask({
 *     system,
 *     task,
 *     places: {
 *       root,
 *       sourcePath: `${root}/orders.dsl.ts`,
 *       tasksDir: `${root}/tasks`,
 *       outDir: `${root}/generated/orders`,
 *     },
 *     models: openModels({ providers: environmentProviders(process.env) }),
 *     limits: { maxCost: '0.50 USD' },
 *   });
 *   if (!success) throw error ?? new Error('There is no code.');
 *   return code;
 * }
 * ```
 */
export async function generateTask(options: GenerateOptions): Promise<GeneratedTask> {
  return (await generate(options)).result;
}

/** A generation, with what is written down of it. */
export interface Generation {
  readonly subject: Subject;
  readonly result: GeneratedTask;
  /** Of code that passed. */
  readonly kept?: Kept;
}

/** As `generateTask`. */
export async function generate(options: GenerateOptions, openTypes = projectTypes): Promise<Generation> {
  checkOptions(options);
  const started = performance.now();
  const { system, task, places, limits = {}, onProgress } = options;
  const stages: StageReport[] = [];
  let attemptNumber = 1;
  const onStage = (stage: StageName, failed?: string): void =>
    onProgress?.({ task, stage, attempt: attemptNumber, ...(failed === undefined ? {} : { failed }) });
  const staged = async <T>(stage: StageName, work: () => T | Promise<T>): Promise<T> => {
    onStage(stage);
    const began = performance.now();
    const value = await work();
    stages.push({ stage, ok: true, took: performance.now() - began, problems: [] });
    return value;
  };

  const verifier = options.verifier ?? createVerifier();
  const withinMs = limits.withinMs ?? usualTime;
  const timeOut = AbortSignal.timeout(withinMs);
  const signal = options.signal === undefined ? timeOut : AbortSignal.any([timeOut, options.signal]);
  const subject = subjectOf(system, task, places, options.imports);
  const types = await staged('project', async () => {
    needContracts(subject);
    const gate = await openTypes(places);
    await gate.contracts(subject);
    return gate;
  });
  const prompt = await staged('prompt', () => planPrompt(subject, options));
  const key = keyOf(subject, options, verifier.version);
  const bench: Bench = { subject, verifier, types, signal, onStage };
  const declared = declaredCases(subject.task);
  const spending = openSpending();
  const heard = openSpending();
  // Models that tell of no calls are counted by their answers.
  const spent = (): Spending => (heard.calls > 0 ? heard : spending);
  const report = (attempts: readonly AttemptReport[]): GenerationReport => {
    const { usage, calls, cost } = spent();
    return {
      task,
      key,
      prompt: { version: prompt.version, hash: prompt.hash, tokens: prompt.tokens },
      context: prompt.context,
      attempts,
      stages,
      ...(cost === undefined ? {} : { cost }),
      usage,
      calls,
      took: performance.now() - started,
    };
  };

  if (options.models === undefined)
    return { subject, result: scaffold(subject, options, verifier, declared, report([])) };

  const before: AttemptReport[] = [];
  if (options.cache !== 'bypass') {
    const found = findKept(subject, key);
    if (found !== undefined) {
      onStage('cache');
      const { judged, cases } = await again(bench, found, declared);
      if (judged.failedAt === undefined) {
        keep(subject.root, key, found);
        return {
          subject,
          kept: found,
          result: taken('cached', subject, options, verifier, found, cases, report([judged])),
        };
      }
      before.push(judged);
    }
  }
  const run = randomUUID();
  const attempts = await attempt({
    bench,
    models: watched(options.models, run, limits.maxCost, heard),
    prompt,
    choice: options.choice ?? {},
    comments: options.includeComments ?? true,
    next: options.next ?? nextChoice(options.choice ?? {}),
    declared,
    maxOutputTokens: limits.maxOutputTokens ?? usualOutputTokens,
    run,
    deadline: started + withinMs,
    spending,
    before: before.length,
    onAttempt: (number) => (attemptNumber = number),
  });
  const all = report([...before, ...attempts.reports]);
  if (attempts.passed === undefined) return { subject, result: failed(attempts, all) };
  const kept = keptOf(attempts.passed, prompt, spent(), attempts.reports.length);
  keep(subject.root, key, kept);
  return { subject, kept, result: taken('generated', subject, options, verifier, kept, attempts.passed.cases, all) };
}

function checkOptions({ language, limits = {} }: GenerateOptions): void {
  const wrong = (message: string): never => {
    throw new MillraceError(message, { code: 'MR5008', retryable: false, fault: 'input' });
  };
  // A caller without types may hand in anything.
  const asked: unknown = language;
  if (asked !== undefined && asked !== 'typescript')
    wrong(`Code is generated in TypeScript, not in '${String(asked)}'.`);
  for (const name of ['withinMs', 'maxOutputTokens', 'contextTokens'] as const) {
    const value = limits[name];
    if (value !== undefined && !(Number.isFinite(value) && value >= 1))
      wrong(`limits.${name} is ${String(value)}: it has to be a number of 1 or more.`);
  }
}

/** What was verified before is verified again: contract, toolkit or project may say otherwise now. */
async function again(
  bench: Bench,
  { code, cases: generated, from }: Kept,
  declared: readonly TaskCase[],
): Promise<{ readonly judged: AttemptReport; readonly cases: readonly TaskCase[] }> {
  const cases = joinCases(declared, generated);
  const { stages, failedAt } = await judge(bench, code, cases);
  const model = { provider: from.provider, model: from.model };
  return {
    cases,
    judged: { attempt: 1, kind: 'cached', model, stages, ...(failedAt === undefined ? {} : { failedAt }) },
  };
}

function taken(
  origin: 'generated' | 'cached',
  subject: Subject,
  { includeTests = true }: GenerateOptions,
  verifier: Verifier,
  { code, notes }: Kept,
  cases: readonly TaskCase[],
  report: GenerationReport,
): GeneratedTask {
  return {
    success: true,
    origin,
    code,
    tests: includeTests ? verifier.testFile(subject, { cases }) : '',
    cases,
    ...(notes === undefined ? {} : { notes }),
    usage: report.usage,
    attempts: report.attempts.length,
    report,
  };
}

function failed({ error }: Attempts, report: GenerationReport): GeneratedTask {
  const { usage } = report;
  return {
    success: false,
    origin: 'generated',
    code: '',
    tests: '',
    cases: [],
    ...(error === undefined ? {} : { error }),
    usage,
    attempts: report.attempts.length,
    report,
  };
}

/** Something to begin with, that nobody can take for done. */
function scaffold(
  subject: Subject,
  { places, includeTests = true }: GenerateOptions,
  verifier: Verifier,
  cases: readonly TaskCase[],
  report: GenerationReport,
): GeneratedTask {
  const { name } = subject.task;
  return {
    success: false,
    origin: 'scaffold',
    code: taskStub(subject.system, name, { ...places, toolVersion: '' }).text,
    tests: includeTests ? verifier.testFile(subject, { cases, todo: true }) : '',
    cases,
    error: new MillraceError(
      `There is no model to ask, so '${name}' is a scaffold: its code throws NotImplementedError, and its tests are to do. Set ANTHROPIC_API_KEY, OPENAI_API_KEY or GEMINI_API_KEY and generate it again.`,
      { code: 'MR5021', retryable: true, fault: 'environment', details: { task: name } },
    ),
    usage: report.usage,
    attempts: 0,
    report,
  };
}

function keptOf(passed: Passed, prompt: Prompt, spending: Spending, attempts: number): Kept {
  const { code, generated, notes, model, mutationScore } = passed;
  const from: Provenance = {
    ...model,
    prompt: { version: prompt.version, hash: prompt.hash },
    usage: spending.usage,
    ...(spending.cost === undefined ? {} : { cost: formatMoney(spending.cost) }),
    attempts,
    calls: spending.calls,
    ...(mutationScore === undefined ? {} : { mutationScore }),
  };
  return { code, cases: generated, ...(notes === undefined ? {} : { notes }), from };
}
