import { z } from 'zod';
import { MillraceError } from '../../core/index.ts';
import { formatMoney, money, oneCurrency, parseMoney, type Money } from '../money/money.ts';

/** What a limit is for: each task, model, run or day (UTC), or everything together. */
export type BudgetScope = 'task' | 'model' | 'run' | 'day' | 'total';

/** At most so much money for each of a scope, or for the one that `of` names. */
export interface BudgetLimit {
  readonly scope: BudgetScope;
  /** Only this task, model, run or day (`2026-11-21`). */
  readonly of?: string;
  /** `'0.50 USD'`. Of 0, only what is free can be asked. */
  readonly limit: Money | string;
}

/** A limit that has been read. */
export interface ReadLimit {
  readonly scope: BudgetScope;
  readonly of?: string;
  readonly limit: Money;
}

const scopes = ['task', 'model', 'run', 'day', 'total'] as const satisfies readonly BudgetScope[];

/** What limits have to look like. */
export const limitsSchema = z.array(
  z.strictObject({
    scope: z.enum(scopes),
    of: z.string().optional(),
    limit: z.union([z.string(), z.strictObject({ micros: z.int(), currency: z.string() })], {
      error: "is an amount of money: '0.50 USD'",
    }),
  }),
);

/** @throws MillraceError MR4083 for limits that cannot be meant, MR4070 for an amount that is none, MR4071 for two currencies. */
export function readLimits(limits: readonly BudgetLimit[]): readonly ReadLimit[] {
  // They may come from a file.
  const checked = limitsSchema.safeParse(limits);
  if (!checked.success) {
    const problems = checked.error.issues.map(
      ({ path, message }) => `${path.map(String).join('.') || 'they'}: ${message}`,
    );
    throw wrong(`The budgets are not right: ${problems.join('; ')}.`);
  }
  const seen = new Set<string>();
  const read = limits.map(({ scope, of, limit }) => {
    const amount = typeof limit === 'string' ? parseMoney(limit) : money(limit.micros, limit.currency);
    const name = of === undefined ? `each ${scope}` : accountOf(scope, of);
    if (amount.micros < 0) throw wrong(`The budget of ${name} is ${formatMoney(amount)}: less than nothing.`);
    if (scope === 'total' && of !== undefined) throw wrong(`The budget of everything cannot be one of '${of}'.`);
    if (seen.has(name)) throw wrong(`There are two budgets of ${name}. Leave one.`);
    seen.add(name);
    return { scope, ...(of === undefined ? {} : { of }), limit: amount };
  });
  const [first, ...others] = read;
  if (first !== undefined) oneCurrency(first.limit, ...others.map(({ limit }) => limit));
  return read;
}

/** The account of one task, model, run or day. */
export const accountOf = (scope: BudgetScope, of: string): string => (scope === 'total' ? 'total' : `${scope} ${of}`);

/** Does the limit hold for the account? */
export const holdsFor = ({ scope, of }: ReadLimit, account: string): boolean =>
  of === undefined ? account === scope || account.startsWith(`${scope} `) : account === accountOf(scope, of);

const wrong = (message: string): MillraceError =>
  new MillraceError(message, { code: 'MR4083', retryable: false, fault: 'input' });
