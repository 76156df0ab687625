import { milliseconds, toErrorRecord } from '../../core/index.ts';
import { filledIn, jsonSchema, RunError, type Question } from '../../engine/index.ts';
import type { Approval, ApproveOptions } from '../../flow/index.ts';
import { askDecision, leaveDecision, type Asked, type DecidedSignal } from '../decisions/index.ts';
import { json } from '../json.ts';
import { timeLimit } from '../runs/timer.ts';
import { failed } from './call.ts';
import { firstOf } from './first-of.ts';
import type { Part } from './part.ts';

/** Waits until a person has decided. What is asked is in the journal: code that asks something else does not fit it. */
export async function approve(part: Part, id: string, options: ApproveOptions): Promise<Approval | undefined> {
  const { run } = part;
  const path = part.begin(id);
  let limit: number | undefined;
  let question: Question;
  try {
    const message = options.message?.();
    limit = options.timeout === undefined ? undefined : milliseconds(options.timeout);
    question = {
      ...(message === undefined ? {} : { message }),
      ...(options.form === undefined ? {} : { form: jsonSchema(options.form) }),
      ...(limit === undefined ? {} : { until: part.time + limit }),
    };
  } catch (thrown) {
    throw failed(part, path, { ...toErrorRecord(thrown), retryable: false }, options.at);
  }
  const said = await decided(part, path, question, limit);
  if (said === undefined) {
    part.time += limit ?? 0;
    if (options.onTimeout === 'continue') return undefined;
    const error = new RunError(
      'MR3235',
      `Nobody decided '${path}' of run '${run.id}' within ${options.timeout ?? 'its time'}.`,
      { fault: 'environment' },
    );
    throw failed(part, path, toErrorRecord(error), options.at);
  }
  const { approved, by, at, form } = said;
  part.done(id, Math.max(part.time, at));
  const filled = filledIn(options.form, form, approved);
  if (filled.ok) return { approved, by, at, form: filled.value as never };
  return run.diverged(`what was filled in at '${path}' does not fit its form any more (${filled.problems})`);
}

/** Asks, and waits for the answer. Undefined when there was none in time. */
async function decided(
  { run, scope, time }: Part,
  path: string,
  question: Question,
  limit: number | undefined,
): Promise<DecidedSignal | undefined> {
  const { ctx, driver, place, shield } = run;
  const at = { run: run.id, step: path };
  const asked: Asked = {
    ...at,
    ...question,
    flow: run.program.target,
    since: time,
    invocation: run.invocation,
    signal: path,
  };
  const asks = await driver.wait(askDecision(ctx, place, asked), shield);
  // Cancelled before it was asked.
  if (!asks.ok) throw scope.reason ?? asks.failure;
  run.saw(asks.value);
  const told = ctx.signal<DecidedSignal>(path, json());
  const timer = limit === undefined ? undefined : timeLimit(run, `${path}~timeout`, limit);
  const first = await firstOf(run, told, timer?.rings, scope);
  if (first.came !== 'time') await timer?.off();
  if (first.came === 'value') return first.value;
  const leaving = { invocation: run.invocation, signal: path };
  let left = await driver.wait(leaveDecision(ctx, place, at, leaving), shield);
  // A cancel has ended the call before it could do anything.
  if (!left.ok) left = await driver.wait(leaveDecision(ctx, place, at, leaving), shield);
  if (!left.ok) throw scope.reason ?? left.failure;
  if (left.value.underWay) {
    const late = await driver.wait(told, shield);
    if (late.ok) return late.value;
    throw late.failure;
  }
  if (first.came === 'time') return undefined;
  throw scope.reason;
}
