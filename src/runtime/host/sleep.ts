import { milliseconds, toErrorRecord } from '../../core/index.ts';
import type { At } from '../../flow/index.ts';
import { Cancelled } from '../../engine/index.ts';
import { failed } from './call.ts';
import { cancelWait } from './cancel-wait.ts';
import { recordedError } from './order.ts';
import type { Part } from './part.ts';
import { dropTimer, hasTimer, setTimer } from './timer.ts';

/** Waits for a time. The end is fixed when the wait begins, and survives a restart. */
export async function sleep(part: Part, id: string, time: string | (() => string), at: At): Promise<void> {
  const { run, scope } = part;
  const { path, record } = await part.begin(id);
  if (record === undefined) {
    let until: number;
    try {
      until = run.context.clock.now() + milliseconds(typeof time === 'string' ? time : time());
    } catch (thrown) {
      throw failed(part, path, { ...toErrorRecord(thrown), retryable: false }, { name: null, attempt: 0, at });
    }
    run.append({ kind: 'sleeping', path, place: at, data: String(until) }, (tx) =>
      setTimer(tx, 'sleep', run.id, path, until),
    );
  } else if (record.kind === 'failed' && record.name === null) {
    part.time = record.at;
    throw recordedError(record);
  } else if (record.kind !== 'sleeping' && record.kind !== 'slept' && record.kind !== 'cancelled') {
    return part.diverged(`'${path}' is recorded as '${record.name ?? record.kind}', and is now a wait`);
  }
  if (record === undefined || record.kind === 'sleeping') await run.wait(path, scope);
  let now = run.records.get(path);
  if (now === undefined || now.kind === 'sleeping') {
    now = await cancelWait(part, path, { name: null, at }, (tx) => {
      const asleep = hasTimer(tx, run.id, path);
      dropTimer(tx, run.id, path);
      return asleep;
    });
  }
  if (now?.kind === 'slept') {
    part.time = now.at;
    return;
  }
  throw scope.reason ?? new Cancelled(`The wait '${path}' was cancelled.`);
}
