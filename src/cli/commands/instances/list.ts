import { nearest } from '../../../core/index.ts';
import type { Snapshot } from '../../../machine/index.ts';
import type { InstanceRow, Tables } from '../../../store/index.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { json, readStore, time } from '../../kit/read-store.ts';
import { shorten, table } from '../../kit/table.ts';

interface Options {
  readonly db?: string;
  readonly status?: string;
  readonly machine?: string;
  readonly state?: string;
  readonly limit: number;
  readonly offset?: number;
}

const statuses: readonly string[] = ['active', 'done', 'stopped'] satisfies readonly InstanceRow['status'][];

/** Prints the newest instances. */
export async function listInstances(io: Io, options: Options): Promise<number> {
  const { db, status, ...filter } = options;
  if (status !== undefined && !statuses.includes(status)) {
    throw new CliError('MR2003', `There is no status '${status}'. An instance is ${statuses.join(', ')}.`, {
      hint: 'For the state of a machine there is --state.',
    });
  }
  const found = await readStore(io, db, (tables) =>
    tables.instances
      .list({ ...filter, ...(status === undefined ? {} : { status: status as InstanceRow['status'] }) })
      .map((row) => ({ row, facts: summary(tables, row) })),
  );
  if (io.json) io.document({ instances: found.map(({ facts }) => facts) });
  else if (found.length === 0) io.note(`No instance matches.${await suggestion(io, db, filter)}`);
  else {
    const lines = found.map(({ row }) => [
      row.machine,
      row.id,
      io.paint(row.status === 'active' ? 'cyan' : 'green', snapshotOf(row).state.join(' + ')),
      row.status,
      time(row.updated),
      io.paint('dim', shorten(JSON.stringify(snapshotOf(row).context) ?? '', 60)),
    ]);
    io.out(
      table([
        ['MACHINE', 'INSTANCE', 'STATE', 'STATUS', 'CHANGED', 'CONTEXT'].map((head) => io.paint('dim', head)),
        ...lines,
      ]),
    );
  }
  return 0;
}

/** What else `--machine` and `--state` could have meant, as far as the newest instances tell. */
async function suggestion(io: Io, db: string | undefined, { machine, state }: Partial<Options>): Promise<string> {
  const rows = await readStore(io, db, (tables) => tables.instances.list({ limit: 1000 }));
  const machines = rows.map((row) => row.machine);
  const states = rows.flatMap((row) => snapshotOf(row).state);
  const meant = (
    [
      ['--machine', machine, machines],
      ['--state', state, states],
    ] as const
  ).flatMap(([option, given, names]) => {
    const like = given === undefined || names.includes(given) ? undefined : nearest(given, names);
    return like === undefined ? [] : [`${option} ${like}`];
  });
  return meant.length === 0 ? '' : ` Did you mean ${meant.join(' ')}?`;
}

export function snapshotOf(row: InstanceRow): Snapshot {
  return JSON.parse(row.snapshot) as Snapshot;
}

/** An instance as programs see it. */
export function summary({ instances }: Tables, row: InstanceRow): Readonly<Record<string, unknown>> {
  const { state, context, output } = snapshotOf(row);
  const last = instances.newest(row.machine, row.id);
  return {
    machine: row.machine,
    id: row.id,
    status: row.status,
    state,
    context,
    ...(output === undefined ? {} : { output }),
    ...(row.parentMachine === null ? {} : { parent: `${row.parentMachine}/${row.parentInstance}` }),
    historySize: last?.size ?? 0,
    ...(last === undefined
      ? {}
      : {
          lastTransition: {
            seq: last.seq,
            at: time(last.at),
            event: last.event,
            before: json(last.before),
            after: json(last.after),
          },
        }),
    created: time(row.created),
    updated: time(row.updated),
  };
}
