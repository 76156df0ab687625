import { namesOf } from '../names.ts';
import { askSql } from '../server/admin.ts';

/** A run whose journal does not fit the code that is served: it rests until it is resumed or cancelled. */
export interface Misfit {
  readonly invocation: string;
  /** The id of the run; absent for what is none. */
  readonly run?: string;
  /** The service that it is an invocation of, such as `orders.flows.fulfil`. */
  readonly service: string;
  readonly message: string;
}

/**
 * The runs of a system that do not go on, since what they have recorded and what the code asks for are not the same. Not those
 * that a person has paused, or whose endpoint is away. With `deployment` only those that are pinned to it: another one has
 * other code.
 *
 * @throws RestateError MR5210 when the server cannot be reached, MR5214 when it gives no answer.
 */
export async function misfits(admin: string, system: string, deployment?: string): Promise<readonly Misfit[]> {
  const prefix = `${namesOf(system).system}.`;
  const rows = await askSql(
    admin,
    `SELECT id, idempotency_key, target_service_name, status, last_failure, last_failure_error_code
     FROM sys_invocation
     WHERE status IN ('paused', 'backing-off') AND target_service_name LIKE '${prefix.replaceAll("'", "''")}%'
     ${deployment === undefined ? '' : `AND pinned_deployment_id = '${deployment}'`}`,
  );
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => `'${String(id)}'`).join(', ');
  const events = await askSql(
    admin,
    `SELECT id, event_json FROM sys_journal_events WHERE id IN (${ids}) AND event_type = 'Paused' ORDER BY appended_at`,
  );
  const reasons = new Map(events.map(({ id, event_json: text }) => [id, reasonOf(String(text))]));
  return rows.flatMap((row) => {
    const { id, idempotency_key: run, target_service_name: service, status } = row;
    const why = status === 'paused' ? reasons.get(id) : lastOf(row);
    if (why === undefined || !(why.code === mismatch || ours.test(why.message))) return [];
    return [
      {
        invocation: String(id),
        ...(typeof run === 'string' && { run }),
        service: String(service),
        message: why.message.replace(/\s*\n\s*/g, ' '),
      },
    ];
  });
}

interface Failure {
  readonly message: string;
  readonly code?: string;
}

/** Restate's word for it, and how the engine itself says it; anything else is tried again and may come right. */
const mismatch = 'RT0016';
const ours = /^(?:\w+: )?MR\d{4}: /;

/** With what it was paused: a person does it at any time, so that it may be anything or nothing. */
function reasonOf(text: string): Failure | undefined {
  const { last_failure: last } = JSON.parse(text) as {
    readonly last_failure?: { readonly error_message?: string; readonly restate_doc_error_code?: string } | null;
  };
  if (typeof last?.error_message !== 'string') return undefined;
  const code = last.restate_doc_error_code;
  return { message: last.error_message, ...(code !== undefined && { code }) };
}

/** What it fails with, without the number before it. */
function lastOf({
  last_failure: last,
  last_failure_error_code: code,
}: Readonly<Record<string, unknown>>): Failure | undefined {
  if (typeof last !== 'string') return undefined;
  return { message: last.replace(/^\[[^\]]*\] /, ''), ...(typeof code === 'string' && { code }) };
}
