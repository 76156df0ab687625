import type { Clock } from '../../core/index.ts';
import type { Tables, Tx, WorkRow } from '../../store/index.ts';
import {
  defaultTimeoutMs,
  TaskTimeoutError,
  TotalTimeoutError,
  type AttemptRequest,
  type TaskError,
} from '../../tasks/index.ts';
import { resultOf } from './item.ts';

/** Whoever makes an attempt ends it in time itself. So much later, in ms, nobody believes any more that it can. */
const grace = 2000;

/** How long work is held without a sign of life: hardly longer than its task may be silent. */
export function leaseOf({ request }: Pick<WorkRow, 'request'>, leaseMs: number): number {
  if (!request.includes('"heartbeatMs":')) return leaseMs;
  const { heartbeatMs } = JSON.parse(request) as { readonly heartbeatMs?: number };
  return heartbeatMs === undefined ? leaseMs : Math.min(leaseMs, heartbeatMs + grace);
}

/** Work that others hold although its time is over: their process stands still. */
export function overdue(
  { work }: Pick<Tables, 'work'>,
  others: readonly string[],
  requestOf: (id: string) => AttemptRequest | undefined,
  clock: Clock,
): readonly { readonly row: WorkRow; readonly error: TaskError }[] {
  return others
    .flatMap((name) => work.heldBy(name))
    .flatMap((row) => {
      const request = requestOf(row.id);
      const error = request === undefined ? undefined : lateness(row, request, clock);
      return error === undefined ? [] : [{ row, error }];
    });
}

function lateness(row: WorkRow, request: AttemptRequest, clock: Clock): TaskError | undefined {
  const { timeoutMs = defaultTimeoutMs, total, contract, runId, step, attempt } = request;
  const ids = { task: contract.contract, runId, step, attempt };
  if (total !== undefined && clock.now() > total.until + grace) return new TotalTimeoutError(total.ms, ids);
  // A claim is the last thing that touches the time of a row that is held.
  return Date.now() > row.updated + timeoutMs + grace ? new TaskTimeoutError(timeoutMs, ids) : undefined;
}

/** Records the failure as the result of the work. What its holder says later is refused. Gives nothing when it was faster. */
export function failWork(tx: Pick<Tx, 'work'>, { id, token }: WorkRow, error: TaskError): void {
  const row = tx.work.get(id);
  if (row?.status !== 'in_progress' || row.token !== token) return;
  const result = resultOf({ ok: false, error });
  tx.work.put({ ...row, status: 'failed', result, token: tx.work.nextToken(), until: null, updated: Date.now() });
}
