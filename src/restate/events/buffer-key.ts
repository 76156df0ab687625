import { hash } from 'node:crypto';

/** No key of a virtual object is longer. */
const longest = 500;

/** The virtual object of an event and of what is matched: `matchKey` of its fields. */
export function bufferKey(event: string, match: string): string {
  const key = `${event} ${match}`;
  return key.length <= longest ? key : `${event} #${hash('sha256', match, 'hex')}`;
}
