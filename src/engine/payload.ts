import type { AnyEvent } from '../flow/index.ts';
import { decodeJson, encodeJson } from '../tasks/index.ts';
import { EventError } from './errors.ts';

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
