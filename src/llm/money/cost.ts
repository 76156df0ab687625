import { MillraceError } from '../../core/index.ts';
import type { Usage } from '../contract.ts';
import { money, type Money } from './money.ts';

/** What a million tokens cost, in units of the currency: `inputPerMTok: 3` is 3 USD for a million tokens of input. */
export interface Rates {
  readonly inputPerMTok: number;
  readonly outputPerMTok: number;
  /** Input that the provider had in its cache. Left out: as other input. */
  readonly cacheReadPerMTok?: number | undefined;
  /** Input that the provider put into its cache. Left out: not known, unless nothing is. */
  readonly cacheWritePerMTok?: number | undefined;
}

/** The prices of a model. */
export interface Prices extends Rates {
  /** Three capital letters, as `USD`. */
  readonly currency: string;
  /** What holds for the whole request when its input has more tokens than this. */
  readonly longPrompt?: (Rates & { readonly overInputTokens: number }) | undefined;
}

/**
 * What tokens have cost, to the millionth, rounded up once. Nothing where the price is not known.
 *
 * @throws MillraceError MR4076 for tokens that cannot be, MR4072 for a cost that cannot be kept exactly.
 * @example
 * ```ts
 * import { costOf, formatMoney } from 'millrace/llm';
 *
 * const usage = { input: 1_000, output: 200, cacheRead: 0, cacheWrite: 0, total: 1_200 };
 * const cost = costOf(usage, { currency: 'USD', inputPerMTok: 3, outputPerMTok: 15 });
 * if (cost !== undefined) formatMoney(cost); // '0.006 USD'
 * ```
 */
export function costOf(usage: Omit<Usage, 'total'>, prices: Prices | undefined): Money | undefined {
  checkUsage(usage);
  if (prices === undefined) return undefined;
  const { longPrompt } = prices;
  const rates = longPrompt !== undefined && usage.input > longPrompt.overInputTokens ? longPrompt : prices;
  if (usage.cacheWrite > 0 && rates.cacheWritePerMTok === undefined) return undefined;
  const parts: readonly (readonly [number, number])[] = [
    [usage.input - usage.cacheRead - usage.cacheWrite, rates.inputPerMTok],
    [usage.output, rates.outputPerMTok],
    [usage.cacheRead, rates.cacheReadPerMTok ?? rates.inputPerMTok],
    [usage.cacheWrite, rates.cacheWritePerMTok ?? 0],
  ];
  const sum = parts.reduce((sum, [tokens, rate]) => sum + BigInt(tokens) * microsOf(rate), 0n);
  return money((sum + 999_999n) / 1_000_000n, prices.currency);
}

/**
 * The most that a request may cost: all of its input at the dearest rate that may apply to it, and every token that it
 * may answer with. Nothing where the price is not known.
 *
 * @throws MillraceError MR4076 for tokens that cannot be, MR4072 for a cost that cannot be kept exactly.
 */
export function mostOf(
  tokens: { readonly input: number; readonly maxOutput: number },
  prices: Prices | undefined,
): Money | undefined {
  const { input, maxOutput: output } = tokens;
  const none = { cacheRead: 0, cacheWrite: 0 };
  const plain = costOf({ input, output, ...none }, prices);
  const written = costOf({ input, output, ...none, cacheWrite: input }, prices);
  return plain === undefined || written === undefined || plain.micros > written.micros ? plain : written;
}

function checkUsage(usage: Omit<Usage, 'total'>): void {
  const { input, output, cacheRead, cacheWrite } = usage;
  const whole = [input, output, cacheRead, cacheWrite].every((tokens) => Number.isSafeInteger(tokens) && tokens >= 0);
  if (whole && cacheRead + cacheWrite <= input) return;
  throw new MillraceError(
    `These cannot be the tokens of a call: input ${input}, output ${output}, read from the cache ${cacheRead}, written to it ${cacheWrite}. They are whole numbers of 0 or more, and what the cache had or got is part of the input.`,
    { code: 'MR4076', retryable: false, fault: 'input', details: { usage } },
  );
}

/** Millionths for a million tokens, from the digits of the number: no rounding of binary fractions comes in. */
export function microsOf(rate: number): bigint {
  const match = /^(\d+)(?:\.(\d{1,6}))?$/.exec(String(rate));
  if (match === null)
    throw new MillraceError(
      `${rate} is not a price for a million tokens: a number of 0 or more, of at most six decimals.`,
      { code: 'MR4073', retryable: false, fault: 'input', details: { rate } },
    );
  return BigInt(match[1] ?? '') * 1_000_000n + BigInt((match[2] ?? '').padEnd(6, '0'));
}
