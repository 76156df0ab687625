import { milliseconds, toErrorRecord } from '../../core/index.ts';
import type { At } from '../../flow/index.ts';
import { timePasses } from '../runs/timer.ts';
import { failed } from './call.ts';
import type { Part } from './part.ts';

/** Waits for a time. The end is fixed when the wait begins, and survives a restart. */
export async function sleep(part: Part, id: string, time: string | (() => string), at: At): Promise<void> {
  const { run, scope } = part;
  const path = part.begin(id);
  let ms: number;
  try {
    ms = milliseconds(typeof time === 'string' ? time : time());
  } catch (thrown) {
    throw failed(part, path, { ...toErrorRecord(thrown), retryable: false }, at);
  }
  const slept = await timePasses(run, path, ms, scope);
  if (!slept.ok) throw slept.failure;
  // It has begun at the time of what came before, or later.
  part.time += ms;
}
