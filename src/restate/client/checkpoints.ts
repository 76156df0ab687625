import type { CheckpointQuery, CheckpointView } from '../../runtime/index.ts';
import type { Desk } from './desk.ts';
import { invocations, isRun } from './invocations.ts';
import { seen } from './known.ts';
import { taskOf } from '../host/task/record.ts';
import { cameIn, commandsOf, recordIn } from './steps.ts';
import { lookAt, type Seen } from './views.ts';

/** How many of the newest runs are looked through when no run is named. */
const newest = 200;

/** The committed steps of a run, or of the newest runs, newest first. */
export async function checkpointsOf(desk: Desk, query: CheckpointQuery): Promise<CheckpointView[]> {
  const { run, task, flow, limit = 100 } = query;
  const all = await runsOf(desk, run, flow);
  const found = all
    .filter(({ view }) => flow === undefined || view.target === flow)
    .flatMap((one) => inRun(desk, one))
    .filter(({ target }) => task === undefined || target === task);
  if (run === undefined) found.sort((a, b) => b.at - a.at || b.seq - a.seq);
  return found.slice(0, limit);
}

async function runsOf(desk: Desk, run: string | undefined, flow: string | undefined): Promise<readonly Seen[]> {
  if (run !== undefined) {
    const one = await seen(desk, run);
    return one === undefined ? [] : [one];
  }
  const rows = await invocations(desk, isRun(desk, flow), `ORDER BY created_at DESC LIMIT ${newest}`);
  return await lookAt(desk, rows, { whole: true });
}

function inRun(desk: Desk, { view, entries }: Seen): CheckpointView[] {
  return commandsOf(desk, entries)
    .flatMap((command): CheckpointView[] => {
      const { entry, result, path, attempt, target, does } = command;
      if (result === undefined || does === 'pause' || /(?:^|\/)~(?:undo|onFailure)(?:\/|$)/.test(path)) return [];
      const record = does === 'attempt' || does === 'emit' ? recordIn(result) : undefined;
      const isWait = does === 'receive' || does === 'approve';
      const came = isWait ? cameIn(command, entries) : undefined;
      if ((isWait && came === undefined) || (record !== undefined && record.ok !== true)) return [];
      const of = target ?? (record?.asked === undefined ? undefined : taskOf(record.asked));
      return [
        {
          runId: view.id,
          flow: view.target,
          seq: entry.index,
          path,
          ...(of === undefined ? {} : { target: of }),
          attempt: does === 'attempt' || does === 'child' ? attempt : 0,
          at: record?.at ?? came?.at ?? result.at,
          status: record?.evidence === undefined ? 'trusted' : 'verified',
          counts: true,
        },
      ];
    })
    .toReversed();
}
