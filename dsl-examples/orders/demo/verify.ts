/** Judges a finished demo by what lies on disk: the database, the shop's ledgers, and the log of what was executed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue, Shop } from '../shop/shop.ts';
import type { FedLine } from './feed.ts';
import { tally, type State } from './state.ts';

interface Effect {
  readonly task: string;
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
  readonly key: string;
}

/** One thing that must hold, and what speaks against it. */
export interface Check {
  readonly claim: string;
  readonly problems: readonly string[];
}

export interface Verdict {
  readonly checks: readonly Check[];
  readonly counts: {
    readonly orders: number;
    readonly closed: number;
    readonly cancelled: number;
    readonly refused: number;
    readonly runs: number;
    readonly steps: number;
    readonly executions: number;
    /** Steps that were finished at the kill, and how many of them ran again. */
    readonly finishedAtKill: number;
    readonly finishedRanAgain: number;
    /** Steps that were under way then, and how many of them ran again. */
    readonly underWayAtKill: number;
    readonly underWayRanAgain: number;
  };
}

export interface Evidence {
  /** What the engine says at the end. */
  readonly state: State;
  /** How often each order entered a final state, by the engine's history. */
  readonly finals: ReadonlyMap<string, number>;
  readonly shop: string;
  readonly lines: readonly FedLine[];
  /** What was refused, in the engine's words. */
  readonly refused: readonly string[];
  /** What the engine said at the kill, and how many starts of tasks had been logged by then. */
  readonly killed: {
    readonly state: State;
    readonly logged: number;
    /** What was under way then, as `RUN PATH`. Absent: what `state` calls running. */
    readonly underWay?: readonly string[];
  };
}

