import { RestateError } from '../errors.ts';

/** The longest text that is kept, in bytes. Messages of a server have at most 32 MiB, and a text in JSON may double. */
export const longest = 15 * 1024 * 1024;

/** @throws RestateError MR5250 for a text that is too long to be kept. */
export function checkSize(what: string, text: string): void {
  // No character has more bytes than three for each of its UTF-16 units.
  if (text.length * 3 <= longest) return;
  const size = Buffer.byteLength(text);
  if (size <= longest) return;
  throw new RestateError(
    'MR5250',
    `${what} has ${size} bytes, and on Restate at most ${longest} are kept. Put it where it belongs, a file or a bucket, and keep its name.`,
    { fault: 'user-code', details: { size, longest } },
  );
}
