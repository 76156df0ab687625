import { isBreaking } from '../../runtime/versions.ts';
import { openSqlite, type RunStatus, type Store } from '../../store/index.ts';

/** What in a database no migration has brought to a version yet. */
export interface Behind {
  /** Active instances, and runs in flight. */
  readonly instances: number;
  readonly runs: number;
  /** The versions of their data; null for rows that do not say it. */
  readonly versions: readonly (string | null)[];
}

const page = 1000;
const underWay: readonly RunStatus[] = ['pending', 'running', 'waiting', 'paused', 'blocked'];

/**
 * Counts what is alive in a database and of a version that differs from `version` by a breaking step, or does not say of
 * which it is.
 *
 * @throws StoreError when the database cannot be read.
 */
export function rowsBehind(file: string, version: string): Behind {
  const store = openSqlite(file, { readOnly: true });
  try {
    return rowsBehindIn(store, version);
  } finally {
    store.close();
  }
}

/** The same for an open store. */
export function rowsBehindIn({ tables: { instances, runs } }: Store, version: string): Behind {
  const versions = new Set<string | null>();
  const isBehind = (row: { readonly version: string | null }): boolean => {
    const behind = row.version === null || isBreaking(row.version, version);
    if (behind) versions.add(row.version);
    return behind;
  };
  let [active, flying] = [0, 0];
  for (const machine of instances.machines()) {
    for (let last = ''; ;) {
      const rows = instances.after(machine, last, page);
      active += rows.filter((row) => row.status === 'active' && isBehind(row)).length;
      if (rows.length < page) break;
      last = rows.at(-1)?.id ?? '';
    }
  }
  for (const status of underWay) {
    for (let last = ''; ;) {
      const rows = runs.alive(status, last, page);
      flying += rows.filter(isBehind).length;
      if (rows.length < page) break;
      last = rows.at(-1)?.id ?? '';
    }
  }
  return { instances: active, runs: flying, versions: [...versions] };
}
