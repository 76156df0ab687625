import { toErrorRecord } from '../../core/index.ts';
import type { AnyTask, At } from '../../flow/index.ts';
import {
  decodeJson,
  encodeJson,
  idempotencyKey,
  retryDelay,
  runAttempt,
  stepPolicy,
  TaskInputError,
} from '../../tasks/index.ts';
import { Cancelled, never, RunError } from '../errors.ts';
import { expectSame, failed, type CallOptions } from './call.ts';
import { recordedError } from './order.ts';
import type { Part } from './part.ts';
import type { Record } from './records.ts';
import { dropTimer, setTimer } from './timer.ts';

/** Runs the attempts of one task, at most until one succeeds: what the journal has is not done again. */
export async function task(
  part: Part,
  id: string,
  path: string,
  record: Record | undefined,
  contract: AnyTask,
  input: unknown,
  options: CallOptions,
): Promise<unknown> {
  const { run } = part;
  const name = contract.contract;
  const encoded = encodeJson(input);
  if (!encoded.ok) {
    if (record !== undefined)
      return part.diverged(`the input of step '${path}' is not JSON any more (${encoded.problems})`);
    const error = new TaskInputError(encoded.problems, { task: name, runId: run.id, step: path });
    throw failed(part, path, toErrorRecord(error), { name, attempt: 0, at: options.at });
  }
  const asked = encoded.value ?? null;
  if (record !== undefined) {
    await expectSame(part, path, record, name, asked);
    if (record.kind === 'completed') return completed(part, id, path, record.seq, record.at, record.data, contract);
    if (record.kind === 'failed' || record.kind === 'cancelled') {
      part.time = record.at;
      throw record.kind === 'failed'
        ? recordedError(record)
        : (part.scope.reason ?? new Cancelled(`Step '${path}' was cancelled.`));
    }
  } else {
    run.append({ kind: 'started', path, name, attempt: 1, place: options.at, data: asked });
  }
  run.working(1);
  try {
    return await tries(part, id, path, record, contract, asked, options);
  } finally {
    run.working(-1);
  }
}

async function completed(
  part: Part,
  id: string,
  path: string,
  seq: number,
  at: number,
  data: string | null,
  contract: AnyTask,
): Promise<unknown> {
  part.time = at;
  part.finished.set(id, seq);
  part.run.lastOutput = data ?? undefined;
  const value = decodeJson(contract.output, data);
  if (value.ok) return value.value;
  return part.diverged(
    `the recorded result of step '${path}' does not fit the output of task '${contract.contract}' (${value.problems})`,
  );
}

async function tries(
  part: Part,
  id: string,
  path: string,
  record: Record | undefined,
  contract: AnyTask,
  asked: string | null,
  options: CallOptions,
): Promise<unknown> {
  const { run, scope } = part;
  const { clock, logger, registry, random } = run.context;
  const name = contract.contract;
  const policy = stepPolicy(contract.policy, options);
  const key = idempotencyKey(run.id, run.origin(path));
  let attempt = (record?.tries ?? 0) + 1;
  if (record?.kind === 'retrying') {
    const { until } = JSON.parse(record.data ?? '') as { readonly until: number };
    // The timer may have rung before the crash, and the clock been set back since.
    run.enqueue((tx) => setTimer(tx, 'retry', run.id, path, until));
    await untilDue(part, path, until);
  }

  for (;;) {
    // Nothing is done in the world before the journal knows that it may have been.
    await run.committed();
    if (run.held) await run.released();
    if (scope.reason !== undefined) return cancelled(part, path, name, attempt, options.at);
    const implementation = registry.implementations.get(name);
    if (implementation === undefined) {
      return run.block(
        new RunError(
          'MR3209',
          `Task '${name}' has no implementation, so run '${run.id}' stopped before step '${path}'. Write tasks/ for it or register one; the run then goes on.`,
          {
            details: { task: name, run: run.id, step: path },
          },
        ),
      );
    }
    if (run.context.attempts.closed) return never();
    const request = {
      implementation,
      contract,
      input: asked === null ? undefined : JSON.parse(asked),
      attempt,
      runId: run.id,
      step: path,
      idempotencyKey: key,
      signal: scope.signal,
      timeoutMs: policy.timeoutMs,
      clock,
      logger,
      ...(run.metadata === undefined ? {} : { metadata: run.metadata }),
    };
    run.attempting++;
    const outcome = await run.context.attempts.run(() => runAttempt(request));
    run.attempting--;
    if (run.dead) await run.committed();
    if (outcome.ok) {
      const row = run.append(
        { kind: 'completed', path, name, attempt, place: options.at, data: outcome.output ?? null },
        (tx) => run.publish(tx, outcome.emitted, path),
      );
      part.time = row.at;
      part.finished.set(id, row.seq);
      run.lastOutput = outcome.output;
      return outcome.value;
    }
    if (scope.reason !== undefined) return cancelled(part, path, name, attempt, options.at);
    const error = toErrorRecord(outcome.error);
    if (!error.retryable || attempt >= policy.attempts)
      throw failed(part, path, error, { name, attempt, at: options.at });
    const until = clock.now() + retryDelay(policy.retry, attempt, random);
    run.append(
      { kind: 'retrying', path, name, attempt, place: options.at, data: JSON.stringify({ error, until }) },
      (tx) => setTimer(tx, 'retry', run.id, path, until),
    );
    attempt++;
    await untilDue(part, path, until);
  }
}

async function untilDue(part: Part, path: string, until: number): Promise<void> {
  const { run, scope } = part;
  if (scope.reason !== undefined || run.context.clock.now() >= until) return;
  run.working(-1);
  await run.wait(path, scope);
  run.working(1);
}

function cancelled(part: Part, path: string, name: string, attempt: number, at: At): never {
  const { run, scope } = part;
  run.append({ kind: 'cancelled', path, name, attempt, place: at }, (tx) => dropTimer(tx, run.id, path));
  throw scope.reason ?? new Cancelled(`Step '${path}' was cancelled.`);
}
