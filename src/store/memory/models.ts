import type { AnswerRow, BudgetRow, NoteRow, ReservationRow, UsageKey, UsageRow, UsageSum } from '../model-rows.ts';
import type { AnswerTable, BudgetTable, NoteTable, UsageTable } from '../model-tables.ts';
import { sorted, Table, type Log } from './table.ts';

/** What calls of models have cost, and what is set aside for them. */
export function budgetTable(log: Log): BudgetTable {
  const accounts = new Table<BudgetRow>(log);
  const reservations = new Table<ReservationRow>(log);
  return {
    account: (name) => accounts.get(name),
    accounts: () => sorted(accounts.rows(), ({ account }) => account),
    put: (row) => accounts.put([row.account], row),
    remove: (name) => accounts.remove([name]),
    reservation: (id) => reservations.get(id),
    reservations: () =>
      sorted(
        reservations.rows(),
        ({ at }) => at,
        ({ id }) => id,
      ),
    reserve: (row) => reservations.put([row.id], row),
    release: (id) => reservations.remove([id]),
  };
}

function nameOf(row: UsageRow, by: UsageKey | undefined): string | null {
  if (by === undefined) return null;
  return by === 'day' ? new Date(row.at).toISOString().slice(0, 10) : row[by];
}

/** The calls of models that have ended. */
export function usageTable(log: Log): UsageTable {
  const table = new Table<UsageRow>(log);
  return {
    add: (row) => {
      if (table.get(row.id) !== undefined) return false;
      table.put([row.id], row);
      return true;
    },
    of: (run) =>
      sorted(
        table.filter((row) => row.run === run),
        ({ at }) => at,
        ({ id }) => id,
      ),
    sums: (by, { run, task, since = -Infinity, until = Infinity } = {}) => {
      const sums = new Map<string, UsageSum>();
      for (const row of table.rows()) {
        if ((run ?? row.run) !== row.run || (task ?? row.task) !== row.task || row.at < since || row.at >= until)
          continue;
        const name = nameOf(row, by);
        const key = JSON.stringify([name, row.currency]);
        const sum = sums.get(key);
        sums.set(key, {
          name,
          currency: row.currency,
          calls: (sum?.calls ?? 0) + 1,
          input: (sum?.input ?? 0) + row.input,
          output: (sum?.output ?? 0) + row.output,
          cacheRead: (sum?.cacheRead ?? 0) + row.cacheRead,
          cacheWrite: (sum?.cacheWrite ?? 0) + row.cacheWrite,
          micros: (sum?.micros ?? 0) + (row.micros ?? 0),
        });
      }
      return sorted(
        [...sums.values()],
        ({ name }) => name ?? '',
        ({ currency }) => currency ?? '',
      );
    },
    removeAll: (run) => {
      for (const { id } of table.filter((row) => row.run === run)) table.remove([id]);
    },
  };
}

/** Answers that were paid before. */
export function answerTable(log: Log): AnswerTable {
  const table = new Table<AnswerRow>(log);
  const removeAll = (wanted: (row: AnswerRow) => boolean): number => {
    const gone = table.filter(wanted);
    for (const { key } of gone) table.remove([key]);
    return gone.length;
  };
  return {
    get: (key) => table.get(key),
    put: (row) => table.put([row.key], row),
    remove: (match) =>
      removeAll((row) =>
        (['key', 'provider', 'model', 'operation'] as const).every((name) => (match[name] ?? row[name]) === row[name]),
      ),
    expire: (now) => removeAll(({ expires }) => expires <= now),
  };
}

/** What tasks of runs have noted. */
export function noteTable(log: Log): NoteTable {
  const table = new Table<NoteRow>(log);
  const of = (run: string, task: string, spec: string): NoteRow[] =>
    sorted(
      table.filter((row) => row.run === run && row.task === task && row.spec === spec),
      ({ number }) => number,
    );
  return {
    add: (note) => {
      const { run, task, spec } = note;
      const number = (of(run, task, spec).at(-1)?.number ?? 0) + 1;
      table.insert([run, task, spec, number], { ...note, number });
      return number;
    },
    of,
    removeAll: (run) => {
      for (const { task, spec, number } of table.filter((row) => row.run === run))
        table.remove([run, task, spec, number]);
    },
  };
}
