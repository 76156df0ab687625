import type { ErrorRecord } from '../../core/index.ts';
import type { RunView } from '../../runtime/index.ts';
import { sql, type Desk } from './desk.ts';
import type { Invocation } from './invocations.ts';
import { endOf, resultOf, type Entry } from './journal.ts';
import { listed } from './sql.ts';
import { awaits } from './steps.ts';

type Status = RunView['status'];

/** Why an invocation does not go on. */
export interface Failure {
  readonly message: string;
  /** Restate's own code, such as RT0016. */
  readonly code?: string;
  /** The path of the step that it came to. */
  readonly step?: string;
  /** How many attempts have failed since it last rested, whatever was recorded meanwhile. */
  readonly times?: number;
}

/** A run that the server holds, since the journal says something else than the code. */
const mismatch = 'RT0016';

/**
 * Why invocations rest, or fail again and again, by their id. What the server says while it tries again is gone with the
 * first thing that is recorded.
 */
export async function failuresOf(desk: Desk, all: readonly Invocation[]): Promise<ReadonlyMap<string, Failure>> {
  const found = new Map<string, Failure>();
  for (const { id, status, lastFailure, lastFailureCode, lastFailureAt, attempts } of all) {
    if ((status !== 'backing-off' && status !== 'running') || lastFailure === undefined) continue;
    // The one that is under way has not failed yet.
    const times = status === 'running' ? attempts - 1 : attempts;
    found.set(id, { ...failure(lastFailure, lastFailureCode, lastFailureAt), times });
  }
  const paused = all.flatMap(({ id, status }) => (status === 'paused' ? [id] : []));
  if (paused.length === 0) return found;
  const rows = await sql(
    desk,
    `SELECT id, event_json FROM sys_journal_events WHERE id IN ${listed(paused)} AND event_type = 'Paused' ORDER BY appended_at`,
  );
  for (const row of rows) {
    const { last_failure: last } = JSON.parse(String(row['event_json'])) as { readonly last_failure?: LastFailure };
    // The newest pause counts: an earlier one may have had a reason that is mended.
    if (last === undefined || last === null) found.delete(String(row['id']));
    else
      found.set(String(row['id']), failure(last.error_message, last.restate_doc_error_code, last.related_command_name));
  }
  return found;
}

interface LastFailure {
  readonly error_message: string;
  readonly restate_doc_error_code?: string;
  readonly related_command_name?: string;
}

/** Without the class that the server puts before it, and without the stack after it. */
const failure = (message: string, code: string | undefined, step: string | undefined): Failure => ({
  message: message.replace(/^\[\d+[^\]]*\] /, '').replace(/\n[^\n]*\n {4}at [\s\S]*$|\n {4}at [\s\S]*$/, ''),
  ...(code !== undefined && { code }),
  ...(step !== undefined && step !== '' && { step }),
});

/**
 * What of a failure still holds. The server tells of the last one until the invocation rests, up to a minute after it was
 * mended: while an attempt is under way it says nothing of whether the code fits, and once that has recorded something, or
 * waits, nothing of the endpoint. That attempts fail again and again shows while the next one is under way, too.
 */
export function stillHolds(
  desk: Desk,
  { status, lastBegun = Infinity }: Invocation,
  entries: readonly Entry[],
  why: Failure | undefined,
): Failure | undefined {
  if (why === undefined || status !== 'running') return why;
  const { times = 1 } = why;
  if (times < 2 || blocks(why) || !isAtWork(desk, entries)) return undefined;
  return entries.some(({ at }) => at > lastBegun) ? undefined : why;
}

/** Where a run stands, in the words of every engine. `entries`: its journal, or none where its status says it all. */
export function statusOf(
  desk: Desk,
  { status, completed, failure: end }: Invocation,
  entries: readonly Entry[],
  why: Failure | undefined,
): Status {
  if (completed !== undefined || status === 'completed') return endStatus(entries, end);
  if (why !== undefined && blocks(why)) return 'blocked';
  switch (status) {
    case 'scheduled':
    case 'pending':
      return 'pending';
    case 'paused':
      return 'paused';
    case 'suspended':
      return 'waiting';
    default:
      return isAtWork(desk, entries) ? 'running' : 'waiting';
  }
}

function endStatus(entries: readonly Entry[], failure: string | undefined): Status {
  if (failure === undefined) return 'completed';
  const end = endOf(entries);
  if (end?.ok === false && end.failed !== undefined) return end.failed.status;
  // Ended by the server: cancelled before it began, or killed.
  return failure.startsWith('[409]') ? 'cancelled' : 'failed';
}

/** What our own code refuses to go on with says so by its code. */
const ours = /^(?:\w+: )?(MR\d{4}): /;
const blocks = ({ message, code }: Failure): boolean => code === mismatch || ours.test(message);

/** Is an attempt under way, or the code between two of them? When it only waits, it asked for something that has not come. */
function isAtWork(desk: Desk, entries: readonly Entry[]): boolean {
  const open = entries.filter((each) => each.command && each.completion !== undefined && !resultOf(entries, each));
  return open.length === 0 ? !awaits(desk, entries) : open.some(({ type }) => type === 'Run');
}

/** Why a run is blocked, or is tried again by the server. `entries`: its journal, as far as it is known. */
export function whyNot(
  run: string,
  status: Status,
  why: Failure | undefined,
  entries: readonly Entry[],
): ErrorRecord | undefined {
  if (why === undefined) return undefined;
  const restate = why.code === undefined ? {} : { restate: why.code };
  if (status === 'blocked') {
    const own = ours.exec(why.message);
    const details = { run, ...restate, ...(why.step === undefined ? {} : { step: why.step }) };
    const message =
      own === null
        ? `The journal of run '${run}' does not fit the code that is served now${why.step === undefined ? '' : `, from step '${why.step}' on`}: ${firstLines(why.message)}`
        : why.message.slice(own[0].length);
    const code = own?.[1] ?? 'MR3205';
    return { name: 'RunError', message, code, retryable: false, fault: 'user-code', details };
  }
  const { times = 1 } = why;
  const underWay = entries.flatMap((each) =>
    each.command && each.type === 'Run' && resultOf(entries, each) === undefined ? [each.name] : [],
  );
  return {
    name: 'RestateError',
    message: `The endpoint of the system could not go on with run '${run}'${lost(times, underWay)}: ${firstLines(why.message)}`,
    code: 'MR5231',
    retryable: true,
    fault: 'environment',
    details: { run, ...restate, attempts: times, ...(underWay.length === 0 ? {} : { underWay }) },
  };
}

/** Nothing parks a run whose step ends its process each time: whoever looks at it has to see that. */
function lost(times: number, underWay: readonly string[]): string {
  if (times < 2) return '';
  const steps = underWay.map((name) => `'${name}'`).join(', ');
  return ` (${times} attempts have failed since it last rested${steps === '' ? '' : `; under way: ${steps}`})`;
}

const firstLines = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ').slice(0, 500);
