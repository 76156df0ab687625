import type { Findings } from './violation.ts';

/** Money that is set aside for no call, or that is missing. */
export function checkBudgets({ tables, found, json }: Findings): void {
  const held = new Map<string, number>();
  for (const { id, accounts, micros } of tables.budgets.reservations()) {
    const names = json(`reservation ${id}`, 'accounts', accounts);
    if (!Array.isArray(names)) continue;
    for (const account of names) held.set(String(account), (held.get(String(account)) ?? 0) + micros);
  }
  for (const { account, spent, reserved } of tables.budgets.accounts()) {
    const calls = held.get(account) ?? 0;
    held.delete(account);
    if (reserved !== calls)
      found('budget', account, `${reserved} millionths are set aside, and ${calls} by calls that are under way`);
    if (spent < 0) found('budget', account, `${spent} millionths are spent`);
  }
  for (const account of held.keys())
    found('budget', account, 'calls that are under way count towards it, and it is not there');
}
