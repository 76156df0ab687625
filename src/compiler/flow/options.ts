import type { Location, RetryPolicy } from '../../model/index.ts';
import { object, type Doc } from '../../model/text/doc.ts';
import { quote } from '../../model/text/names.ts';

/** The last argument of every call of the host: where it comes from, and what the source sets. */
export function options(location: Location, members: Readonly<Record<string, Doc | number | undefined>> = {}): Doc {
  return object([`at: '${location.line}:${location.column}'`, ...present(members)]);
}

/** `key: value` for the members that are there, in the order given. */
export function present(members: Readonly<Record<string, Doc | number | undefined>>): readonly Doc[] {
  return Object.entries(members).flatMap(([key, value]) => {
    if (value === undefined) return [];
    return [[`${key}: `, typeof value === 'number' ? String(value) : value]];
  });
}

/** A string as code, when there is one. */
export function text(value: string | undefined): string | undefined {
  return value === undefined ? undefined : quote(value);
}

/** A retry policy as code, its members in one order whatever the source's. */
export function retry(policy: RetryPolicy | undefined): Doc | undefined {
  if (policy === undefined) return undefined;
  return object(
    present({
      attempts: policy.attempts,
      backoff: text(policy.backoff),
      delay: text(policy.delay),
      maxDelay: text(policy.maxDelay),
      jitter: policy.jitter === undefined ? undefined : String(policy.jitter),
    }),
  );
}
