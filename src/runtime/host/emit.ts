import type { AnyEvent, At, Call } from '../../flow/index.ts';
import { decodeJson, encodeJson } from '../../tasks/index.ts';
import { EventError, RunError } from '../errors.ts';
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

/**
 * The JSON text of a payload that fits its event.
 *
 * @throws EventError MR3302 when it does not.
 */
export function payloadText(event: AnyEvent, payload: unknown): string | undefined {
  const encoded = encodeJson(payload);
  const checked = encoded.ok ? decodeJson(event.payload, encoded.value) : encoded;
  if (encoded.ok && checked.ok) return encoded.value;
  throw new EventError(
    'MR3302',
    `The payload of event '${event.contract}' is not valid: ${checked.ok ? '' : checked.problems}`,
    {
      details: { event: event.contract },
    },
  );
}
