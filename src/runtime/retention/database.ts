import { setTimeout as wait } from 'node:timers/promises';
import { openSqlite, type Store } from '../../store/index.ts';
import { writeAsks } from '../asks.ts';
import { OwnerError } from '../../engine/index.ts';
import { clockOf } from '../options.ts';
import { isAlive } from '../owner.ts';
import type { Answer } from '../requests.ts';
import { fromAnswer } from '../results.ts';
import { batchOf, pruneAll, type PruneAsks, type PruneOptions, type PruneReport } from './prune.ts';
import type { Pruned } from './prune-runs.ts';

/** What became of a database. */
export interface PrunedDatabase extends PruneReport {
  /** The bytes of the file that are in use, and those that are free, afterwards. */
  readonly space: { readonly used: number; readonly free: number };
  /** Why the file was not made smaller, though that was asked for. */
  readonly notShrunk?: string;
}

const look = 5;

/**
 * Lets go of ended runs of a database, beside whoever drives it: that process does it then.
 *
 * @throws MillraceError MR3520 without a limit, or for what is none. StoreError MR30xx when the file cannot be used.
 * @example
 * ```ts
 * import { pruneDatabase } from 'millrace/runtime';
 *
 * const { runs } = await pruneDatabase('orders.db', { maxAge: '30d', dryRun: true });
 * console.log(runs.length, 'runs ended more than 30 days ago');
 * ```
 */
export async function pruneDatabase(
  file: string,
  options: PruneOptions & { readonly vacuum?: boolean } = {},
): Promise<PrunedDatabase> {
  const { vacuum = false, ...limits } = options;
  const store = openSqlite(file, { readOnly: limits.dryRun === true });
  try {
    const report = await pruneAll(limits, (asks) => batch(store, asks));
    const shrink = vacuum && limits.dryRun !== true;
    const notShrunk = shrink && isDriven(store) ? 'Another process drives the database. End it first.' : undefined;
    if (shrink && notShrunk === undefined) store.vacuum();
    return { ...report, space: store.space(), ...(notShrunk === undefined ? {} : { notShrunk }) };
  } finally {
    store.close();
  }
}

function isDriven({ tables }: Pick<Store, 'tables'>): boolean {
  const owner = tables.owner.get();
  return owner !== undefined && isAlive(owner, Date.now());
}

async function batch(store: Store, asks: PruneAsks): Promise<Pruned> {
  const now = clockOf(store, undefined).now();
  if (asks.dryRun === true) return store.reading((tables) => batchOf(store, tables, asks, now));
  // Nobody becomes its owner while this transaction holds the lock.
  const done = store.transaction((tx) => (isDriven({ tables: tx }) ? undefined : batchOf(store, tx, asks, now)));
  if (done !== undefined) return done;
  const request = writeAsks<'prune'>(asks);
  const id = store.transaction((tx) => tx.inbox.insert({ kind: 'prune', request, at: Date.now() }));
  for (let looks = 1; ; looks++) {
    const answer = store.tables.inbox.get(id)?.answer;
    if (typeof answer === 'string') return fromAnswer(JSON.parse(answer) as Answer<'prune'>);
    if (looks % 100 === 0 && !isDriven(store)) {
      throw new OwnerError('MR3403', 'The process that drove this database has ended meanwhile. Try again.', {
        retryable: true,
        fault: 'environment',
      });
    }
    await wait(look);
  }
}
