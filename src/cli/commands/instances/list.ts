import type { Snapshot } from '../../../machine/index.ts';
import type { InstanceRow } from '../../../store/index.ts';
import { CliError } from '../../kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { readStore, time } from '../../kit/read-store.ts';
import { shorten, table } from '../../kit/table.ts';

interface Options {
  readonly db?: string;
  readonly status?: string;
  readonly machine?: string;
  readonly state?: string;
  readonly limit: number;
}

const statuses: readonly string[] = ['active', 'done', 'stopped'] satisfies readonly InstanceRow['status'][];

/** Prints the newest instances. */
export async function listInstances(io: Io, options: Options): Promise<number> {
  const { status, machine, state, limit } = options;
  if (status !== undefined && !statuses.includes(status)) {
    throw new CliError('MR2003', `There is no status '${status}'. An instance is ${statuses.join(', ')}.`, {
      hint: 'For the state of a machine there is --state.',
    });
  }
  const filter = {
    ...(status === undefined ? {} : { status: status as InstanceRow['status'] }),
    ...(machine === undefined ? {} : { machine }),
  };
  const rows = await readStore(io, options.db, (tables) => {
    if (state === undefined) return tables.instances.list({ ...filter, limit });
    const kept: InstanceRow[] = [];
    // The state is inside the snapshot: read page by page until enough match.
    for (let offset = 0, page: InstanceRow[]; kept.length < limit; offset += page.length) {
      page = tables.instances.list({ ...filter, limit: 1000, offset });
      kept.push(...page.filter((row) => snapshotOf(row).state.includes(state)));
      if (page.length < 1000) break;
    }
    return kept.slice(0, limit);
  });
  if (io.json) io.document({ instances: rows.map(summary) });
  else if (rows.length === 0) io.note('No instance matches.');
  else {
    const lines = rows.map((row) => [
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

export function snapshotOf(row: InstanceRow): Snapshot {
  return JSON.parse(row.snapshot) as Snapshot;
}

/** An instance as programs see it. */
export function summary(row: InstanceRow): Readonly<Record<string, unknown>> {
  const { state, context, output } = snapshotOf(row);
  return {
    machine: row.machine,
    id: row.id,
    status: row.status,
    state,
    context,
    ...(output === undefined ? {} : { output }),
    created: time(row.created),
    updated: time(row.updated),
  };
}
