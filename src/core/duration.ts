import { MillraceError } from './errors.ts';

/** A span of time, written the way people say it: `'250ms'`, `'30s'`, `'5m'`, `'1h'`, `'3d'`. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const shape = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** Is this text a duration? */
export function isDuration(text: string): text is Duration {
  return shape.test(text);
}

/**
 * The milliseconds of a duration.
 *
 * @throws MillraceError MR3002 when the text is not a duration.
 * @example
 * ```ts
 * import { milliseconds } from 'millrace/core';
 *
 * milliseconds('1.5h'); // 5_400_000
 * ```
 */
export function milliseconds(duration: string): number {
  const match = shape.exec(duration);
  if (match === null) {
    throw new MillraceError(`'${duration}' is not a duration. Write a number and a unit: 250ms, 30s, 5m, 1h, 3d.`, {
      code: 'MR3002',
      retryable: false,
      fault: 'input',
    });
  }
  return Number(match[1]) * unit[match[2] as keyof typeof unit];
}
