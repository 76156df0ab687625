import { addMoney, formatMoney, money, type BudgetLimit, type Money } from '../../../llm/index.ts';
import { holdsFor, readLimits } from '../../../llm/budget/limits.ts';
import { usageOf } from '../../../runtime/models/usage.ts';
import type { BudgetRow, Tables, UsageKey } from '../../../store/index.ts';

/** How an account of a budget stands. */
export interface Standing extends BudgetRow {
  /** What is in no record of usage: what was set aside for calls that were abandoned, or was used by runs that are gone. */
  readonly unrecorded: number;
}

/** How the accounts of the budgets stand; of one run, only its own: that of the run that a person has started. */
export function standings(tables: Tables, run?: string): readonly Standing[] {
  const account = run === undefined ? undefined : `run ${rootOf(tables, run)}`;
  return tables.budgets
    .accounts()
    .filter((one) => account === undefined || one.account === account)
    .map((one) => ({ ...one, unrecorded: Math.max(0, one.spent - recorded(tables, one)) }));
}

/** In a line: `day 2026-11-21: 0.000815 of 5.00 USD, of which 0.0002 USD are set aside for calls under way`. */
export function standingText(standing: Standing, limits: readonly BudgetLimit[]): string {
  const { account, currency, spent, reserved, unrecorded } = standing;
  const amount = (micros: number): string => formatMoney(money(micros, currency));
  const parts = [
    ...(reserved > 0 ? [`${amount(reserved)} set aside for calls under way`] : []),
    ...(unrecorded > 0 ? [`${amount(unrecorded)} for calls that were abandoned, or whose runs are gone`] : []),
  ];
  const limit = limitOf(account, currency, limits);
  const all = amount(spent + reserved);
  const stands = limit === undefined ? all : `${all.replace(` ${currency}`, '')} of ${formatMoney(limit)}`;
  return `${account}: ${stands}${parts.length === 0 ? '' : `, of which ${parts.join(', and ')}`}`;
}

/** The smallest limit that holds for an account. */
function limitOf(account: string, currency: string, limits: readonly BudgetLimit[]): Money | undefined {
  return limits
    .flatMap((one) => readLimits([one]))
    .filter((one) => one.limit.currency === currency && holdsFor(one, account))
    .map(({ limit }) => limit)
    .toSorted((first, second) => first.micros - second.micros)[0];
}

/** What the records of usage say of an account, in millionths. */
function recorded(tables: Tables, { account, currency }: BudgetRow): number {
  const [scope, ...rest] = account.split(' ');
  const name = rest.join(' ');
  const sum = (views: ReturnType<typeof usageOf>): number =>
    addMoney(money(0, currency), ...views.flatMap(({ cost }) => cost).filter((one) => one.currency === currency))
      .micros;
  if (scope === 'total') return sum(usageOf(tables, {}));
  if (scope === 'run') return [...treeOf(tables, name)].reduce((all, run) => all + sum(usageOf(tables, { run })), 0);
  return sum(usageOf(tables, { by: scope as UsageKey }).filter((view) => (view.name ?? '') === name));
}

function rootOf({ runs }: Tables, run: string): string {
  let root = run;
  for (let above = runs.get(run)?.parent; typeof above === 'string'; above = runs.get(above)?.parent) root = above;
  return root;
}

/** A run and all that it runs. */
function treeOf({ runs }: Tables, run: string): ReadonlySet<string> {
  const tree = new Set([run]);
  for (const id of tree) for (const { id: child } of runs.list({ parent: id })) tree.add(child);
  return tree;
}
