import { MillraceError } from './errors.ts';

/** A span of time, written the way people say it: `'250ms'`, `'30s'`, `'5m'`, `'1h'`, `'3d'`. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const shape = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** The longest span that there is, in ms: 36 500 days, about a hundred years. */
export const longestSpan = 36_500 * unit.d;

function read(text: string): number | undefined {
  const match = shape.exec(text);
  // Whole: a database keeps times as integers.
  return match === null ? undefined : Math.round(Number(match[1]) * unit[match[2] as keyof typeof unit]);
}

/** Is this text a duration, of at most 36500d? */
export function isDuration(text: string): text is Duration {
  const span = read(text);
  return span !== undefined && span <= longestSpan;
}

/**
 * The milliseconds of a duration, rounded to whole ones.
 *
 * @throws MillraceError MR3002 when the text is not a duration, or is one of more than 36500d.
 * @example
 * ```ts
 * import { milliseconds } from 'millrace/core';
 *
 * milliseconds('1.5h'); // 5_400_000
 * ```
 */
export function milliseconds(duration: string): number {
  const span = read(duration);
  if (span !== undefined && span <= longestSpan) return span;
  throw new MillraceError(
    span === undefined
      ? `'${duration}' is not a duration. Write a number and a unit: 250ms, 30s, 5m, 1h, 3d.`
      : `'${duration}' is too long for a duration. The longest is 36500d, about a hundred years.`,
    { code: 'MR3002', retryable: false, fault: 'input' },
  );
}
