import type { ErrorRecord } from '../../../core/index.ts';
import type { RunRow, RunStatus } from '../../../store/index.ts';
import { decisionsOf, type DecisionView } from '../../../runtime/decisions.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { nearest } from '../../../core/index.ts';
import { json, readStore, time } from '../../kit/read-store.ts';
import { shorten, span, table } from '../../kit/table.ts';
import { statusStyle } from './status-style.ts';
import { waitsFor } from './waits-for.ts';
import { waitsOnRestate } from './waits-on-restate.ts';
import { readConfig } from '../../../project/config/config.ts';
import { onRestate } from '../../systems/engine.ts';
import { readRestate } from '../../systems/on-restate.ts';
import { runRow } from '../../systems/restate-rows.ts';

interface Options {
  readonly db?: string;
  readonly engine?: string;
  readonly system?: string;
  readonly status?: readonly string[];
  readonly flow?: string;
  readonly limit: number;
}

/** Prints the newest runs. */
export async function listRuns(io: Io, options: Options): Promise<number> {
  const status = options.status?.map(toStatus);
  const { rows, asked, waits } = await found(io, options, status);
  if (io.json)
    io.document({
      runs: rows.map((row) => {
        const waited = waits.get(row.id) ?? '';
        return { ...summary(row), ...asks(asked, row.id), ...(waited === '' ? {} : { waitsFor: waited }) };
      }),
    });
  else if (rows.length === 0) io.note('No run matches.');
  else {
    const lines = rows.map((row) => {
      const error = json(row.error) as ErrorRecord | null;
      return [
        row.id,
        row.target,
        io.paint(statusStyle[row.status], row.status),
        time(row.created),
        row.ended === null ? '' : span(row.ended - row.created),
        waits.get(row.id) ?? '',
        error === null ? '' : shorten(`${error.code} ${error.message}`, 60),
      ];
    });
    io.out(
      table([
        ['RUN', 'FLOW', 'STATUS', 'STARTED', 'TOOK', 'WAITS FOR', 'ERROR'].map((head) => io.paint('dim', head)),
        ...lines,
      ]),
    );
  }
  return 0;
}

interface Found {
  readonly rows: readonly RunRow[];
  readonly asked: readonly DecisionView[];
  readonly waits: ReadonlyMap<string, string>;
}

async function found(io: Io, options: Options, status: readonly RunStatus[] | undefined): Promise<Found> {
  const query = {
    limit: options.limit,
    ...(status === undefined ? {} : { status }),
    ...(options.flow === undefined ? {} : { target: options.flow }),
  };
  const restate = onRestate(io, await readConfig(io.cwd), options);
  if (restate === undefined) {
    return await readStore(io, options.db, (tables) => {
      const rows = tables.runs.list(query);
      const waiting = rows.map((row) => [row.id, waitsFor(tables, row)] as const);
      return { rows, asked: decisionsOf(tables), waits: new Map(waiting) };
    });
  }
  return await readRestate(io, restate, options.system, async (reader) => {
    const [views, asked] = await Promise.all([reader.list(query), reader.decisions()]);
    const open = views.filter(({ endedAt }) => endedAt === undefined);
    const waiting = await Promise.all(open.map(async (view) => [view.id, await waitsOnRestate(reader, view)] as const));
    return { rows: views.map(runRow), asked, waits: new Map(waiting) };
  });
}

/** The decisions that a run waits for, for programs. */
export function asks(
  asked: readonly DecisionView[],
  run: string,
): { readonly decisions?: readonly Pick<DecisionView, 'step' | 'message' | 'form' | 'until'>[] } {
  const own = asked.filter(({ runId }) => runId === run);
  if (own.length === 0) return {};
  return { decisions: own.map(({ runId: _run, flow: _flow, since: _since, ...question }) => question) };
}

/** A run as programs see it: without the values, which may be large. */
export function summary(row: RunRow): Readonly<Record<string, unknown>> {
  return {
    id: row.id,
    kind: row.kind,
    flow: row.target,
    status: row.status,
    created: time(row.created),
    updated: time(row.updated),
    ended: row.ended === null ? null : time(row.ended),
    durationMs: row.ended === null ? null : row.ended - row.created,
    error: json(row.error),
    ...(row.parent === null ? {} : { parent: row.parent }),
    ...(row.machine === null ? {} : { machine: row.machine, instance: row.instance }),
  };
}

function toStatus(text: string): RunStatus {
  if (Object.hasOwn(statusStyle, text)) return text as RunStatus;
  const known = Object.keys(statusStyle);
  const like = nearest(text, known);
  throw new CliError('MR2003', `There is no status '${text}'. A run is ${known.join(', ')}.`, {
    hint: like === undefined ? 'Name several with spaces: --status failed blocked.' : `Did you mean ${like}?`,
  });
}
