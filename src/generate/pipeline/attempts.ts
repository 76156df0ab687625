import { messageOf, MillraceError } from '../../core/index.ts';
import { shownPath } from '../../core/shown-path.ts';
import { ModelError, type Message, type Models, type ModelRole } from '../../llm/index.ts';
import type { Diagnostic } from '../../model/index.ts';
import { problemIn } from '../codes.ts';
import { stripComments } from '../answer/strip-comments.ts';
import type { TaskCase } from '../contract.ts';
import type { AttemptReport, ModelChoice, StageName, StageReport } from '../options.ts';
import { moreCasesMessage, repairMessage, type Prompt } from '../prompt/prompt.ts';
import { loadContracts } from '../stage/load-contracts.ts';
import { anotherMayDo, askForCases, askForCode, shapeProblems, usedBy, type Answer, type Asking } from './ask.ts';
import { joinCases, withNothing } from './cases.ts';
import { judge, type Bench, type Judgement } from './judge.ts';
import type { Spending } from './spending.ts';

/** How often what a model wrote goes back to it: published gains of a third round are small. */
const mostRepairs = 2;

/** What the attempts need. */
export interface Attempting {
  readonly bench: Bench;
  readonly models: Models;
  readonly prompt: Prompt;
  readonly choice: ModelChoice;
  readonly next: ModelChoice;
  /** May code have comments? Else they are taken out of it. */
  readonly comments: boolean;
  readonly declared: readonly TaskCase[];
  readonly maxOutputTokens: number;
  readonly run: string;
  readonly deadline: number;
  readonly spending: Spending;
  /** How many answers were judged before: kept ones. */
  readonly before: number;
  readonly onAttempt: (attempt: number) => void;
}

/** Code that passed every gate. */
export interface Passed {
  readonly code: string;
  readonly generated: readonly TaskCase[];
  readonly cases: readonly TaskCase[];
  readonly notes?: string;
  readonly model: Answer['model'];
  readonly mutationScore?: number;
}

/** What came of all attempts. */
export interface Attempts {
  readonly reports: readonly AttemptReport[];
  readonly passed?: Passed;
  readonly error?: MillraceError;
}

/** The role above: who could not do it, and could not mend it, is not asked again. */
export function nextChoice({ model, role = 'balanced' }: ModelChoice): ModelChoice {
  const above: Readonly<Record<ModelRole, ModelRole>> = {
    fast: 'balanced',
    balanced: 'flagship',
    flagship: 'balanced',
  };
  return { role: model === undefined ? above[role] : 'flagship' };
}

/**
 * A first answer, mended at most twice from what the gates say of it; then one fresh answer of the next model, mended
 * in the same way. It ends with the first that passes, or when money or time is over.
 */
export async function attempt(attempting: Attempting): Promise<Attempts> {
  const reports: AttemptReport[] = [];
  for (const choice of [attempting.choice, attempting.next]) {
    const { passed, error } = await sample(attempting, choice, reports);
    if (passed !== undefined) return { reports, passed };
    if (error !== undefined) return { reports, error };
  }
  return { reports, error: exhausted(attempting, reports) };
}

interface Sampled {
  readonly passed?: Passed;
  /** Nobody is to be asked any more. */
  readonly error?: MillraceError;
}

async function sample(attempting: Attempting, choice: ModelChoice, reports: AttemptReport[]): Promise<Sampled> {
  const { bench, prompt, declared, spending } = attempting;
  let messages: readonly Message[] = [{ role: 'user', text: prompt.message }];
  let kind: AttemptReport['kind'] = 'sample';
  let code = '';
  let notes: string | undefined;
  for (let repairs = 0; ; repairs += 1) {
    const number = attempting.before + reports.length + 1;
    attempting.onAttempt(number);
    bench.onStage('answer');
    const started = performance.now();
    const asking = askingOf(attempting, choice, messages);
    let answer: Answer;
    try {
      bench.signal.throwIfAborted();
      answer = kind === 'more-cases' ? await askForCases(asking) : await askForCode(asking);
    } catch (thrown) {
      const used = usedBy(thrown);
      spending.add(used);
      reports.push(unanswered(attempting, number, kind, thrown, performance.now() - started));
      if (anotherMayDo(thrown)) {
        bench.onStage('answer', firstLine(messageOf(thrown)));
        return {};
      }
      return { error: stopped(attempting, thrown) };
    }
    spending.add(answer);
    const answered: StageReport = { stage: 'answer', ok: true, took: performance.now() - started, problems: [] };
    const written = answer.code ?? code;
    code = attempting.comments ? written : stripComments(written);
    notes = answer.notes ?? notes;
    let generated: readonly TaskCase[];
    let cases: readonly TaskCase[];
    let judgement: Judgement;
    try {
      generated = withNothing(answer.cases, await loadContracts(bench.subject));
      cases = joinCases(declared, generated);
      judgement = await judge(bench, code, cases, kind === 'more-cases');
    } catch (thrown) {
      // What fails here is not the code's fault: a missing compiler, a full disk.
      return { error: stopped(attempting, thrown) };
    }
    reports.push(reportOf(number, kind, answer, [answered, ...judgement.stages], judgement));
    if (!judgement.ok) bench.onStage(judgement.failedAt ?? 'answer', firstLine(judgement.problems[0]?.message));
    if (judgement.ok) {
      const { model } = answer;
      const score = scoreOf(judgement.stages);
      return {
        passed: {
          code,
          generated,
          cases,
          model,
          ...(notes === undefined ? {} : { notes }),
          ...(score === undefined ? {} : { mutationScore: score }),
        },
      };
    }
    if (answer.overrun) return { error: stopped(attempting, undefined) };
    if (repairs === mostRepairs) return {};
    kind = judgement.weakCases ? 'more-cases' : 'repair';
    messages = [...answer.messages, { role: 'user', text: complaint(judgement) }];
  }
}

