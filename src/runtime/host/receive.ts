import { milliseconds, toErrorRecord, type Duration } from '../../core/index.ts';
import type { AnyEvent, At } from '../../flow/index.ts';
import { decodeJson } from '../../tasks/index.ts';
import type { EventRow } from '../../store/index.ts';
import { Cancelled, EventError, RunError, matchKey } from '../../engine/index.ts';
import { failed } from './call.ts';
import { cancelWait, dropWait } from './cancel-wait.ts';
import { recordedError } from './order.ts';
import type { Part } from './part.ts';
import { setTimer } from './timer.ts';

export interface ReceiveOptions {
  readonly at: At;
  readonly match?: () => Readonly<Record<string, unknown>>;
  readonly timeout?: Duration;
  readonly onTimeout?: 'fail' | 'continue';
}

/** The data of a `received` line. */
export function receivedData(key: string, event: EventRow): string {
  const payload = event.payload === null ? '' : `,"payload":${event.payload}`;
  return `{"key":${JSON.stringify(key)},"event":${JSON.stringify(event.id)}${payload}}`;
}

/** Waits for an event. One that has come since the run started and was not consumed is taken at once, the oldest first. */
export async function receive(part: Part, id: string, event: AnyEvent, options: ReceiveOptions): Promise<unknown> {
  const { run, scope } = part;
  const { context } = run;
  const { path, record } = await part.begin(id);
  const name = event.contract;
  const match = options.match?.() ?? {};
  const fields = Object.keys(match).sort();
  const key = matchKey(fields, match);

  if (record === undefined) {
    const now = context.clock.now();
    const time = options.timeout === undefined ? undefined : milliseconds(options.timeout);
    run.enqueue((tx) => {
      context.indexBy(tx, name, fields);
      const what = `${name} ${key}`;
      const found = tx.events.oldest(name, key, run.taken.get(what) ?? run.row.since, now, run.id);
      const upTo = found?.seq ?? tx.events.last();
      context.writer.afterCommit(() => run.took(what, upTo));
      if (found !== undefined) {
        tx.events.consume(run.id, found.seq);
        context.record(tx, run.id, {
          kind: 'received',
          path,
          name,
          attempt: 0,
          place: options.at,
          data: receivedData(key, found),
        });
        return;
      }
      context.record(tx, run.id, {
        kind: 'waiting',
        path,
        name,
        attempt: 0,
        place: options.at,
        data: JSON.stringify({ key }),
      });
      tx.waits.insert({ run: run.id, path, event: name, key, created: now });
      if (time !== undefined) setTimer(tx, 'wait', run.id, path, now + time);
    });
  } else {
    const asked = JSON.parse(record.asked ?? '{}') as { readonly key?: string };
    if (record.name !== name || (record.kind !== 'cancelled' && asked.key !== key)) {
      return part.diverged(
        `'${path}' is recorded as waiting for ${record.name} ${asked.key ?? ''}, and the code now waits for ${name} ${key}`,
      );
    }
  }

  let known = record;
  if (known === undefined || known.kind === 'waiting') {
    await run.wait(path, scope);
    known = run.records.get(path);
  }
  if (known === undefined || known.kind === 'waiting')
    known = await cancelWait(part, path, { name, at: options.at }, (tx) => dropWait(tx, run.id, path));
  if (known === undefined || known.kind === 'waiting' || known.kind === 'cancelled') {
    throw scope.reason ?? new Cancelled(`The wait '${path}' was cancelled.`);
  }
  part.time = known.at;
  if (known.kind === 'failed') throw recordedError(known);
  if (known.kind === 'timedOut') {
    if (options.onTimeout === 'continue') return undefined;
    const error = new RunError(
      'MR3211',
      `Nothing came for '${path}' of run '${run.id}': no event '${name}' with ${key} within ${options.timeout ?? 'its time'}.`,
      { fault: 'environment' },
    );
    throw failed(part, path, toErrorRecord(error), { name, attempt: 0, at: options.at });
  }
  part.finished.set(id, known.seq);
  const { payload } = JSON.parse(known.data ?? '{}') as { readonly payload?: unknown };
  const value = decodeJson(event.payload, payload === undefined ? undefined : JSON.stringify(payload));
  if (value.ok) return value.value;
  throw new EventError(
    'MR3302',
    `The payload of event '${name}' that '${path}' received is not valid: ${value.problems}`,
    { details: { event: name } },
  );
}
