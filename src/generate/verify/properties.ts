import { performance } from 'node:perf_hooks';
import type { Fakes } from '../../tasks/index.ts';
import { checkValue } from '../../tasks/index.ts';
import { sampleInputs } from '../../tasks/properties/index.ts';
import type { Diagnostic } from '../../model/index.ts';
import type { GateOptions, GateReport, Stage, Subject, TaskCase } from '../contract.ts';
import type { Answered } from '../sandbox/inside/wire.ts';
import { gotOf, shown, textOf } from '../sandbox/judge.ts';
import { trying } from '../sandbox/run-cases.ts';
import type { LiveContract } from '../stage/load-contracts.ts';
import { problemOf, report } from './problems.ts';
import type { SandboxOptions } from './run-gates.ts';

/** An input that was made up, and what came of it. */
export interface PropertyInput {
  readonly input: unknown;
  readonly fakes?: Fakes;
  readonly got: unknown;
}

/** How many inputs are made up, and by which seed. */
const samples = { count: 40, seed: 5_030 };

/** Failures that say something of the world that was made up, not of the code. */
const ofWorld = new Set(['MR3150', 'MR3152', 'MR3153', 'MR3155']);

/** What a schema says holds for every input: an output that fits, or an error that the task declares. */
export async function propertiesGate(
  stage: Stage,
  cases: readonly TaskCase[],
  subject: Subject,
  live: LiveContract,
  options: GateOptions & SandboxOptions,
): Promise<{ readonly gate: GateReport; readonly inputs: readonly PropertyInput[] }> {
  const started = performance.now();
  const { inputs, unsupported } = await sampleInputs(live.input, samples);
  const declared = new Set([
    ...(subject.task.errors ?? []),
    ...cases.flatMap((one) => (one.origin === 'declared' && 'error' in one.expect ? [one.expect.error] : [])),
  ]);
  const worldly = Object.values(subject.task.needs ?? {}).some((one) => (one?.length ?? 0) > 0);
  const kept: PropertyInput[] = [];
  const problems: Diagnostic[] = [];
  const { why } = await trying(stage, options, async (ask) => {
    for (const [index, input] of inputs.entries()) {
      const fakes = cases.length === 0 ? undefined : cases[index % cases.length]?.fakes;
      const asked = { input, ...(fakes === undefined ? {} : { fakes }) };
      const answer = await ask(asked);
      const wrong = typeof answer === 'string' ? answer : wrongWith(answer, live, declared, worldly);
      if (wrong !== undefined)
        problems.push(
          problemOf(
            subject,
            'MR5051',
            `For the input ${textOf(input)}, which the schema of the task takes, the code ${wrong}.`,
            'Every input that the schema takes has to give an output that fits, or an error that the task declares.',
          ),
        );
      if (typeof answer === 'string' || problems.length >= 3) return;
      kept.push({ ...asked, got: gotOf(answer) });
    }
  });
  if (why !== undefined && problems.length === 0)
    problems.push(problemOf(subject, 'MR5045', `The code did what no task may do: ${why}.`));
  const details = { inputs: inputs.length, unsupported };
  return { gate: report('properties', started, problems, details), inputs: kept };
}

function wrongWith(
  answer: Answered,
  live: LiveContract,
  declared: ReadonlySet<string>,
  worldly: boolean,
): string | undefined {
  const [misdeed] = answer.misdeeds;
  if (misdeed !== undefined) return shown(misdeed);
  const { outcome } = answer;
  if (outcome.ok) {
    const checked = checkValue(live.output, outcome.output);
    return checked.ok
      ? undefined
      : `gave ${textOf(outcome.output)}, which is no output of the task: ${checked.problems}`;
  }
  const { code, name, message } = outcome.error;
  if (declared.has(code) || declared.has(name)) return undefined;
  // The answers of a world that was made for another input prove nothing.
  if (worldly && (ofWorld.has(code) || code !== 'MR3102')) return undefined;
  return `failed with ${shown(code)} (${shown(name)}), which the task does not declare: ${shown(message)}`;
}
