import type { InvocationId, RestatePromise } from '@restatedev/restate-sdk';
import { milliseconds, toErrorRecord, type ErrorRecord } from '../../core/index.ts';
import { numberFrom, RunError } from '../../engine/index.ts';
import type { AnyFlow, Call } from '../../flow/index.ts';
import { checkValue, encodeJson, retryDelay } from '../../tasks/index.ts';
import type { RunAsks, RunGives } from '../contract.ts';
import { checkSize } from '../effects/size.ts';
import { json } from '../json.ts';
import { endIn } from '../runs/end.ts';
import type { Run } from '../runs/run.ts';
import { called, failed, type CallOptions } from './call.ts';
import { askedOf } from './task/record.ts';
import { halting } from './halting.ts';
import { failureOf } from './order.ts';
import type { Part } from './part.ts';

/** Runs another flow as a run of its own. */
export function child(part: Part, id: string, call: () => Call<unknown>, options: CallOptions): Promise<unknown> {
  return called(part, id, call, options, async (path, { contract, input }) => {
    if (contract.kind !== 'flow') {
      throw new RunError(
        'MR3215',
        `'${path}' is to run '${contract.contract}', which is a ${contract.kind}, not a flow.`,
        { fault: 'user-code' },
      );
    }
    return performChild(part, id, path, contract, input, options);
  });
}

/** The id of the child run that a step starts. */
export function childId({ id, asks: { epoch = 0 } }: Pick<Run, 'id' | 'asks'>, path: string, attempt: number): string {
  return `${id}/${path}${epoch === 0 ? '' : `~r${epoch}`}${attempt === 1 ? '' : `~${attempt}`}`;
}

/** Runs a flow that has been called for, as an invocation of its own that this one waits for. */
export async function performChild(
  part: Part,
  id: string,
  path: string,
  flow: AnyFlow,
  given: unknown,
  options: CallOptions,
): Promise<unknown> {
  const { run, scope } = part;
  const name = flow.contract;
  const encoded = encodeJson(given);
  if (!encoded.ok) {
    const error = new RunError('MR3206', `The input of flow '${name}' is not JSON: ${encoded.problems}`);
    throw failed(part, path, toErrorRecord(error), options.at);
  }
  try {
    checkSize(`The input of flow '${name}'`, encoded.value ?? '');
  } catch (tooLong) {
    throw failed(part, path, toErrorRecord(tooLong), options.at);
  }
  const { maxDepth = 100 } = run.place;
  if (run.depth >= maxDepth) {
    const error = new RunError(
      'MR3239',
      `Run '${run.id}' is ${run.depth} flows deep, and '${path}' would run '${name}' one deeper. The limit is ${maxDepth} (maxDepth).`,
      { fault: 'user-code' },
    );
    throw failed(part, path, toErrorRecord(error), options.at);
  }
  for (let attempt = 1; ; attempt++) {
    const asks: RunAsks = {
      run: childId(run, path, attempt),
      at: part.time,
      parent: { run: run.id, step: path },
      root: run.asks.root ?? run.id,
      depth: run.depth + 1,
      ...(given === undefined ? {} : { input: given }),
      ...(run.asks.metadata === undefined ? {} : { metadata: run.asks.metadata }),
      ...(options.timeout === undefined ? {} : { timeoutMs: milliseconds(options.timeout) }),
    };
    const { cancels } = run;
    const end = await endOf(part, name, asks, attempt === 1 ? path : `${path}~${attempt}`);
    part.time = end.at ?? part.time;
    if (end.error === undefined) {
      part.done(id, part.time);
      if (flow.output === undefined) return end.output;
      const value = checkValue(flow.output, end.output);
      if (value.ok) return value.value;
      return run.diverged(
        `the recorded result of '${path}' does not fit the output of flow '${name}' (${value.problems})`,
      );
    }
    if (scope.reason !== undefined) throw scope.reason;
    // What undoes is not cancelled: only Restate has done that, as it was under way.
    if (scope === run.shield && end.cancelled === true && run.cancels > cancels) continue;
    const { retry } = options;
    if (retry === undefined || attempt >= retry.attempts || !end.error.retryable)
      throw halting(run, failureOf(run, end.error));
    const until = part.time + retryDelay(retry, attempt, () => numberFrom(run.id, path, attempt));
    await run.waitUntil(until, part.time, `${path}~wait${attempt + 1}`, scope);
    part.time = until;
  }
}

interface ChildEnd {
  readonly at: number | undefined;
  readonly output?: unknown;
  readonly error?: ErrorRecord;
  readonly cancelled?: boolean;
}

/** Waits for the end of the child. A cancel is passed on to it; even then it first has to come to its end. */
async function endOf({ run, scope }: Part, flow: string, asks: RunAsks, name: string): Promise<ChildEnd> {
  const { ctx, driver, place } = run;
  const call = ctx.genericCall<RunAsks, RunGives>({
    service: place.names.flow(flow),
    method: 'run',
    parameter: asks,
    name,
    idempotencyKey: asks.run,
    // What is in the body is not compared with the journal, as some of it differs in a run begun anew; this is.
    headers: { 'x-millrace-asked': askedOf('', asks.input).trim() },
    inputSerde: json(),
    outputSerde: json(),
  });
  let came = await driver.wait(call, scope);
  if (!came.ok && came.aborted) {
    const id = await driver.wait(call.invocationId as RestatePromise<InvocationId>, run.shield);
    if (id.ok) ctx.cancel(id.value);
    came = await driver.wait(call, run.shield);
  }
  if (came.ok) return { at: came.value.at, output: came.value.output };
  const { status, error, at } = endIn(came.failure, asks.run);
  return { at, error, cancelled: status === 'cancelled' };
}
