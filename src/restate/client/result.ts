import { setTimeout as sleep } from 'node:timers/promises';
import { toErrorRecord } from '../../core/index.ts';
import { RunError, taskStep } from '../../engine/index.ts';
import type { FlowResult, RunView, StepView, TaskResult } from '../../runtime/index.ts';
import { decodeJson } from '../../tasks/index.ts';
import { attach, type Desk, type FullDesk } from './desk.ts';
import { knownRun, type Known } from './known.ts';
import { stepsOf } from './steps.ts';

/** How long an end is waited for before it is looked whether it can come at all, in ms: first, and at most. */
const looks = { first: 500, most: 10_000 } as const;

/**
 * Waits until a run has ended, or is blocked.
 *
 * @throws RunError MR3208 there is none, MR3223 the wait was given up.
 */
export async function ended(desk: Desk, run: string, signal: AbortSignal | undefined): Promise<Known> {
  let blocked = 0;
  let looked = false;
  for (let ms: number = looks.first; ; ms = Math.min(ms * 2, looks.most)) {
    // What this client has started is waited for first, and then looked at.
    const begun = looked ? undefined : desk.known.get(run);
    looked = true;
    if (begun !== undefined) await attach(desk, begun, looks.first, signal);
    const known = await knownRun(desk, run);
    if (known.view.endedAt !== undefined) return known;
    // What was let go on a moment ago has yet to show that it fits.
    if (known.view.status === 'blocked' && blocked++ > 0) return known;
    if (desk.closed.aborted) throw new RunError('MR3223', 'The client was closed.');
    if (signal?.aborted === true)
      throw new RunError('MR3223', `The wait for run '${run}' was given up. The run goes on.`);
    const answer = await attach(desk, known.invocation.id, ms, signal);
    // Its end is known to the ingress a moment before the tables show it; another answer means to ask again.
    if (answer !== undefined) await sleep(20);
  }
}

/** The result of a run as of the embedded engine, its output as the schema has it now. */
export function flowResult(desk: FullDesk, { view, entries }: Known): FlowResult {
  const { id, target, status, errors } = view;
  const { output, error } = endOf(desk, view);
  const completed = status === 'completed';
  return {
    flowId: target,
    runId: id,
    status,
    success: completed && errors.length === 0 && error === undefined,
    ...(completed && errors.length > 0 ? { partial: true } : {}),
    stepResults: Object.fromEntries(stepsOf(desk, entries, view).map((step) => [step.path, stepResult(step)])),
    output,
    error,
    errors,
    executionTime: (view.endedAt ?? view.updatedAt) - view.createdAt,
  };
}

const stepResult = ({ status, attempts, output, error }: StepView): FlowResult['stepResults'][string] => ({
  status,
  attempts,
  ...(output === undefined ? {} : { output }),
  ...(error === undefined ? {} : { error }),
});

/** The result of a single task. */
export function taskResult(desk: FullDesk, { view, entries }: Known): TaskResult {
  const { output, error } = endOf(desk, view);
  const step = stepsOf(desk, entries, view).find(({ path }) => path === taskStep);
  return {
    taskId: view.target,
    runId: view.id,
    success: view.status === 'completed' && error === undefined,
    output,
    error,
    retries: Math.max(0, (step?.attempts ?? 1) - 1),
    executionTime: (view.endedAt ?? view.updatedAt) - view.createdAt,
  };
}

function endOf(
  { system }: FullDesk,
  { id, kind, target, status, output, error }: RunView,
): Pick<FlowResult, 'output' | 'error'> {
  if (status !== 'completed') return { output: undefined, error };
  const schema = kind === 'flow' ? system.flows[target]?.contract.output : system.tasks[target]?.output;
  if (schema === undefined) return { output, error };
  const read = decodeJson(schema, output === undefined ? undefined : JSON.stringify(output));
  if (read.ok) return { output: read.value, error };
  const unfit = new RunError(
    'MR3207',
    `Run '${id}' has ended well, and its recorded result does not fit the output of ${kind} '${target}' any more: ${read.problems}`,
    { fault: 'user-code', details: { run: id } },
  );
  return { output: undefined, error: toErrorRecord(unfit) };
}
