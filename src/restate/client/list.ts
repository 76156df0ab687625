import type { RunQuery, RunView } from '../../runtime/index.ts';
import type { Desk } from './desk.ts';
import { invocations, isRun } from './invocations.ts';
import { quoted } from './sql.ts';
import { lookAt, type RestateRunView } from './views.ts';

/** How many runs are looked at in one go. */
const page = 1000;

type Status = RunView['status'];
const over: ReadonlySet<Status> = new Set(['completed', 'failed', 'cancelled']);

/** The runs that a query asks for, newest first. What was begun again is one run, and its newest invocation counts. */
export async function listRuns(desk: Desk, query: RunQuery): Promise<RestateRunView[]> {
  const { status, target, parent, limit = Infinity, offset = 0 } = query;
  if (limit <= 0) return [];
  const where = [
    isRun(desk, target),
    'id NOT IN (SELECT restarted_from FROM sys_invocation WHERE restarted_from IS NOT NULL)',
    ...(parent === undefined ? [] : [`starts_with(idempotency_key, ${quoted(`${parent}/`)})`]),
    ...(status === undefined ? [] : [coarse(status)]),
  ].join(' AND ');
  const counts = ({ status: own, parent: above }: RunView): boolean =>
    (status === undefined || status.includes(own)) && (parent === undefined || above === parent);
  // Where the server itself can tell all of them apart it skips, too.
  const exact = status === undefined && parent === undefined;
  const found: RestateRunView[] = [];
  let skip = exact ? 0 : offset;
  for (let from = exact ? offset : 0; ; from += page) {
    const size = exact ? Math.min(page, limit - found.length) : page;
    if (size <= 0) return found;
    const rest = `ORDER BY created_at DESC, id DESC LIMIT ${size} OFFSET ${from}`;
    const rows = await invocations(desk, where, rest);
    for (const { view } of await lookAt(desk, rows)) {
      if (!counts(view)) continue;
      if (skip-- > 0) continue;
      found.push(view);
      if (found.length >= limit) return found;
    }
    if (rows.length < size) return found;
  }
}

/** What the server can tell of a status: whether it is one of an end. */
function coarse(status: readonly Status[]): string {
  const ended = status.some((one) => over.has(one));
  const open = status.some((one) => !over.has(one));
  if (ended && open) return 'TRUE';
  if (open) return "status <> 'completed'";
  const good = status.includes('completed') ? '' : " AND completion_result = 'failure'";
  const bad = status.length === 1 && status[0] === 'completed' ? " AND completion_result = 'success'" : '';
  return `status = 'completed'${good}${bad}`;
}
