import { milliseconds, toErrorRecord, type ErrorRecord } from '../../core/index.ts';
import type { AnyFlow, Call, RetryPolicy } from '../../flow/index.ts';
import { decodeJson, encodeJson, retryDelay } from '../../tasks/index.ts';
import { Cancelled, never, RunError } from '../../engine/index.ts';
import type { LiveRun } from '../live-run.ts';
import { halting } from '../models/overrun.ts';
import { called, expectSame, failed, type CallOptions } from './call.ts';
import { recordedError } from './order.ts';
import type { Part } from './part.ts';
import type { Record } from './records.ts';
import { dropTimer, setTimer } from './timer.ts';

/** Runs another flow as a run of its own. */
export function child(part: Part, id: string, call: () => Call<unknown>, options: CallOptions): Promise<unknown> {
  return called(part, id, call, options, async (path, record, { contract, input }) => {
    if (contract.kind !== 'flow') {
      throw new RunError(
        'MR3215',
        `'${path}' is to run '${contract.contract}', which is a ${contract.kind}, not a flow.`,
        { fault: 'user-code' },
      );
    }
    return performChild(part, id, path, record, contract, input, options);
  });
}

/** The id of the child run that a step starts. */
export function childId({ id, origin, past }: LiveRun, path: string, attempt: number): string {
  const epoch = past.epochOf(path);
  return `${id}/${origin(path)}${epoch === 0 ? '' : `~r${epoch}`}${attempt === 1 ? '' : `~${attempt}`}`;
}

/** Runs a flow that has been called for. Its end is written into this run's journal by the transaction that ends it. */
export async function performChild(
  part: Part,
  id: string,
  path: string,
  record: Record | undefined,
  flow: AnyFlow,
  input: unknown,
  options: CallOptions,
): Promise<unknown> {
  const { run, scope } = part;
  const name = flow.contract;
  const encoded = encodeJson(input);
  if (!encoded.ok) {
    const error = new RunError('MR3206', `The input of flow '${name}' is not JSON: ${encoded.problems}`);
    throw failed(part, path, toErrorRecord(error), { name, attempt: 0, at: options.at });
  }
  const asked = encoded.value ?? null;
  const timeout = options.timeout === undefined ? undefined : milliseconds(options.timeout);
  if (record !== undefined) await expectSame(part, path, record, name, asked);
  else if (run.depth >= run.context.maxDepth) {
    const error = new RunError(
      'MR3239',
      `Run '${run.id}' is ${run.depth} flows deep, and '${path}' would run '${name}' one deeper. The limit is ${run.context.maxDepth} (maxDepth).`,
      { fault: 'user-code' },
    );
    throw failed(part, path, toErrorRecord(error), { name, attempt: 0, at: options.at });
  }
  let known = record ?? start(1);
  for (;;) {
    const attempt = known.tries + 1;
    switch (known.kind) {
      case 'called':
        await ended(part, path, attempt);
        known = run.records.get(path) as Record;
        break;
      case 'failed':
        part.time = known.at;
        if (scope.reason !== undefined) throw scope.reason;
        if (options.retry === undefined || attempt >= options.retry.attempts || !retryable(known))
          throw halting(run, recordedError(known));
        known = putOff(known, options.retry);
        break;
      case 'retrying':
        await due(known);
        if (run.held) await run.released();
        if (scope.reason !== undefined) {
          run.append({ kind: 'cancelled', path, name, attempt, place: options.at }, (tx) =>
            dropTimer(tx, run.id, path),
          );
          throw scope.reason;
        }
        known = start(attempt);
        break;
      case 'completed':
        return completed(known);
      default:
        throw scope.reason ?? new Cancelled(`The child run '${childId(run, path, attempt)}' was cancelled.`);
    }
  }

  function start(attempt: number): Record {
    const row = run.append({ kind: 'called', path, name, attempt, place: options.at, data: asked }, (tx) =>
      run.context.create(tx, {
        id: childId(run, path, attempt),
        kind: 'flow',
        target: name,
        input: asked ?? undefined,
        parent: { run: run.id, path },
        metadata: run.row.metadata ?? undefined,
        timeout,
      }),
    );
    run.learn(row);
    return run.records.get(path) as Record;
  }

  function putOff(failure: Record, retry: RetryPolicy): Record {
    const attempt = failure.tries + 1;
    const until = run.context.clock.now() + retryDelay(retry, attempt, run.context.random);
    const error = JSON.parse(failure.data ?? '') as ErrorRecord;
    const row = run.append({
      kind: 'retrying',
      path,
      name,
      attempt,
      place: options.at,
      data: JSON.stringify({ error, until }),
    });
    run.learn(row);
    return run.records.get(path) as Record;
  }

  async function due(retrying: Record): Promise<void> {
    const { until } = JSON.parse(retrying.data ?? '') as { readonly until: number };
    if (scope.reason !== undefined || run.context.clock.now() >= until) return;
    run.enqueue((tx) => setTimer(tx, 'retry', run.id, path, until));
    await run.wait(path, scope);
  }

  function completed(end: Record): unknown {
    part.time = end.at;
    part.finished.set(id, end.seq);
    if (flow.output === undefined) return end.data === null ? undefined : JSON.parse(end.data);
    const value = decodeJson(flow.output, end.data);
    return value.ok
      ? value.value
      : part.diverged(`the recorded result of '${path}' does not fit the output of flow '${name}' (${value.problems})`);
  }
}

function retryable(failure: Record): boolean {
  return (JSON.parse(failure.data ?? '') as ErrorRecord).retryable;
}

/** Waits for the end of the child. A cancel is passed on to it; even then it first has to come to its end. */
async function ended(part: Part, path: string, attempt: number): Promise<void> {
  const { run, scope } = part;
  if (scope.reason === undefined) await run.wait(path, scope);
  if (run.held) await run.released();
  // Taken out of memory: that is no reason for the child to end.
  if (run.dead) return never();
  if (run.records.get(path)?.kind !== 'called') return;
  const reason = scope.reason ?? new Cancelled('Its parent no longer waits for it.');
  run.context.requestStop(childId(run, path, attempt), {
    reason: 'cancel',
    error: toErrorRecord(reason),
  });
  await run.wait(path, run.shield);
}
