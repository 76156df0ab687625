import { nearest } from '../../../core/index.ts';
import type { Snapshot } from '../../../machine/index.ts';
import type { InstanceRow, NewestRow } from '../../../store/index.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { json, readStore, time } from '../../kit/read-store.ts';
import { readConfig } from '../../../project/config/config.ts';
import { shorten, table } from '../../kit/table.ts';
import { onRestate } from '../../systems/engine.ts';
import { readRestate } from '../../systems/on-restate.ts';
import { instanceRow, newestRow } from '../../systems/restate-rows.ts';

interface Listed {
  readonly row: InstanceRow;
  readonly facts: Readonly<Record<string, unknown>>;
}

interface Options {
  readonly db?: string;
  readonly engine?: string;
  readonly system?: string;
  readonly status?: string;
  readonly machine?: string;
  readonly state?: string;
  readonly limit: number;
  readonly offset?: number;
}

const statuses: readonly string[] = ['active', 'done', 'stopped'] satisfies readonly InstanceRow['status'][];

/** Prints the newest instances. */
export async function listInstances(io: Io, options: Options): Promise<number> {
  const { db, engine: _engine, system, status, ...filter } = options;
  if (status !== undefined && !statuses.includes(status)) {
    throw new CliError('MR2003', `There is no status '${status}'. An instance is ${statuses.join(', ')}.`, {
      hint: 'For the state of a machine there is --state.',
    });
  }
  const query = { ...filter, ...(status === undefined ? {} : { status: status as InstanceRow['status'] }) };
  const restate = onRestate(io, await readConfig(io.cwd), options);
  const read = async (asks: typeof query): Promise<readonly Listed[]> =>
    restate === undefined
      ? await readStore(io, db, (tables) =>
          tables.instances
            .list(asks)
            .map((row) => ({ row, facts: summary(row, tables.instances.newest(row.machine, row.id)) })),
        )
      : await readRestate(io, restate, system, async (reader) =>
          (await reader.instances(asks)).map((view) => {
            const row = instanceRow(view);
            return { row, facts: summary(row, newestRow(view)) };
          }),
        );
  const found = await read(query);
  if (io.json) io.document({ instances: found.map(({ facts }) => facts) });
  else if (found.length === 0) io.note(`No instance matches.${suggestion(await read({ limit: 1000 }), filter)}`);
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
function suggestion(some: readonly Listed[], { machine, state }: Partial<Options>): string {
  const machines = some.map(({ row }) => row.machine);
  const states = some.flatMap(({ row }) => snapshotOf(row).state);
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
export function summary(row: InstanceRow, last: NewestRow | undefined): Readonly<Record<string, unknown>> {
  const { state, context, output } = snapshotOf(row);
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
