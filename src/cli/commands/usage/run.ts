import { isDuration, milliseconds } from '../../../core/index.ts';
import { formatMoney, type UsageTotals } from '../../../llm/index.ts';
import { CliError } from '../../../project/kit/failure.ts';
import { totalUsage, usageOf, type UsageView } from '../../../runtime/models/usage.ts';
import type { UsageFilter, UsageKey } from '../../../store/index.ts';
import type { Io } from '../../kit/io.ts';
import { readStore, time } from '../../kit/read-store.ts';
import { table } from '../../kit/table.ts';
import { standings, standingText, type Standing } from './budgets.ts';
import { limitsFor } from './limits.ts';

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
  const { file, used, total, budgets, tasks } = await readStore(io, options.db, (tables, database) => ({
    file: database,
    used: usageOf(tables, { by, ...filter }),
    total: totalUsage(tables, filter),
    budgets: standings(tables, options.run),
    tasks: usageOf(tables, { by: 'task' }).flatMap(({ name }) => name ?? []),
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
  if (total.calls === 0) io.note(nothing(options, tasks));
  else showUsed(io, by, shown, total, used.length);
  if (budgets.length === 0) return 0;
  // The limits are looked for only where there is something to hold against them.
  const limits = await limitsFor(io, file);
  if (total.calls > 0) io.out('');
  for (const standing of budgets) io.out(standingText(standing, limits));
  return 0;
}

function showUsed(io: Io, by: UsageKey, shown: readonly UsageView[], total: UsageTotals, all: number): void {
  const heading = [by, 'calls', 'input', 'output', 'from cache', 'cost'].map((text) => io.paint('dim', text));
  io.out(table([heading, ...shown.map(row), ...(all > 1 ? [row({ ...total, name: 'all' })] : [])]));
  if (shown.length < all) io.note(`${all - shown.length} more: --limit shows them.`);
}

/** A name that nothing was asked for may be a wrong one. */
function nothing({ task, run, since }: UsageArguments, tasks: readonly string[]): string {
  if (task !== undefined && tasks.length > 0 && !tasks.includes(task))
    return `No model was asked for the task '${task}'. There are calls of ${tasks.join(', ')}.`;
  const isNarrow = task !== undefined || run !== undefined || since !== undefined;
  return isNarrow && tasks.length > 0 ? 'No call of a model is like that.' : 'No model was asked yet.';
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

const account = ({ account: name, currency, spent, reserved, unrecorded }: Standing) => ({
  account: name,
  spent: { micros: spent, currency },
  reserved: { micros: reserved, currency },
  ...(unrecorded > 0 ? { unrecorded: { micros: unrecorded, currency } } : {}),
});

/** A time: so long ago, or a date. */
function sinceWhen(text: string, now: number): number {
  if (isDuration(text)) return now - milliseconds(text);
  const at = /^\d{4}-\d\d-\d\d(?:T.*)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new CliError('MR2003', `--since should be a time such as 7d or 2026-11-21, not '${text}'.`, {
    hint: 'Dates are those of UTC.',
  });
}
