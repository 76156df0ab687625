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
 * The runs of a system that do not go on, since what they have recorded and what the code asks for are not the same.
 *
 * @throws RestateError MR5210 when the server cannot be reached, MR5214 when it gives no answer.
 */
export async function misfits(admin: string, system: string): Promise<readonly Misfit[]> {
  const prefix = `${namesOf(system).system}.`;
  const rows = await askSql(
    admin,
    `SELECT id, idempotency_key, target_service_name, status, last_failure FROM sys_invocation
     WHERE status IN ('paused', 'backing-off') AND target_service_name LIKE '${prefix.replaceAll("'", "''")}%'`,
  );
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => `'${String(id)}'`).join(', ');
  const events = await askSql(
    admin,
    `SELECT id, event_json FROM sys_journal_events WHERE id IN (${ids}) AND event_type = 'Paused' ORDER BY appended_at`,
  );
  const reasons = new Map(events.map(({ id, event_json: text }) => [id, reasonOf(String(text))]));
  return rows.flatMap(({ id, idempotency_key: run, target_service_name: service, status, last_failure: last }) => {
    const message = status === 'paused' ? reasons.get(id) : backingOff(last);
    if (message === undefined) return [];
    return [
      {
        invocation: String(id),
        ...(typeof run === 'string' && { run }),
        service: String(service),
        message: message.replace(/\s*\n\s*/g, ' '),
      },
    ];
  });
}

/** Why the server itself has paused it; a person's pause has no reason. */
function reasonOf(text: string): string | undefined {
  const { last_failure: last } = JSON.parse(text) as {
    readonly last_failure?: { readonly error_message?: string } | null;
  };
  return last?.error_message;
}

/** Restate's word for it, or the engine's own; anything else is tried again and may come right. */
const backingOff = (last: unknown): string | undefined =>
  typeof last === 'string' && (last.startsWith('[570 ') || last.includes('MR3205')) ? last : undefined;
