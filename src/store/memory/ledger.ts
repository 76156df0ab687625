import type { LedgerRow, LedgerUse, ProgressRow } from '../rows.ts';
import type { BlobTable, LedgerTable, ProgressTable } from '../store.ts';
import { sorted, Table, type Log } from './table.ts';

/** The ledger, and the texts that its rows name. */
export function ledgerTables(log: Log): { readonly ledger: LedgerTable; readonly blobs: BlobTable } {
  const rows = new Table<LedgerRow>(log);
  const texts = new Table<{ readonly hash: string; readonly text: string }>(log);
  const removeAll = (wanted: (row: LedgerRow) => boolean): number => {
    const gone = rows.filter(wanted);
    for (const { scope, key } of gone) rows.remove([scope, key]);
    return gone.length;
  };
  return {
    ledger: {
      get: (scope, key) => rows.get(scope, key),
      put: (row) => rows.put([row.scope, row.key], row),
      replayed: (scope, key) => rows.change([scope, key], { replays: (rows.get(scope, key)?.replays ?? 0) + 1 }),
      remove: (scope, key) => rows.remove([scope, key]),
      drop: (run, path) => {
        for (const row of rows.filter((each) => each.run === run && each.scope === 'tool')) {
          if (row.path !== null && isWithin(path, row.path)) rows.change([row.scope, row.key], { status: 'dropped' });
        }
      },
      of: (run) =>
        sorted(
          rows.filter((row) => row.run === run),
          (row) => row.created,
          (row) => row.key,
        ),
      removeAll: (run) => void removeAll((row) => row.run === run),
      expire: (now) => removeAll(({ expires }) => expires !== null && expires <= now),
      uses: (task) => {
        const used = new Map<string, LedgerUse>();
        for (const row of rows.filter(({ scope }) => scope === 'tool')) {
          if (row.task === null || (task !== undefined && row.task !== task)) continue;
          const { executions, replays } = used.get(row.task) ?? { executions: 0, replays: 0 };
          used.set(row.task, {
            task: row.task,
            executions: executions + row.executions,
            replays: replays + row.replays,
          });
        }
        return sorted([...used.values()], (use) => use.task);
      },
    },
    blobs: {
      get: (hash) => texts.get(hash)?.text,
      put: (hash, text) => texts.put([hash], { hash, text }),
      sweep: () => {
        const named = new Set(rows.rows().map(({ blob }) => blob));
        const unused = texts.filter(({ hash }) => !named.has(hash));
        for (const { hash } of unused) texts.remove([hash]);
        return unused.length;
      },
    },
  };
}

const isWithin = (step: string, path: string): boolean =>
  step === '' || path === step || path.startsWith(`${step}/`) || path.startsWith(`${step}[`);

/** How far steps have come within themselves. */
export function progressTable(log: Log): ProgressTable {
  const table = new Table<ProgressRow>(log);
  return {
    get: (run, path) => table.get(run, path),
    put: (row) => table.put([row.run, row.path], row),
    remove: (run, path) => table.remove([run, path]),
    removeAll: (run) => {
      for (const row of table.filter((each) => each.run === run)) table.remove([row.run, row.path]);
    },
  };
}
