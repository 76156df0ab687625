import { milliseconds, type ErrorRecord } from '../core/index.ts';
import { failurePayload, type AnyEvent } from '../flow/index.ts';
import type { Tx } from '../store/index.ts';
import { decodeJson } from '../tasks/index.ts';
import type { Context, NewEvent } from './context.ts';
import { matchKey, newId } from '../engine/index.ts';

type Sets = Readonly<Record<string, readonly (readonly string[])[]>>;

const setsIn = ({ meta }: Pick<Tx, 'meta'>): Sets => JSON.parse(meta.get('fields') ?? '{}') as Sets;

/** Appends an event to the log and to the indexes by which it is waited for; gives its id. */
export function publish(
  context: Context,
  log: { grown(seq: number): void },
  tx: Tx,
  { event, payload, source }: NewEvent,
): string {
  const { clock, registry, writer, bus } = context;
  const now = clock.now();
  const name = event.contract;
  const id = newId('evt', now, context.random);
  const expires = now + milliseconds(event.ttl);
  const seq = tx.events.append({ id, name, payload: payload ?? null, at: now, expires, source });
  const sets = [...registry.fields(name)];
  if (sets.length > 0) {
    const read = decodeJson(event.payload, payload);
    for (const fields of sets) {
      indexBy(context, tx, name, fields);
      if (read.ok) tx.events.index(name, matchKey(fields, read.value), seq);
    }
  }
  writer.afterCommit(() => {
    const [kind, from] = source.split(' ');
    const run = kind === 'run' && from !== undefined ? { runId: from } : {};
    if (bus.heard) bus.tell({ type: 'event.published', eventId: id, event: name, ...run });
    log.grown(seq);
  });
  return id;
}

/** Publishes that a task or flow has failed for good, in the transaction that records it. */
export function tellFailure(
  context: Context,
  tx: Tx,
  event: AnyEvent,
  input: string | null,
  where: { readonly error: ErrorRecord; readonly runId: string; readonly step?: string },
): void {
  const source = `run ${where.runId}${where.step === undefined ? '' : ` ${where.step}`}`;
  context.publish(tx, { event, payload: failurePayload(input, where), source });
}

/** Makes sure that the events of this name, older ones too, are found by these payload fields. */
export function indexBy(context: Context, tx: Tx, name: string, fields: readonly string[]): void {
  const known = context.registry.indexed(name);
  const key = fields.join();
  if (known.has(key)) return;
  const all = setsIn(tx);
  const sets = all[name] ?? [];
  context.writer.afterCommit(() => known.set(key, fields));
  // Noted by an earlier unit of the same batch.
  if (sets.some((set) => set.join() === key)) return;
  tx.meta.set('fields', JSON.stringify({ ...all, [name]: [...sets, fields] }));
  const event = context.registry.event(name);
  if (event === undefined) return;
  for (const row of tx.events.named(name)) {
    const read = decodeJson(event.payload, row.payload);
    if (read.ok) tx.events.index(name, matchKey(fields, read.value), row.seq);
  }
}

/** Reads which indexes the database has. */
export function recallIndexes(context: Context): void {
  const all = setsIn(context.store.tables);
  for (const [event, sets] of Object.entries(all)) {
    for (const fields of sets) context.registry.indexed(event).set(fields.join(), fields);
  }
}
