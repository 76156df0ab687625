import { compareMoney, formatMoney, parseMoney, type BudgetLimit, type Money } from '../../llm/index.ts';
import { CliError } from '../../project/kit/failure.ts';

/**
 * The budgets of a project with what the command line allows in all. Where the project has such a one already, the smaller
 * counts.
 *
 * @throws CliError MR2003 for an amount that is none, or one of another currency.
 */
export function withMaxCost(budgets: readonly BudgetLimit[], text: string): readonly BudgetLimit[] {
  const amount = amountOf(text);
  const own = budgets.find(({ scope }) => scope === 'total');
  const before = own === undefined ? undefined : typeof own.limit === 'string' ? parseMoney(own.limit) : own.limit;
  if (before !== undefined && before.currency !== amount.currency)
    throw new CliError(
      'MR2003',
      `--max-cost is ${formatMoney(amount)}, and the project counts in ${before.currency}.`,
      {
        hint: `Such as --max-cost '0.50 ${before.currency}'.`,
      },
    );
  const limit = before !== undefined && compareMoney(before, amount) < 0 ? before : amount;
  return [...budgets.filter((one) => one !== own), { scope: 'total', limit }];
}

/** `0.50`, which is dollars, or `'0.50 EUR'`. */
function amountOf(text: string): Money {
  try {
    const amount = parseMoney(/^[\d.]+$/.test(text) ? `${text} USD` : text);
    if (amount.micros >= 0) return amount;
  } catch {
    // Said below.
  }
  throw new CliError('MR2003', `--max-cost should be an amount of money, not '${text}'.`, {
    hint: "Such as --max-cost 0.50, or --max-cost '0.50 EUR'.",
  });
}
