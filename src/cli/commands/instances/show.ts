import type { HistoryRow, InstanceRow, Tables } from '../../../store/index.ts';
import { CliError } from '../../kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { nearest } from '../../../core/index.ts';
import { json, readStore, time } from '../../kit/read-store.ts';
import { shorten, table } from '../../kit/table.ts';
import { snapshotOf, summary } from './list.ts';

interface Options {
  readonly db?: string;
  readonly machine?: string;
}

/** Prints one instance with its history. */
export async function showInstance(io: Io, id: string, options: Options): Promise<number> {
  const { row, history } = await readStore(io, options.db, (tables, file) => {
    const found = find(tables, file, id, options.machine);
    return { row: found, history: tables.instances.history(found.machine, id, { limit: 1000 }).toReversed() };
  });
  if (io.json) io.document({ ...summary(row), history: history.map(event) });
  else print(io, row, history);
  return 0;
}

function find(tables: Tables, file: string, id: string, machine: string | undefined): InstanceRow {
  if (machine !== undefined) {
    const row = tables.instances.get(machine, id);
    if (row !== undefined) return row;
  }
  const all: InstanceRow[] = [];
  for (let page: InstanceRow[] = [], offset = 0; offset === 0 || page.length === 1000; offset += 1000) {
    page = tables.instances.list({ limit: 1000, offset, ...(machine === undefined ? {} : { machine }) });
    all.push(...page);
  }
  const same = all.filter((row) => row.id === id);
  const [only] = same;
  if (only !== undefined && same.length === 1) return only;
  if (only !== undefined) {
    throw new CliError(
      'MR2014',
      `Several machines have an instance '${id}': ${same.map((row) => row.machine).join(', ')}.`,
      {
        hint: `Name one: --machine ${only.machine}.`,
      },
    );
  }
  const like = nearest(
    id,
    all.map((row) => row.id),
  );
  const of = machine === undefined ? '' : ` of ${machine}`;
  throw new CliError('MR2014', `There is no instance '${id}'${of} in ${file}.`, {
    hint: like === undefined ? '`dsl instances list` shows what there is.' : `Did you mean ${like}?`,
  });
}

function event(row: HistoryRow): Readonly<Record<string, unknown>> {
  return {
    seq: row.seq,
    at: time(row.at),
    event: row.event,
    payload: json(row.payload),
    before: json(row.before),
    after: json(row.after),
    context: json(row.context),
    ...(row.errors === null ? {} : { errors: json(row.errors) }),
  };
}

function print(io: Io, row: InstanceRow, history: readonly HistoryRow[]): void {
  const { state, context, output } = snapshotOf(row);
  io.out(`${io.paint('bold', row.machine)} ${row.id} ${io.paint('cyan', state.join(' + '))} (${row.status})`);
  io.out(`${io.paint('dim', 'context')} ${JSON.stringify(context)}`);
  if (output !== undefined) io.out(`${io.paint('dim', 'output ')} ${JSON.stringify(output)}`);
  const names = (text: string | null): string => (text === null ? '·' : (JSON.parse(text) as string[]).join(' + '));
  const lines = history.map((entry) => [
    io.paint('dim', time(entry.at)),
    entry.event,
    `${names(entry.before)} → ${names(entry.after)}`,
    io.paint('dim', shorten(entry.payload ?? '', 60)),
    entry.errors === null ? '' : io.paint('red', shorten(entry.errors, 60)),
  ]);
  if (lines.length > 0) io.out(`\n${table(lines)}`);
}
