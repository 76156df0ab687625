import { setTimeout as sleep } from 'node:timers/promises';
import type { Io } from './io.ts';

/** After how long it is said what is waited for, and how often again, in ms. */
const patience = { first: 2000, again: 10_000 } as const;

/** Waits, and after two seconds says for what, then every ten. `says`: asked each time; undefined: nothing. */
export async function whileWaiting<T>(
  io: Pick<Io, 'note'>,
  work: Promise<T>,
  says: () => Promise<string | undefined>,
): Promise<T> {
  const over = new AbortController();
  const { signal } = over;
  const begun = performance.now();
  const telling = async (): Promise<void> => {
    for (let ms: number = patience.first; ; ms = patience.again) {
      await sleep(ms, undefined, { signal });
      const text = await says().catch(() => undefined);
      signal.throwIfAborted();
      if (text !== undefined) io.note(`${text} (${Math.round((performance.now() - begun) / 1000)} s)`);
    }
  };
  telling().catch(() => {});
  try {
    return await work;
  } finally {
    over.abort();
  }
}
