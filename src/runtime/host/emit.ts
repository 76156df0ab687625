import { RunError, payloadText } from '../../engine/index.ts';
import type { AnyEvent, At, Call } from '../../flow/index.ts';
import { callFor, expectSame } from './call.ts';
import type { Part } from './part.ts';
import type { Record } from './records.ts';

/** Publishes an event, once. */
export async function emit(part: Part, id: string, call: () => Call<void>, at: At): Promise<void> {
  const { path, record } = await part.begin(id);
  const { contract, input } = await callFor(part, path, record, call, at);
  if (contract.kind !== 'event') {
    throw new RunError(
      'MR3215',
      `'${path}' is to publish '${contract.contract}', which is a ${contract.kind}, not an event.`,
      { fault: 'user-code' },
    );
  }
  return performEmit(part, path, record, contract, input, at);
}

/** Publishes an event that has been called for. */
export async function performEmit(
  part: Part,
  path: string,
  record: Record | undefined,
  event: AnyEvent,
  payload: unknown,
  at: At,
): Promise<void> {
  const { run } = part;
  const text = payloadText(event, payload);
  if (record === undefined) {
    const row = run.append({ kind: 'emitted', path, name: event.contract, place: at, data: text ?? null }, (tx) => {
      run.context.publish(tx, { event, payload: text, source: `run ${run.id} ${path}` });
    });
    part.time = row.at;
  } else {
    await expectSame(part, path, record, event.contract, text ?? null);
    part.time = record.at;
  }
}
