import type { Findings } from './violation.ts';

const page = 1000;

/** The log: what lies before the dispatcher's cursor was handed out, what lies after it was not. */
export function checkEvents({ tables, found, json }: Findings): void {
  const cursor = Number(tables.meta.get('cursor') ?? 0);
  if (cursor > tables.events.last())
    found('event', 'cursor', `it is at ${cursor}, the log ends at ${tables.events.last()}`);
  for (let after = 0; ;) {
    const events = tables.events.after(after, page);
    for (const { id, seq, payload, result } of events) {
      json(`event ${id}`, 'payload', payload);
      json(`event ${id}`, 'result', result);
      if ((result !== null) !== seq <= cursor)
        found(
          'event',
          `event ${id}`,
          `number ${seq} ${result === null ? 'was not' : 'was'} handed out, the cursor is at ${cursor}`,
        );
    }
    const last = events.at(-1);
    if (last === undefined) return;
    after = last.seq;
  }
}

/** Requests of other processes. */
export function checkInbox({ tables, json }: Findings): void {
  for (const { id, request } of tables.inbox.pending()) json(`request ${id}`, 'request', request);
}
