import { hash } from 'node:crypto';

/** No key in a header is longer: servers refuse headers that are. */
const longest = 4000;

/**
 * An idempotency key as a header can hold it, which is of ASCII only and has no spaces at its ends: all else is escaped, so
 * that no two keys meet.
 */
export function headerKey(key: string): string {
  const escaped = key.replaceAll(/[^!-$&-~]/gu, (character) =>
    character.isWellFormed() ? encodeURIComponent(character) : `%u${character.charCodeAt(0).toString(16)}`,
  );
  return escaped.length <= longest ? escaped : `%#${hash('sha256', escaped, 'hex')}`;
}