/** The starts of tasks that were logged in the folder of a shop. */
export function readEffects(folder: string): readonly Effect[] {
  return readFileSync(join(folder, 'effects.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Effect);
}

export function verify({ state, finals, shop: folder, lines, refused, killed }: Evidence): Verdict {
  const shop = new Shop(folder);
  const effects = readEffects(folder);
  const valid = lines.flatMap((line) => ('order' in line ? [line.order.orderId] : []));
  const invalid = lines.flatMap((line) => ('problem' in line ? [line.problem] : []));
  const final = new Map(state.orders.map((order) => [order.id, order.state.join('+')]));
  const closed = valid.filter((id) => final.get(id) === 'closed');
  const cancelled = valid.filter((id) => final.get(id) === 'cancelled');

  const finished = [...killed.state.steps].filter(([, step]) => step.status === 'completed').map(([id]) => id);
  const underWay =
    killed.underWay ?? [...killed.state.steps].filter(([, step]) => step.status === 'running').map(([id]) => id);
  const started = (from: number, to?: number): ReadonlySet<string> =>
    new Set(effects.slice(from, to).map((effect) => `${effect.run} ${effect.step}`));
  const before = started(0, killed.logged);
  const after = started(killed.logged);
  const again = finished.filter((id) => after.has(id));
  const underWayAgain = underWay.filter((id) => before.has(id) && after.has(id));
  const executions = tally(effects.map((effect) => `${effect.run} ${effect.step}`));
  const resumed = new Set(underWayAgain);

  const checks: Check[] = [
    check('every valid order came to its end, once', valid, (id) =>
      finals.get(id) === 1 ? undefined : `${id}: ${finals.get(id) ?? 0} times final, now ${final.get(id) ?? 'unknown'}`,
    ),
    check('no other order was made', [...final.keys()], (id) => (valid.includes(id) ? undefined : id)),
    check('every invalid line was refused, with its place', invalid, (problem) =>
      refused.includes(problem) ? undefined : problem,
    ),
    check('no valid line was refused', refused, (problem) => (invalid.includes(problem) ? undefined : problem)),
    check('every run ended', state.runs, (run) =>
      run.endedAt === undefined ? `${run.id} is ${run.status}` : undefined,
    ),
    check('no step was lost', killed.state.steps, ([id, step]) => lost(id, step, state)),
    check('no finished step ran again', finished, (id) => (after.has(id) ? id : undefined)),
    check('no step ran more often than it was tried', executions, ([id, times]) => {
      const allowed = (state.steps.get(id)?.attempts ?? 0) + (resumed.has(id) ? 1 : 0);
      return times <= allowed ? undefined : `${id}: ${times} times, ${allowed} allowed`;
    }),
    check('every attempt of a step had the same key', keysByStep(effects), ([id, keys]) =>
      keys.size === 1 ? undefined : id,
    ),
    ...books(shop, closed, cancelled),
  ];
  shop.close();
  return {
    checks,
    counts: {
      orders: valid.length,
      closed: closed.length,
      cancelled: cancelled.length,
      refused: new Set(refused).size,
      runs: state.runs.length,
      steps: state.steps.size,
      executions: effects.length,
      finishedAtKill: finished.length,
      finishedRanAgain: again.length,
      underWayAtKill: underWay.length,
      underWayRanAgain: underWayAgain.length,
    },
  };
}

function check<Item>(claim: string, items: Iterable<Item>, problem: (item: Item) => string | undefined): Check {
  return { claim, problems: [...items].flatMap((item) => problem(item) ?? []) };
}

function keysByStep(effects: readonly Effect[]): ReadonlyMap<string, ReadonlySet<string>> {
  const keys = new Map<string, Set<string>>();
  for (const { run, step, key } of effects)
    keys.set(`${run} ${step}`, (keys.get(`${run} ${step}`) ?? new Set()).add(key));
  return keys;
}

/** A step that was there at the kill is there at the end, has ended, and gives what it gave. */
function lost(
  id: string,
  then: { readonly status: string; readonly output?: unknown },
  { steps }: State,
): string | undefined {
  const now = steps.get(id);
  if (now === undefined) return `${id} is gone`;
  if (now.status === 'running' || now.status === 'waiting') return `${id} is still ${now.status}`;
  if (then.status !== 'completed') return undefined;
  return now.status === 'completed' && JSON.stringify(now.output) === JSON.stringify(then.output)
    ? undefined
    : `${id} has changed`;
}

/** The shop's own books: money, goods and mails. */
function books(shop: Shop, closed: readonly string[], cancelled: readonly string[]): readonly Check[] {
  const paid = new Map(
    shop
      .all<{ orderId: string; n: number }>(
        'SELECT orderId, count(*) AS n FROM payments LEFT JOIN refunds USING (paymentId) WHERE refundId IS NULL GROUP BY orderId',
      )
      .map(({ orderId, n }) => [orderId, n]),
  );
  const held = new Map(
    shop
      .all<{ orderId: string; n: number }>(
        'SELECT orderId, count(*) AS n FROM reservations WHERE released = 0 GROUP BY orderId',
      )
      .map(({ orderId, n }) => [orderId, n]),
  );
  const taken = shop.all<{ orderId: string; n: number }>(
    'SELECT orderId, count(*) AS n FROM payments GROUP BY orderId',
  );
  const mails = tally(
    readdirSync(join(shop.folder, 'outbox'))
      .filter((name) => !name.startsWith('.'))
      .map((name) => {
        const { template, text, subject } = JSON.parse(
          readFileSync(join(shop.folder, 'outbox', name), 'utf8'),
        ) as Readonly<Record<'template' | 'text' | 'subject', string>>;
        return `${template} ${/A-\d+/.exec(subject + text)?.[0]}`;
      }),
  );
  const shelves = new Map(
    shop
      .all<{ sku: string; left: number; held: number }>(
        `SELECT sku, sum(available) AS left, (SELECT coalesce(sum(quantity), 0) FROM reservations WHERE sku = stock.sku AND released = 0) AS held
         FROM stock GROUP BY sku`,
      )
      .map((row) => [row.sku, row.left + row.held]),
  );
  return [
    check('the card of nobody was charged twice', taken, ({ orderId, n }) =>
      n === 1 ? undefined : `${orderId}: ${n} payments`,
    ),
    check('every closed order is paid and holds its goods', closed, (id) =>
      paid.get(id) === 1 && held.has(id) ? undefined : id,
    ),
    check('every cancelled order has its money and gives its goods back', cancelled, (id) =>
      paid.has(id) || held.has(id) ? id : undefined,
    ),
    check('no goods were made or lost', catalogue.items, ({ sku, stock }) => {
      const before = Object.values(stock).reduce((sum, number) => sum + number, 0);
      return shelves.get(sku) === before ? undefined : `${sku}: ${before} before, ${shelves.get(sku)} now`;
    }),
    check(
      'every customer was told once how it ended',
      [...closed.map((id) => `review ${id}`), ...cancelled.map((id) => `cancelled ${id}`)],
      (mail) => (mails.get(mail) === 1 ? undefined : `${mail}: ${mails.get(mail) ?? 0} mails`),
    ),
  ];
}
