import { systemClock, toErrorRecord, type ErrorRecord } from '../../core/index.ts';
import type { AnyTask } from '../../flow/index.ts';
import {
  fakeWorld,
  idempotencyKey,
  runAttempt,
  silentLogger,
  type FakeAsked,
  type Fakes,
  type TaskImplementation,
} from '../../tasks/index.ts';
import { triedRun } from '../../tasks/tried.ts';

/** What came of one attempt of a task. */
export interface TriedTask {
  /** Through the output schema; absent when it failed. */
  readonly output?: unknown;
  /** Absent when it succeeded. */
  readonly error?: ErrorRecord;
  /** The events that it published, in order. */
  readonly emitted: readonly { readonly event: string; readonly payload?: unknown }[];
  /** The content of every file of the fake world afterwards, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** The requests that it made. */
  readonly asked: readonly FakeAsked[];
}

/**
 * Makes one attempt of a task, as an engine would, in a world of data: nothing outside is touched. A failure is told, not
 * thrown.
 *
 * @example
 * ```ts
 * import { taskContract } from 'millrace/flow';
 * import { implement } from 'millrace/tasks';
 * import { tryTask } from 'millrace/testing';
 * import { z } from 'zod';
 *
 * const price = taskContract('price', {
 *   input: z.string(),
 *   output: z.number(),
 *   policy: {},
 *   needs: { net: ['shop.test'] },
 *   source: 'shop.dsl.ts:1:1',
 * });
 * const task = implement(price, async (id, { fetch }) => Number(await (await fetch(`https://shop.test/${id}`)).text()));
 * const came = await tryTask(task, 'a', { fetch: [{ url: 'https://shop.test/a', text: '250' }] });
 * came.output; // 250
 * ```
 */
export async function tryTask<T extends AnyTask>(
  { contract, run }: TaskImplementation<T>,
  input: unknown,
  fakes: Fakes = {},
): Promise<TriedTask> {
  const world = fakeWorld(fakes);
  const outcome = await runAttempt({
    contract,
    implementation: { kind: 'implementation', contract, run } as unknown as TaskImplementation,
    input,
    attempt: 1,
    runId: triedRun,
    step: contract.contract,
    idempotencyKey: idempotencyKey(triedRun, contract.contract),
    clock: systemClock(),
    logger: silentLogger,
    world,
  });
  const rest = { files: world.files(), asked: world.asked };
  if (!outcome.ok) return { error: toErrorRecord(outcome.error), emitted: [], ...rest };
  return {
    output: outcome.value,
    emitted: outcome.emitted.map(({ event, payload }) => ({
      event: event.contract,
      ...(payload === undefined ? {} : { payload: JSON.parse(payload) as unknown }),
    })),
    ...rest,
  };
}
