import { isDuration, milliseconds } from '../../../core/index.ts';
import { formatMoney } from '../../../llm/index.ts';
import { CliError } from '../../../project/kit/failure.ts';
import { totalUsage, usageOf, type UsageView } from '../../../runtime/models/usage.ts';
import type { BudgetRow, UsageFilter, UsageKey } from '../../../store/index.ts';
import type { Io } from '../../kit/io.ts';
import { readStore, time } from '../../kit/read-store.ts';
import { table } from '../../kit/table.ts';

/** The options of `dsl usage`. */
export interface UsageArguments {
  readonly by: UsageKey;
  readonly run?: string;
  readonly task?: string;
  readonly since?: string;
  readonly limit: number;
  readonly db?: string;
}

/** Prints what models have used. */
export async function usage(io: Io, options: UsageArguments): Promise<number> {
  const { by, limit } = options;
  const since = options.since === undefined ? undefined : sinceWhen(options.since, Date.now());
  const filter: UsageFilter = {
    ...(options.run === undefined ? {} : { run: options.run }),
    ...(options.task === undefined ? {} : { task: options.task }),
    ...(since === undefined ? {} : { since }),
  };
  const { used, total, budgets } = await readStore(io, options.db, (tables) => ({
    used: usageOf(tables, { by, ...filter }),
    total: totalUsage(tables, filter),
    budgets: tables.budgets.accounts(),
  }));
  const shown = used.slice(0, limit);
  if (io.json) {
    io.document({
      by,
      ...(since === undefined ? {} : { since: time(since) }),
      all: total,
      usage: shown,
      ...(shown.length < used.length ? { more: used.length - shown.length } : {}),
      budgets: budgets.map(account),
    });
    return 0;
  }
  if (total.calls === 0) {
    io.note('No model was asked yet.');
    return 0;
  }
  const heading = [by, 'calls', 'input', 'output', 'from cache', 'cost'].map((text) => io.paint('dim', text));
  io.out(table([heading, ...shown.map(row), ...(used.length > 1 ? [row({ ...total, name: 'all' })] : [])]));
  if (shown.length < used.length) io.note(`${used.length - shown.length} more: --limit shows them.`);
  const open = budgets.filter(({ reserved }) => reserved > 0);
  if (open.length > 0) io.note(`Set aside for calls under way: ${open.map(held).join(', ')}.`);
  return 0;
}

const numbers = new Intl.NumberFormat('en-GB');

function row({ name, calls, input, output, cacheRead, cost, unpriced }: UsageView): readonly string[] {
  const known = cost.map((amount) => formatMoney(amount));
  const unknown = unpriced === 0 ? [] : [`${unpriced === calls ? '' : `${unpriced} of them `}without a known price`];
  return [
    name ?? '(none)',
    ...[calls, input, output, cacheRead].map((count) => numbers.format(count)),
    [...known, ...unknown].join(', '),
  ];
}

const account = ({ account: name, currency, spent, reserved }: BudgetRow) => ({
  account: name,
  spent: { micros: spent, currency },
  reserved: { micros: reserved, currency },
});

const held = ({ account: name, currency, reserved }: BudgetRow): string =>
  `${name} ${formatMoney({ micros: reserved, currency })}`;

/** A time: so long ago, or a date. */
function sinceWhen(text: string, now: number): number {
  if (isDuration(text)) return now - milliseconds(text);
  const at = /^\d{4}-\d\d-\d\d(?:T.*)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new CliError('MR2003', `--since should be a time such as 7d or 2026-11-21, not '${text}'.`, {
    hint: 'Dates are those of UTC.',
  });
}
