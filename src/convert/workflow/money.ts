/** Workflows give an amount without a currency: prices are in dollars. Nothing for what has no six decimals. */
export function amountOf(value: number): string | undefined {
  const text = value.toFixed(6).replace(/\.?0+$/, '');
  return Number.isFinite(value) && value > 0 && Number(text) === value ? `${text} USD` : undefined;
}

/** An amount of dollars as a number; nothing for another currency. */
export function dollarsIn(amount: string): number | undefined {
  const [number, currency] = amount.split(' ');
  return currency === 'USD' ? Number(number) : undefined;
}
