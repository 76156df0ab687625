import { tally, type Standing, type State } from './state.ts';
import type { Verdict } from './verify.ts';

/** Tells what was found, and whether all of it is as it must be. */
export function tell({ checks, counts }: Verdict, { orders }: State, say: (line: string) => void): boolean {
  for (const { claim, problems } of checks) {
    say(`   ${problems.length === 0 ? '✓' : '✗'} ${claim}`);
    for (const problem of problems.slice(0, 5)) say(`       ${problem}`);
    if (problems.length > 5) say(`       … and ${problems.length - 5} more`);
  }
  const reasons = tally(
    orders.filter((order) => order.state[0] === 'cancelled').map((order) => reasonOf(order.context)),
  );
  say(
    `\n   ${counts.orders} valid orders: ${counts.closed} closed, ${counts.cancelled} cancelled (${list(reasons)}); ${counts.refused} lines refused`,
  );
  say(`   ${counts.runs} runs with ${counts.steps} steps; the code of tasks was started ${counts.executions} times`);
  say(
    `   of ${counts.finishedAtKill} steps finished at the kill ${counts.finishedRanAgain} ran again; of ${counts.underWayAtKill} under way, ${counts.underWayRanAgain}, under their old key`,
  );
  return checks.every(({ problems }) => problems.length === 0);
}

/** Where the orders stand, in a line. */
export function describe({ states }: Standing): string {
  const known = ['fulfilling', 'travelling', 'delivered', 'refunding', 'owing', 'apologising', 'closed', 'cancelled'];
  return (
    known.flatMap((state) => (states.has(state) ? [`${state} ${states.get(state)}`] : [])).join(', ') || 'no orders yet'
  );
}

/** How many of what, the most first. */
export function list(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, number]) => `${number} ${name}`)
    .join(', ');
}

/** Why an order was cancelled, without the names in it. */
function reasonOf(context: unknown): string {
  const { reason } = context as { readonly reason: string };
  if (reason.includes('declined')) return 'card declined';
  if (reason.includes('left')) return 'out of stock';
  if (reason.includes('refused by')) return 'refused by the clerk';
  if (reason.includes('parcelDispatched')) return 'never collected';
  return reason;
}
