import { MillraceError } from '../../core/index.ts';

/** An amount of money: whole millionths of a currency unit, exact up to nine billion units. JSON. */
export interface Money {
  /** Millionths: 0.50 USD is 500 000. */
  readonly micros: number;
  /** Three capital letters, as `USD`. */
  readonly currency: string;
}

const wrong = (code: string, message: string, details: Readonly<Record<string, unknown>>): MillraceError =>
  new MillraceError(message, { code, retryable: false, fault: 'input', details });

/**
 * An amount from whole millionths.
 *
 * @throws MillraceError MR4070 for a currency that is none, MR4072 for what is no safe integer.
 * @example
 * ```ts
 * import { money } from 'millrace/llm';
 *
 * money(500_000, 'USD'); // half a dollar
 * ```
 */
export function money(micros: number | bigint, currency: string): Money {
  const whole = Number(micros);
  if (!Number.isSafeInteger(whole))
    throw wrong(
      'MR4072',
      `${String(micros)} millionths of ${currency} cannot be kept exactly: an amount is a whole number of millionths, of at most ${Number.MAX_SAFE_INTEGER}.`,
      { micros: String(micros), currency },
    );
  if (!/^[A-Z]{3}$/.test(currency))
    throw wrong('MR4070', `'${currency}' is not a currency. Write its three capital letters: USD.`, { currency });
  return Object.freeze({ micros: whole === 0 ? 0 : whole, currency });
}

/**
 * Reads an amount as people write it: a decimal of at most six digits after the point, a space, the currency.
 *
 * @throws MillraceError MR4070 when it is not one, MR4072 when it is too large to be exact.
 * @example
 * ```ts
 * import { parseMoney } from 'millrace/llm';
 *
 * parseMoney('0.50 USD'); // { micros: 500000, currency: 'USD' }
 * ```
 */
export function parseMoney(text: string): Money {
  const match = /^(-?)(\d+)(?:\.(\d{1,6}))? +([A-Z]{3})$/.exec(text.trim());
  if (match === null)
    throw wrong(
      'MR4070',
      `'${text}' is not an amount of money. Write a number of at most six decimals and a currency: 0.50 USD.`,
      { text },
    );
  const [, sign = '', units = '', decimals = '', currency = ''] = match;
  const micros = BigInt(units) * 1_000_000n + BigInt(decimals.padEnd(6, '0'));
  return money(sign === '-' ? -micros : micros, currency);
}

/**
 * An amount as text, with two decimals or as many as it has. `parseMoney` reads it back.
 *
 * @example
 * ```ts
 * import { formatMoney, money } from 'millrace/llm';
 *
 * formatMoney(money(1_250_000, 'USD')); // '1.25 USD'
 * ```
 */
export function formatMoney({ micros, currency }: Money): string {
  const digits = String(Math.abs(micros)).padStart(7, '0');
  const decimals = digits.slice(-6).replace(/0{1,4}$/, '');
  return `${micros < 0 ? '-' : ''}${digits.slice(0, -6)}.${decimals} ${currency}`;
}

/** @throws MillraceError MR4071 unless all are of one currency, which it gives. */
export function oneCurrency(first: Money, ...others: readonly Money[]): string {
  for (const { currency } of others) {
    if (currency !== first.currency)
      throw wrong(
        'MR4071',
        `An amount in ${first.currency} and one in ${currency} cannot be added or compared: nothing converts currencies. Give prices and budgets in one.`,
        { currencies: [first.currency, currency] },
      );
  }
  return first.currency;
}

/**
 * The sum of amounts of one currency, exactly.
 *
 * @throws MillraceError MR4071 for different currencies, MR4072 for a sum that is too large.
 */
export function addMoney(first: Money, ...others: readonly Money[]): Money {
  const currency = oneCurrency(first, ...others);
  return money(
    others.reduce((sum, { micros }) => sum + BigInt(micros), BigInt(first.micros)),
    currency,
  );
}

/** What is left of the first after the second: negative when nothing is. @throws MillraceError MR4071, MR4072 */
export function subtractMoney(from: Money, amount: Money): Money {
  return addMoney(from, money(-amount.micros, amount.currency));
}

/** Below zero, zero or above, as the first is less, equal or more. @throws MillraceError MR4071 */
export function compareMoney(first: Money, second: Money): number {
  oneCurrency(first, second);
  return first.micros - second.micros;
}
