import { milliseconds, type Duration } from '../../core/index.ts';
import type { RateLimit } from '../../model/index.ts';
import { ts } from '../syntax/typescript.js';
import { follow } from '../value/follow.ts';
import { shape } from '../value/options.ts';
import { duration, integer, list, number, wrong, type Reader } from '../value/readers.ts';

/** A span in which something is counted or waited for: none at all would make no sense. */
const span: Reader<Duration> = (reading, site) => {
  const value = duration(reading, site);
  return value === undefined || milliseconds(value) > 0 ? value : wrong(reading, site, 'a duration above zero');
};

const share: Reader<number> = (reading, site) => {
  const value = number(reading, site);
  if (value === undefined || (value > 0 && value <= 1)) return value;
  return wrong(reading, site, 'a share: a number above 0 and up to 1', value > 1 ? 'A half is 0.5.' : undefined);
};

const rate = shape('`rateLimit`', { limit: integer(1), per: span }, 'limit', 'per');
const rates = list(rate);

/** One limit, or several that all hold. */
export const rateLimit: Reader<RateLimit | readonly RateLimit[]> = (reading, site) => {
  const found = follow(reading, site);
  if (found === undefined) return undefined;
  if (!ts.isArrayLiteralExpression(found.node)) return rate(reading, site);
  if (found.node.elements.length === 0) return wrong(reading, found, 'a limit', 'Leave `rateLimit` out for none.');
  const all = rates(reading, site);
  return all?.length === 0 ? undefined : all;
};

/** `{ failures: 5, reset: '30s' }`. */
export const breaker = shape(
  '`breaker`',
  { failures: integer(1), rate: share, per: span, reset: span, halfOpen: integer(1) },
  'failures',
  'reset',
);
