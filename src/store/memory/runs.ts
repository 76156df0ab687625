import type { EventRow, JournalRow, RunRow, RunStatus, TimerRow, WaitRow } from '../rows.ts';
import type { EndedRun, EventTable, JournalTable, RunTable, TimerTable, WaitTable } from '../store.ts';
import { page, sorted, Table, type Log } from './table.ts';

export function runTable(log: Log): RunTable {
  const table = new Table<RunRow>(log);
  const roots = (): EndedRun[] =>
    table.rows().flatMap(({ id, ended, parentPath }) => (ended === null || parentPath !== null ? [] : [{ id, ended }]));
  return {
    get: (id) => table.get(id),
    insert: (row) => table.insert([row.id], row),
    status: (id, status, at) => {
      if (table.get(id)?.ended === null) table.change([id], { status, updated: at });
    },
    end: (id, end, at) => table.change([id], { ...end, updated: at, ended: at }),
    block: (id, error, at) => {
      if (table.get(id)?.ended === null) table.change([id], { status: 'blocked', error, updated: at });
    },
    unlink: (id) => table.change([id], { ref: null }),
    list: (filter) => {
      const rows = table.filter(
        (row) =>
          (filter.status === undefined || filter.status.includes(row.status)) &&
          (filter.target === undefined || row.target === filter.target) &&
          (filter.parent === undefined || row.parent === filter.parent) &&
          (filter.machine === undefined || row.machine === filter.machine) &&
          (filter.instance === undefined || row.instance === filter.instance),
      );
      return page(
        sorted(
          rows,
          (row) => row.created,
          (row) => row.id,
        ).toReversed(),
        filter,
      );
    },
    ids: (status) =>
      sorted(
        table.filter((row) => status.includes(row.status)),
        (row) => -row.priority,
        (row) => row.created,
        (row) => row.id,
      ).map(({ id }) => id),
    linked: (machine, instance, ref) =>
      table.filter((row) => row.machine === machine && row.instance === instance && row.ref === ref)[0],
    working: (machine, instance) =>
      sorted(
        table.filter((row) => row.machine === machine && row.instance === instance && row.ref !== null),
        (row) => row.created,
        (row) => row.id,
      ),
    count: () => {
      const counts: Partial<Record<RunStatus, number>> = {};
      for (const { status } of table.rows()) counts[status] = (counts[status] ?? 0) + 1;
      return counts;
    },
    put: (row) => table.put([row.id], row),
    alive: (status, id, limit) =>
      sorted(
        table.filter((row) => row.ended === null && row.status === status && row.id > id),
        (row) => row.id,
      ).slice(0, limit),
    ended: (after, limit) => {
      const rows = roots().filter((row) => row.ended > after.ended || (row.ended === after.ended && row.id > after.id));
      return sorted(
        rows,
        (row) => row.ended,
        (row) => row.id,
      ).slice(0, limit);
    },
    endedCount: () => roots().length,
    remove: (id) => table.remove([id]),
    hasAlive: (version) => table.rows().some((row) => row.ended === null && row.version === version),
  };
}

export function journalTable(log: Log): JournalTable {
  const runs = new Map<string, Table<JournalRow>>();
  const of = (run: string): Table<JournalRow> => {
    const table = runs.get(run) ?? new Table<JournalRow>(log);
    runs.set(run, table);
    return table;
  };
  return {
    append: (row) => of(row.run).insert([row.seq], row),
    put: (row) => of(row.run).put([row.seq], row),
    of: (run) => sorted(of(run).rows(), (row) => row.seq),
    last: (run) =>
      of(run)
        .rows()
        .reduce((last, row) => Math.max(last, row.seq), 0),
    paths: (run, from, to) =>
      sorted(
        of(run).filter(({ seq }) => seq >= from && seq <= to),
        (row) => row.seq,
      ).map(({ seq, kind, path }) => ({ seq, kind, path })),
    drop: (run, seqs) => {
      for (const seq of seqs) of(run).remove([seq]);
    },
    size: (run) => {
      const rows = of(run).rows();
      const bytes = rows.reduce((sum, { path, data }) => sum + path.length + (data?.length ?? 0), 0);
      return { lines: rows.length, bytes };
    },
    removeAll: (run) => {
      for (const { seq } of of(run).rows()) of(run).remove([seq]);
    },
  };
}

