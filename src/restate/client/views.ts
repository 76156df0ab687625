import type { RunView } from '../../runtime/index.ts';
import type { RunAsks } from '../contract.ts';
import type { Desk } from './desk.ts';
import type { Invocation } from './invocations.ts';
import { asksOf, endOf, journals, type Entry } from './journal.ts';
import { failuresOf, statusOf, stillHolds, whyNot, type Failure } from './status.ts';

/** A run as on every engine. */
export interface RestateRunView extends RunView {
  /** The instance that it works for. */
  readonly worksFor?: { readonly machine: string; readonly id: string };
}

/** A run, and what its view was made of. */
export interface Seen {
  readonly invocation: Invocation;
  readonly asks: RunAsks | undefined;
  readonly entries: readonly Entry[];
  readonly view: RestateRunView;
}

/** Looks at runs: with the whole journal of each, or with what their views need of it. */
export async function lookAt(
  desk: Desk,
  all: readonly Invocation[],
  { whole = false }: { readonly whole?: boolean } = {},
): Promise<readonly Seen[]> {
  // What only waits or has ended is told by its first and its last entry; the rest is looked at in full.
  const working = all.flatMap(({ id, status }) => (whole || status === 'running' || status === 'ready' ? [id] : []));
  const isWorking = new Set(working);
  const others = all.flatMap(({ id }) => (isWorking.has(id) ? [] : [id]));
  const [full, ends, failures] = await Promise.all([
    journals(desk, working),
    journals(desk, others, ['Command: Input', 'Command: Output']),
    failuresOf(desk, all),
  ]);
  // What has ended has a journal for as long as it is known, unless somebody has purged that.
  const lost = all.flatMap(({ id, completed }) =>
    completed === undefined || full.has(id) || ends.has(id) ? [] : [id],
  );
  const late = await journals(desk, lost);
  return all.map((invocation) => {
    const entries = full.get(invocation.id) ?? ends.get(invocation.id) ?? late.get(invocation.id) ?? [];
    const asks = asksOf(entries);
    return { invocation, asks, entries, view: runView(desk, invocation, asks, entries, failures.get(invocation.id)) };
  });
}

function runView(
  desk: Desk,
  invocation: Invocation,
  asks: RunAsks | undefined,
  entries: readonly Entry[],
  last: Failure | undefined,
): RestateRunView {
  const { key, kind, target, created, modified, completed, failure } = invocation;
  const id = asks?.run ?? key ?? invocation.id;
  const why = stillHolds(desk, invocation, entries, last);
  const status = statusOf(desk, invocation, entries, why);
  const end = completed === undefined ? undefined : endOf(entries);
  const output = end?.ok === true ? end.gives.output : undefined;
  const failed = end?.ok === false ? end.failed : undefined;
  const error = completed === undefined ? whyNot(id, status, why, entries) : (failed?.error ?? endedBy(id, failure));
  const errors = (end?.ok === true ? end.gives.errors : failed?.errors) ?? [];
  return {
    id,
    kind,
    target,
    status,
    input: asks?.input ?? null,
    ...(output !== undefined && { output }),
    ...(error !== undefined && { error }),
    errors,
    ...(asks?.metadata !== undefined && { metadata: asks.metadata }),
    ...(asks?.parent !== undefined && { parent: asks.parent.run }),
    createdAt: asks?.at ?? created,
    updatedAt: Math.max(modified, asks?.at ?? created),
    ...(completed !== undefined && { endedAt: (end?.ok === true ? end.gives.at : failed?.at) ?? completed }),
    ...(asks?.owner !== undefined && { worksFor: { machine: asks.owner.machine, id: asks.owner.instance } }),
  };
}

/** What the server says of a run that it has ended itself. */
function endedBy(run: string, failure: string | undefined): RunView['error'] {
  if (failure === undefined) return undefined;
  const [, code, message = ''] = /^\[(\d+)\] ?(.*)$/s.exec(failure) ?? [undefined, '500', failure];
  const cancelled = code === '409';
  return {
    name: 'RunError',
    message: cancelled
      ? `Run '${run}' was cancelled.`
      : `Run '${run}' was ended from outside before it could say how: ${message}`,
    code: cancelled ? 'MR3203' : 'MR5201',
    retryable: false,
    fault: cancelled ? 'input' : 'environment',
    details: { run },
  };
}
