import type { HistoryRow, IdempotencyRow, InboxRow, InstanceRow, MigrationRow, OwnerRow } from '../rows.ts';
import type {
  IdempotencyTable,
  InboxTable,
  InstanceTable,
  MetaTable,
  MigrationTable,
  OwnerTable,
  RunTable,
} from '../store.ts';
import { page, sorted, Table, type Log } from './table.ts';

export function instanceTable(log: Log, runs: RunTable): InstanceTable {
  const table = new Table<InstanceRow>(log);
  const history = new Table<HistoryRow>(log);
  const of = (machine: string, id: string): HistoryRow[] =>
    sorted(
      history.filter((row) => row.machine === machine && row.instance === id),
      (row) => row.seq,
    );
  const children = (machine: string, id: string): InstanceRow[] =>
    sorted(
      table.filter((row) => row.parentMachine === machine && row.parentInstance === id && row.parentRef !== null),
      (row) => row.machine,
      (row) => row.id,
    );
  return {
    get: (machine, id) => table.get(machine, id),
    put: (row) => table.put([row.machine, row.id], row),
    list: (filter) => {
      const rows = table.filter(
        (row) =>
          (filter.machine === undefined || row.machine === filter.machine) &&
          (filter.id === undefined || row.id === filter.id) &&
          (filter.status === undefined || row.status === filter.status) &&
          (filter.state === undefined || statesOf(row).includes(filter.state)),
      );
      return page(
        sorted(
          rows,
          (row) => -row.updated,
          (row) => row.machine,
          (row) => row.id,
        ),
        filter,
      );
    },
    after: (machine, id, limit) =>
      sorted(
        table.filter((row) => row.machine === machine && row.id > id),
        (row) => row.id,
      ).slice(0, limit),
    remove: (machine, id) => {
      table.remove([machine, id]);
      for (const row of of(machine, id)) history.remove([machine, id, row.seq]);
    },
    append: (row) => history.insert([row.machine, row.instance, row.seq], row),
    history: (machine, id, wanted) =>
      page(
        of(machine, id)
          .filter((row) => row.seq < (wanted.before ?? Infinity))
          .toReversed(),
        wanted,
      ),
    entry: (machine, id, seq) => history.get(machine, id, seq),
    oldest: (machine, id) => {
      const [first] = of(machine, id);
      return first && { seq: first.seq, at: first.at };
    },
    newest: (machine, id) => {
      const rows = of(machine, id);
      const last = rows.at(-1);
      if (last === undefined) return undefined;
      const { seq, at, event, before, after } = last;
      return { seq, at, event, before, after, size: rows.length };
    },
    trim: (machine, id, seq) => {
      for (const row of of(machine, id)) if (row.seq <= seq) history.remove([machine, id, row.seq]);
    },
    expire: (machine, id, seq, at) => {
      for (const row of of(machine, id)) if (row.seq <= seq && row.at < at) history.remove([machine, id, row.seq]);
    },
    *walk(machine, id) {
      const wanted = table.filter((row) => row.machine === machine && (id === undefined || row.id === id));
      for (const { id: instance, seq: last, status, created, updated } of sorted(wanted, (row) => row.id)) {
        for (const { seq, at, after, took, errors } of of(machine, instance))
          yield { instance, seq, at, after, took, failed: errors !== null, last, status, created, updated };
      }
    },
    standing: (machine, hash) => {
      const rows = table.filter((row) => row.machine === machine && row.hash !== hash && row.status === 'active');
      const groups = Map.groupBy(
        sorted(rows, (row) => row.id),
        (row) => JSON.stringify(statesOf(row)),
      );
      return sorted(
        [...groups].map(([state, same]) => ({ state, count: same.length, example: same[0]?.id ?? '' })),
        (group) => group.state,
      );
    },
    child: (machine, id, ref) => children(machine, id).find((row) => row.parentRef === ref),
    children,
    machines: () => [...new Set(table.rows().map((row) => row.machine))].sort(),
    rename: (machine, id, to) => {
      const row = table.get(machine, id);
      if (row === undefined) return;
      table.remove([machine, id]);
      table.insert([to, id], { ...row, machine: to });
      for (const entry of of(machine, id)) {
        history.remove([machine, id, entry.seq]);
        history.insert([to, id, entry.seq], { ...entry, machine: to });
      }
      for (const kid of table.filter((each) => each.parentMachine === machine && each.parentInstance === id))
        table.put([kid.machine, kid.id], { ...kid, parentMachine: to });
      for (const run of runs.list({ machine, instance: id })) runs.put({ ...run, machine: to });
    },
    hasAlive: (version) => table.rows().some((row) => row.status === 'active' && row.version === version),
  };
}

const statesOf = (row: InstanceRow): readonly string[] =>
  (JSON.parse(row.snapshot) as { readonly state: readonly string[] }).state;

export function inboxTable(log: Log): InboxTable {
  const table = new Table<InboxRow>(log);
  return {
    insert: (row) => {
      const id = table.rows().reduce((last, known) => Math.max(last, known.id), 0) + 1;
      table.insert([id], { id, ...row, answer: null });
      return id;
    },
    get: (id) => table.get(id),
    pending: () =>
      sorted(
        table.filter((row) => row.answer === null),
        (row) => row.id,
      ),
    answer: (id, answer) => table.change([id], { answer }),
    expire: (before) => {
      const old = table.filter((row) => row.answer !== null && row.at < before);
      for (const { id } of old) table.remove([id]);
      return old.length;
    },
  };
}

export function idempotencyTable(log: Log): IdempotencyTable {
  const table = new Table<IdempotencyRow>(log);
  const removeAll = (wanted: (row: IdempotencyRow) => boolean): number => {
    const rows = table.filter(wanted);
    for (const { scope, key } of rows) table.remove([scope, key]);
    return rows.length;
  };
  return {
    get: (scope, key) => table.get(scope, key),
    put: (row) => table.insert([row.scope, row.key], row),
    forget: (scope, result) => void removeAll((row) => row.scope === scope && row.result === result),
    expire: (scope, before) => removeAll((row) => row.scope === scope && row.at < before),
  };
}

export function migrationTable(log: Log): MigrationTable {
  const table = new Table<MigrationRow>(log);
  return {
    get: (id) => table.get(id),
    insert: (row) => table.insert([row.id], row),
    list: () =>
      sorted(
        table.rows(),
        (row) => row.at,
        (row) => row.id,
      ).toReversed(),
  };
}

export function metaTable(log: Log): MetaTable {
  const table = new Table<string>(log);
  return { get: (name) => table.get(name), set: (name, value) => table.put([name], value) };
}

export function ownerTable(log: Log): OwnerTable {
  const table = new Table<{ readonly row: OwnerRow; readonly held: boolean }>(log);
  return {
    get: () => {
      const found = table.get('one');
      return found?.held === true ? found.row : undefined;
    },
    epoch: () => table.get('one')?.row.epoch ?? 0,
    put: (row) => table.put(['one'], { row, held: true }),
    release: () => table.change(['one'], { held: false }),
  };
}
