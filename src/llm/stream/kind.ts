import type { ModelErrorKind } from '../errors.ts';

/** What a provider says of a failure, as far as it says anything. */
export interface Complaint {
  readonly status?: number;
  /** Its type and its code. */
  readonly names: readonly string[];
  readonly message: string;
}

type Kind = Exclude<ModelErrorKind, 'budget'>;

const tooLong =
  /prompt is too long|context[ _](length|window|size)|maximum context|exceeds? the (available|maximum) (context|number of tokens)|input token count|too many (input )?tokens/i;
const unpaid = /insufficient_quota|billing|spend_limit|credit balance|credit_balance|payment/i;
const filtered = /content_filter|content_policy|content policy|bio_policy|misalignment_policy|safety/i;

// By the types and codes that they have; first those that say most.
const byName: readonly (readonly [RegExp, Kind])[] = [
  [unpaid, 'quota'],
  [/context_length|exceed_context_size|request_too_large/i, 'contextLength'],
  [filtered, 'filtered'],
  [/overloaded|unavailable/i, 'overloaded'],
  [/rate_limit|resource_exhausted|too_many_requests/i, 'rateLimit'],
  [/authentication|permission|invalid_api_key|unauthenticated/i, 'auth'],
  [/timeout|deadline/i, 'timeout'],
  [/invalid_request|invalid_prompt|invalid_argument|not_found|invalid_image/i, 'badRequest'],
];

/** What kind of failure it is. */
export function kindOf({ status, names, message }: Complaint): Kind {
  const named = byName.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1];
  if (status === undefined) {
    if (named === 'badRequest' && tooLong.test(message)) return 'contextLength';
    return named ?? (tooLong.test(message) ? 'contextLength' : 'server');
  }
  if (status === 401 || status === 403) return 'auth';
  if (status === 402) return 'quota';
  if (status === 408) return 'timeout';
  if (status === 429) return named === 'quota' ? 'quota' : 'rateLimit';
  if (status === 503 || status === 529) return 'overloaded';
  if (status >= 500) return named === 'overloaded' ? 'overloaded' : 'server';
  if (named === 'quota' || unpaid.test(message)) return 'quota';
  if (named === 'contextLength' || status === 413 || tooLong.test(message)) return 'contextLength';
  return named === 'filtered' ? 'filtered' : 'badRequest';
}
