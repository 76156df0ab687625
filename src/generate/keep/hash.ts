import { createHash } from 'node:crypto';
import { textIfThere } from '../../core/if-there.ts';
import { canonicalJson } from '../../core/index.ts';

/** A sha256 in hex of a text or of JSON. Of a text whatever its line ends: a checkout may have changed them. */
export function digest(value: unknown): string {
  return createHash('sha256')
    .update(typeof value === 'string' ? value.replaceAll('\r\n', '\n') : canonicalJson(value))
    .digest('hex');
}

/** The hash of a file as it stands, or nothing. */
export function hashOfFile(path: string): string | undefined {
  const text = textIfThere(path);
  return text === undefined ? undefined : digest(text);
}