const firstLine = (text = ''): string => text.split('\n')[0] ?? '';

function askingOf(attempting: Attempting, choice: ModelChoice, messages: readonly Message[]): Asking {
  const { bench, models, prompt, maxOutputTokens, run, deadline, declared } = attempting;
  return {
    models,
    choice,
    system: prompt.system,
    messages,
    maxOutputTokens,
    task: bench.subject.task.name,
    run,
    signal: bench.signal,
    withinMs: Math.max(1, deadline - performance.now()),
    taken: declared.map(({ name }) => name),
  };
}

function complaint({ failedAt, problems, weakCases }: Judgement): string {
  if (!weakCases) return repairMessage(inWords[failedAt ?? 'answer'], problems);
  const why =
    failedAt === 'stub'
      ? 'code that does nothing passes some of them, too.'
      : 'too many small mistakes in the code would pass them.';
  return moreCasesMessage(why, problems);
}

/** What each gate looks at, for the model. */
const inWords: Readonly<Record<StageName, string>> = {
  project: 'the project',
  cache: 'the cache',
  prompt: 'the prompt',
  answer: 'the shape of the answer',
  policy: 'what code may contain',
  types: "the type checker, in the user's project",
  cases: 'running the cases',
  properties: 'inputs made at random from the schema of the input',
  stability: 'running the same again, which has to give the same',
  stub: 'the cases against a stub',
  mutation: 'the cases against code that is a little wrong',
  write: 'writing',
};

function reportOf(
  attempt: number,
  kind: AttemptReport['kind'],
  { model, usage, cost }: Answer,
  stages: readonly StageReport[],
  { failedAt }: Judgement,
): AttemptReport {
  return {
    attempt,
    kind,
    model,
    usage,
    ...(cost === undefined ? {} : { cost }),
    stages,
    ...(failedAt === undefined ? {} : { failedAt }),
  };
}

function unanswered(
  { bench: { subject } }: Attempting,
  attempt: number,
  kind: AttemptReport['kind'],
  thrown: unknown,
  took: number,
): AttemptReport {
  const file = shownPath(subject.file, subject.root);
  const problems: readonly Diagnostic[] =
    thrown instanceof ModelError
      ? shapeProblems(thrown).map((line) => problemIn(file, thrown.code, line))
      : [problemIn(file, 'MR5000', messageOf(thrown))];
  const usage = thrown instanceof ModelError ? thrown.usage : undefined;
  return {
    attempt,
    kind,
    ...(usage === undefined ? {} : { usage }),
    ...(thrown instanceof ModelError ? { model: { provider: thrown.provider, model: thrown.model } } : {}),
    stages: [{ stage: 'answer', ok: false, took, problems }],
    failedAt: 'answer',
  };
}

/** Why nobody is asked any more. A failure of the models keeps its own code. */
function stopped({ bench: { subject, signal }, spending, deadline }: Attempting, thrown: unknown): MillraceError {
  const { name: task } = subject.task;
  const details = { task, calls: spending.calls };
  const ended = thrown instanceof ModelError && (thrown.kind === 'aborted' || thrown.kind === 'timeout');
  const calledOff = signal.aborted && !isTimeout(signal.reason);
  if (!calledOff && (isTimeout(signal.reason) || (ended && performance.now() >= deadline)))
    return new MillraceError(
      `The time for '${task}' was over before an answer passed. Nothing was written; give it more (limits.withinMs).`,
      { code: 'MR5007', retryable: true, fault: 'environment', details },
    );
  if (calledOff)
    return new MillraceError(`The generation of '${task}' was called off. Nothing was written.`, {
      code: 'MR5009',
      retryable: true,
      fault: 'environment',
      details,
      cause: thrown,
    });
  if (thrown instanceof MillraceError) return thrown;
  if (thrown !== undefined) throw thrown;
  return new MillraceError(
    `The money for '${task}' is spent, and no answer passed. Nothing was written; give it more (limits.maxCost).`,
    { code: 'MR5006', retryable: false, fault: 'input', details },
  );
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}

function exhausted({ bench: { subject } }: Attempting, reports: readonly AttemptReport[]): MillraceError {
  const { name } = subject.task;
  const last = reports.at(-1);
  const problem = last?.stages.find(({ ok }) => !ok)?.problems[0]?.message.split('\n')[0] ?? '';
  return new MillraceError(
    `No answer for '${name}' passed, of ${reports.length}. The last one failed at '${last?.failedAt ?? 'answer'}': ${problem} Nothing was written.`,
    {
      code: 'MR5000',
      retryable: true,
      fault: 'environment',
      details: { task: name, attempts: reports.length, failedAt: reports.map(({ failedAt }) => failedAt ?? '') },
    },
  );
}

/** The share of changes that the cases found out. */
export function scoreOf(stages: readonly StageReport[]): number | undefined {
  const score = stages.find(({ stage }) => stage === 'mutation')?.details?.['score'];
  return typeof score === 'number' ? score : undefined;
}
