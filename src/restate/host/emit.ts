import { payloadText, RunError } from '../../engine/index.ts';
import type { AnyEvent, At, Call } from '../../flow/index.ts';
import { checkSize } from '../effects/size.ts';
import { eventOf } from '../events/index.ts';
import { callFor } from './call.ts';
import type { Part } from './part.ts';
import { askedOf, recordSerde, type AttemptRecord } from './task/record.ts';

/** Publishes an event, once. */
export async function emit(part: Part, id: string, call: () => Call<void>, at: At): Promise<void> {
  const path = part.begin(id);
  const { contract, input } = callFor(part, path, call, at);
  if (contract.kind !== 'event') {
    throw new RunError(
      'MR3215',
      `'${path}' is to publish '${contract.contract}', which is a ${contract.kind}, not an event.`,
      { fault: 'user-code' },
    );
  }
  return performEmit(part, path, contract, input);
}

/** Publishes an event that has been called for. Its time is recorded before it goes out, so that its id stays the same. */
export async function performEmit(part: Part, path: string, event: AnyEvent, given: unknown): Promise<void> {
  const { run } = part;
  const { clock } = run.place;
  const text = payloadText(event, given);
  const payload: unknown = text === undefined ? undefined : JSON.parse(text);
  const name = event.contract;
  checkSize(`The event '${name}' that '${path}' publishes`, text ?? '');
  const asked = askedOf(name, payload);
  const emitted = [{ event: name, ...(payload === undefined ? {} : { payload }) }];
  const operation = run.ctx.run(
    path,
    () => JSON.stringify({ by: run.by, asked, at: clock.now(), ok: true, emitted } satisfies AttemptRecord) as unknown,
    { serde: recordSerde(() => undefined) },
  );
  const came = await run.driver.wait(operation, run.shield);
  if (!came.ok) throw came.failure;
  const record = came.value as AttemptRecord;
  if (record.asked !== asked) {
    await run.diverged(`'${path}' is recorded with another event, or another payload, than the code now publishes`);
  }
  part.time = Math.max(part.time, record.at);
  run.publish([eventOf({ invocation: run.invocation, path, at: record.at }, event, payload)]);
}
