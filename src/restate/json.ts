import type { Serde } from '@restatedev/restate-sdk';

/** How what handlers ask and give is written: JSON, and nothing at all for `undefined`. */
export function json<T>(): Serde<T> {
  return own as Serde<T>;
}

const own: Serde<unknown> = {
  contentType: 'application/json',
  serialize: (value) => (value === undefined ? new Uint8Array() : new TextEncoder().encode(JSON.stringify(value))),
  deserialize: (bytes) => (bytes.length === 0 ? undefined : (JSON.parse(new TextDecoder().decode(bytes)) as unknown)),
};
