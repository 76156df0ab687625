import { readConfig } from '../../../project/config/config.ts';
import type { HistoryRow, InstanceRow } from '../../../store/index.ts';
import type { Io } from '../../kit/io.ts';
import { readStore } from '../../kit/read-store.ts';
import { onRestate } from '../../systems/engine.ts';
import { readRestate } from '../../systems/on-restate.ts';
import { historyRow, instanceRow, newestRow } from '../../systems/restate-rows.ts';
import { find, theOne } from './find.ts';
import { summary } from './list.ts';

/** Which instance, and where. */
export interface FindOptions {
  readonly db?: string;
  readonly engine?: string;
  readonly system?: string;
  readonly machine?: string;
}

/** Which entries of its history: newest first. */
interface Page {
  readonly limit?: number;
  readonly before?: number;
}

export interface Found {
  readonly row: InstanceRow;
  /** As programs see it. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** How many entries of the history are kept. */
  readonly size: number;
  readonly history: readonly HistoryRow[];
}

/** The instance of a key with a page of its history. @throws CliError MR2014. */
export async function findInstance(io: Io, id: string, options: FindOptions, page: Page): Promise<Found> {
  const restate = onRestate(io, await readConfig(io.cwd), options);
  if (restate === undefined) {
    return await readStore(io, options.db, (tables, file) => {
      const row = find(tables, file, id, options.machine);
      const last = tables.instances.newest(row.machine, id);
      const history = tables.instances.history(row.machine, id, page);
      return { row, facts: summary(row, last), size: last?.size ?? 0, history };
    });
  }
  return await readRestate(io, restate, options.system, async (reader, where) => {
    const query = options.machine === undefined ? {} : { machine: options.machine };
    const views = await reader.instances({ ...query, id });
    const others = views.length === 0 ? await reader.instances({ ...query, limit: 1000 }) : [];
    const row = theOne(views.map(instanceRow), where, id, options.machine, () => others.map((each) => each.id));
    const last = views.flatMap((view) => (view.machine === row.machine ? (newestRow(view) ?? []) : []))[0];
    const { limit: tail, before } = page;
    const entries = await reader.history(row.machine, id, {
      ...(tail === undefined ? {} : { tail }),
      ...(before === undefined ? {} : { before }),
    });
    const history = entries.map((view) => historyRow(row.machine, id, view));
    return { row, facts: summary(row, last), size: last?.size ?? 0, history };
  });
}
