import type { Usage } from '../contract.ts';

/** Adds up what two calls used. */
export function sumUsage(one: Usage, other: Usage): Usage {
  return {
    input: one.input + other.input,
    output: one.output + other.output,
    cacheRead: one.cacheRead + other.cacheRead,
    cacheWrite: one.cacheWrite + other.cacheWrite,
    total: one.total + other.total,
    ...(one.estimated === true || other.estimated === true ? { estimated: true } : {}),
  };
}

/** What nothing used. */
export const noTokens: Usage = Object.freeze({ input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 });
