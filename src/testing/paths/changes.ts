import { isPlain } from './spy.ts';

/**
 * The fields that differ between two contexts, as they are afterwards; `undefined` for one that is gone. For tests that
 * follow a context step by step.
 *
 * @example
 * ```ts
 * import { changesOf } from 'millrace/testing';
 *
 * changesOf({ rounds: 1, by: 'Ada' }, { rounds: 2, by: 'Ada' }); // { rounds: 2 }
 * ```
 */
export function changesOf(before: unknown, after: unknown): Readonly<Record<string, unknown>> {
  if (!isPlain(before) || !isPlain(after)) return sameJson(before, after) ? {} : { context: after };
  const [old, now] = [before, after] as readonly Readonly<Record<string, unknown>>[];
  const fields = new Set([...Object.keys(old ?? {}), ...Object.keys(now ?? {})]);
  return Object.fromEntries(
    [...fields].filter((field) => !sameJson(old?.[field], now?.[field])).map((field) => [field, now?.[field]]),
  );
}

const sameJson = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