export function timerTable(log: Log): TimerTable {
  const table = new Table<TimerRow>(log);
  const inOrder = (): TimerRow[] =>
    sorted(
      table.rows(),
      (row) => row.due,
      (row) => row.key,
    );
  return {
    put: (row) => table.put([row.key], row),
    get: (key) => table.get(key),
    remove: (key) => table.remove([key]),
    removeAll: (target, part) => {
      for (const row of table.filter((row) => row.target === target && (part === undefined || row.part === part)))
        table.remove([row.key]);
    },
    removeNamed: (target, part, name) => {
      for (const row of table.filter((row) => row.target === target && row.part === part && row.name === name))
        table.remove([row.key]);
    },
    upTo: (limit, target, part) =>
      Math.min(limit, table.filter((row) => row.target === target && row.part === part).length),
    of: (target, part) => inOrder().filter((row) => row.target === target && (part === undefined || row.part === part)),
    parked: (limit) =>
      inOrder()
        .filter((row) => row.kind === 'parked')
        .slice(0, limit),
    due: (now, limit) =>
      inOrder()
        .filter((row) => row.due <= now && row.kind !== 'parked')
        .slice(0, limit),
    next: () => inOrder().find((row) => row.kind !== 'parked')?.due,
    count: () => table.rows().length,
  };
}

export function waitTable(log: Log): WaitTable {
  const table = new Table<WaitRow>(log);
  const inOrder = (wanted: (row: WaitRow) => boolean): WaitRow[] =>
    sorted(
      table.filter(wanted),
      (row) => row.created,
      (row) => row.run,
      (row) => row.path,
    );
  return {
    insert: (row) => table.insert([row.run, row.path], row),
    remove: (run, path) => table.remove([run, path]),
    removeAll: (run) => {
      for (const row of table.filter((row) => row.run === run)) table.remove([run, row.path]);
    },
    get: (run, path) => table.get(run, path),
    matching: (event, key) => inOrder((row) => row.event === event && row.key === key),
    of: (run) => inOrder((row) => row.run === run),
  };
}

export function eventTable(log: Log): EventTable {
  const table = new Table<EventRow>(log);
  const ids = new Table<number>(log);
  const keys = new Table<{ readonly event: string; readonly key: string; readonly seq: number }>(log);
  const consumed = new Table<{ readonly run: string; readonly seq: number }>(log);
  const inOrder = (wanted: (row: EventRow) => boolean): EventRow[] => sorted(table.filter(wanted), (row) => row.seq);
  const last = (): number => table.rows().reduce((seq, row) => Math.max(seq, row.seq), 0);
  return {
    append: (row) => {
      const seq = last() + 1;
      ids.insert([row.id], seq);
      table.insert([seq], { seq, ...row, result: null });
      return seq;
    },
    get: (id) => {
      const seq = ids.get(id);
      return seq === undefined ? undefined : table.get(seq);
    },
    after: (seq, limit) => inOrder((row) => row.seq > seq).slice(0, limit),
    last,
    result: (seq, result) => table.change([seq], { result }),
    index: (event, key, seq) => keys.put([event, key, seq], { event, key, seq }),
    oldest: (event, key, since, now, run) => {
      const found = sorted(
        keys.filter((row) => row.event === event && row.key === key && row.seq > since),
        (row) => row.seq,
      );
      return found
        .map(({ seq }) => table.get(seq))
        .find((row) => row !== undefined && row.expires > now && consumed.get(run, row.seq) === undefined);
    },
    consume: (run, seq) => consumed.insert([run, seq], { run, seq }),
    consumed: (run, seq) => consumed.get(run, seq) !== undefined,
    release: (run, seq) => consumed.remove([run, seq]),
    consumedBy: (run) =>
      sorted(
        consumed.filter((row) => row.run === run).map(({ seq }) => seq),
        (seq) => seq,
      ),
    list: (filter) =>
      page(inOrder((row) => filter.name === undefined || row.name === filter.name).toReversed(), filter),
    over: (seq, now, limit) =>
      inOrder((row) => row.seq > seq && row.seq < last() && row.result !== null && row.expires <= now)
        .slice(0, limit)
        .map(({ seq, id, at }) => ({ seq, id, at })),
    count: () => table.rows().length,
    remove: (seq) => {
      ids.remove([table.get(seq)?.id ?? '']);
      table.remove([seq]);
    },
    forget: (run) => {
      for (const row of consumed.filter((row) => row.run === run)) consumed.remove([row.run, row.seq]);
    },
    tidy: () => {
      const [first] = inOrder(() => true);
      if (first === undefined) return;
      for (const { event, key, seq } of keys.filter((row) => row.seq < first.seq)) keys.remove([event, key, seq]);
      for (const { run, seq } of consumed.filter((row) => row.seq < first.seq)) consumed.remove([run, seq]);
    },
    named: (name) => inOrder((row) => row.name === name),
    namedAfter: (name, seq, limit) => inOrder((row) => row.name === name && row.seq > seq).slice(0, limit),
    change: (seq, name, payload) => table.change([seq], { name, payload }),
    unindex: (name) => {
      for (const { event, key, seq } of keys.filter((row) => row.event === name)) keys.remove([event, key, seq]);
    },
  };
}
