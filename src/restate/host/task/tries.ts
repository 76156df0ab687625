import { notBefore, numberFrom } from '../../../engine/index.ts';
import { RecordedError, toErrorRecord, type ErrorRecord } from '../../../core/index.ts';
import { checkValue, retryDelay, TotalTimeoutError, type AttemptOutcome } from '../../../tasks/index.ts';
import { forget } from '../../effects/index.ts';
import { eventId } from '../../events/index.ts';
import { isLimited, takeTurn, type Turn } from '../../limits/index.ts';
import { failed } from '../call.ts';
import { halting } from '../halting.ts';
import { make, type Made } from './make.ts';
import { recordSerde, taskOf, type AttemptRecord } from './record.ts';
import type { TaskStep } from './step.ts';

const free: Turn = { kind: 'free' };

/** Makes attempts until one succeeds or no other may follow. Each, and the time between two, is in the journal. */
export async function tries(step: TaskStep): Promise<unknown> {
  const { part, path, contract, policy, asked } = step;
  const { run, scope } = part;
  const { driver, ctx, place } = run;
  let since: number | undefined;
  let kept: string | undefined;
  for (let attempt = 1, lost = 0; ;) {
    const name = attempt === 1 ? path : `${path}~${attempt}`;
    let turn = free;
    if (isLimited(contract)) {
      const total =
        policy.totalMs === undefined || since === undefined
          ? {}
          : { total: { until: since + policy.totalMs, ms: policy.totalMs } };
      const begins = { contract, run: run.id, path, attempt, name: lost === 0 ? name : `${name}~${lost}`, ...total };
      turn = await takeTurn({ place, ctx, driver }, begins, scope);
    }
    if (turn.kind === 'aborted' && scope.reason !== undefined) throw scope.reason;
    let record: AttemptRecord;
    let live: Made | undefined;
    if (turn.kind === 'refused') {
      record = { by: run.by, asked, at: part.time, ok: false, error: turn.error };
    } else {
      const begins = { attempt, since, kept, turn, again: run.replays };
      const operation = ctx.run(
        name,
        async () => {
          live = await make(step, begins);
          return live.text as unknown;
        },
        { serde: recordSerde(() => live?.record) },
      );
      let came = await driver.wait(operation, scope);
      // It is told to stop. Whether it had come to its end before, so that it must be undone, only its record says.
      if (!came.ok && came.aborted) came = await driver.wait(operation, run.shield);
      if (!came.ok) throw came.failure;
      const recorded = came.value as AttemptRecord | null;
      if (recorded === null || (scope.reason !== undefined && !recorded.ok)) throw scope.reason;
      record = recorded;
      if (record.asked !== asked) return run.diverged(differs(step, record));
      run.saw(record);
    }
    since ??= record.since;
    kept = record.kept ?? kept;
    part.time = record.at;
    if (record.ok) return complete(step, record, live?.outcome);
    if ('turn' in record) {
      lost++;
      continue;
    }
    const { error } = record;
    if (!error.retryable || attempt >= policy.attempts) throw halting(run, fail(step, error, kept));
    const until = Math.max(
      record.at + retryDelay(policy.retry, attempt, () => numberFrom(run.id, name, attempt)),
      notBefore(error, record.at),
    );
    if (policy.totalMs !== undefined && until >= (since ?? record.at) + policy.totalMs)
      throw fail(step, tooLate(step, attempt, error), kept);
    attempt++;
    lost = 0;
    await run.waitUntil(until, record.at, `${path}~wait${attempt}`, scope);
    part.time = Math.max(part.time, until);
  }
}

function complete(
  { part, id, path, contract }: TaskStep,
  record: AttemptRecord & { readonly ok: true },
  live: AttemptOutcome | undefined,
): unknown {
  const { run } = part;
  if (record.emitted !== undefined)
    run.publish(
      record.emitted.map(({ event, payload }, index) => ({
        id: eventId(run.invocation, `${path} ${index}`),
        name: event,
        at: record.at,
        ...(payload === undefined ? {} : { payload }),
      })),
    );
  if (record.kept !== undefined) forget(run.ctx, run.place, { run: run.id, path }, record.kept);
  part.done(id, record.at);
  run.lastOutput = record.output;
  // The same, and read already.
  if (live?.ok === true) return live.value;
  const value = checkValue(contract.output, record.output);
  if (value.ok) return value.value;
  return run.diverged(
    `the recorded result of step '${path}' does not fit the output of task '${contract.contract}' (${value.problems})`,
  );
}

/** The step has failed for good; gives the error to throw. */
function fail({ part, path, contract, input, options }: TaskStep, error: ErrorRecord, kept: string | undefined): Error {
  if (kept !== undefined) forget(part.run.ctx, part.run.place, { run: part.run.id, path }, kept);
  const asked: unknown = input === undefined ? undefined : JSON.parse(input);
  return failed(part, path, error, options.at, { contract, asked });
}

/** No other attempt could begin in time. */
function tooLate({ part, path, contract, policy }: TaskStep, attempt: number, last: ErrorRecord): ErrorRecord {
  const ids = { task: contract.contract, runId: part.run.id, step: path, attempt };
  return toErrorRecord(new TotalTimeoutError(policy.totalMs ?? 0, ids, new RecordedError(last)));
}

function differs({ path, contract }: TaskStep, { asked }: AttemptRecord): string {
  const task = taskOf(asked);
  return task === contract.contract
    ? `step '${path}' is recorded with another input than the code now gives`
    : `step '${path}' is recorded with '${task}', and the code asks for '${contract.contract}'`;
}
