import type { Clock } from '../../core/index.ts';
import { waitUntil } from '../../core/wait-until.ts';
import type { Line, Turn } from './line.ts';

/** How long somebody waits for money that others have set aside. */
export interface Patience {
  readonly time: Pick<Clock, 'now' | 'at'>;
  /** In ms, by `time`. */
  readonly until: number;
  readonly signal: AbortSignal;
}

const firstLookMs = 250;
const lastLookMs = 2_000;

/**
 * Waits until there is room: it is looked for when something was given back here, and by whoever is not behind others from
 * time to time, since other processes may give something back, too. False: the time is over.
 */
export async function untilRoom(
  line: Line,
  turn: Turn,
  look: () => Promise<'room' | 'none' | 'behind'>,
  { time, until, signal }: Patience,
): Promise<boolean> {
  for (let ms = firstLookMs; ; ms = Math.min(lastLookMs, ms * 2)) {
    line.looks(turn);
    const found = await look();
    if (found === 'room') return true;
    const now = time.now();
    if (now >= until) return false;
    const stirred = new AbortController();
    const leave = (): void => stirred.abort();
    line.onStir(turn, leave);
    signal.addEventListener('abort', leave, { once: true });
    try {
      if (!signal.aborted)
        await waitUntil(time, found === 'behind' ? until : Math.min(until, now + ms), stirred.signal);
    } finally {
      signal.removeEventListener('abort', leave);
    }
    if (signal.aborted) throw signal.reason;
  }
}
