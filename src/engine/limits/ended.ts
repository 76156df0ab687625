import type { AttemptOutcome } from '../../tasks/index.ts';
import type { Ended } from './breaker.ts';

// Neither says anything of the world outside: the input did not fit, there is no code, it was called off.
const unknown: ReadonlySet<string> = new Set(['MR3101', 'MR3104', 'MR3105']);

/** What an outcome tells a breaker. A failure that may not be retried is an answer: a card was declined, so the service works. */
export function endedAs(outcome: AttemptOutcome | undefined): Ended {
  if (outcome === undefined) return 'unknown';
  if (outcome.ok) return 'good';
  if (unknown.has(outcome.error.code)) return 'unknown';
  return outcome.error.retryable ? 'bad' : 'good';
}
