import type { HistoryRow } from '../../../store/index.ts';
import type { Io } from '../../kit/io.ts';
import { json, time } from '../../kit/read-store.ts';
import { shorten, table } from '../../kit/table.ts';
import { findInstance, type FindOptions } from './found.ts';

interface Options extends FindOptions {
  readonly tail?: number;
  readonly before?: number;
}

/** Prints the entries of a history, newest first. */
export async function showHistory(io: Io, id: string, options: Options): Promise<number> {
  const { row, size, history } = await findInstance(io, id, options, {
    ...(options.tail === undefined ? {} : { limit: options.tail }),
    ...(options.before === undefined ? {} : { before: options.before }),
  });
  if (io.json) io.document({ machine: row.machine, id: row.id, historySize: size, history: history.map(entry) });
  else if (history.length === 0) io.note(`No entry matches; ${size} are kept.`);
  else io.out(entryTable(io, history));
  return 0;
}

/** An entry as programs see it. */
export function entry(row: HistoryRow): Readonly<Record<string, unknown>> {
  return {
    seq: row.seq,
    at: time(row.at),
    kind: row.kind,
    event: row.event,
    payload: json(row.payload),
    before: json(row.before),
    after: json(row.after),
    context: json(row.context),
    ...(row.took === null ? {} : { durationMs: row.took }),
    ...(row.errors === null ? {} : { errors: json(row.errors) }),
  };
}

/** Entries for people. */
export function entryTable(io: Io, history: readonly HistoryRow[]): string {
  const names = (text: string | null): string => (text === null ? '·' : (JSON.parse(text) as string[]).join(' + '));
  return table(
    history.map((row) => [
      io.paint('dim', String(row.seq)),
      io.paint('dim', time(row.at)),
      row.event,
      `${names(row.before)} → ${names(row.after)}`,
      io.paint('dim', row.took === null ? '' : `${row.took.toFixed(1)} ms`),
      io.paint('dim', shorten(row.payload ?? '', 60)),
      row.errors === null ? '' : io.paint('red', shorten(row.errors, 60)),
    ]),
  );
}
