import type { UsageTotals } from '../../../llm/index.ts';
import { formatMoney } from '../../../llm/money/money.ts';

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** What models have used, in a line: `3 calls, 1200 + 340 tokens, 0.012 USD`. */
export function usageText({ calls, input, output, cost, unpriced }: UsageTotals): string {
  const parts = [counted(calls, 'call'), `${input} + ${output} tokens`, ...cost.map(formatMoney)];
  if (unpriced > 0) parts.push(`${unpriced} of unknown price`);
  return parts.join(', ');
}

/** The same as data: amounts as texts. */
export function usageDocument({ cost, ...usage }: UsageTotals): object {
  return { ...usage, cost: cost.map(formatMoney) };
}
