import { toErrorRecord, type ErrorRecord } from '../../core/index.ts';
import type { Part as PartOf } from '../../flow/index.ts';
import type { Part } from './part.ts';
import { compensate } from './undo.ts';

/** Runs a part; when it fails, undoes what it did and runs the handler. */
export async function attempt<Value, Handled>(
  part: Part,
  id: string,
  body: PartOf<Value>,
  handler: PartOf<Handled, [error: ErrorRecord]>,
): Promise<Value | Handled> {
  const path = part.open(id);
  const inner = part.part(`${path}/try`, part.scope);
  let error: ErrorRecord;
  try {
    const value = await body(inner);
    part.time = inner.time;
    return value;
  } catch (thrown) {
    if (part.scope.reason !== undefined) throw thrown;
    error = toErrorRecord(thrown);
  }
  part.time = Math.max(part.time, inner.time);
  await compensate(part.run, `${path}/try/`);
  const handling = part.part(`${path}/catch`, part.scope);
  const handled = await handler(handling, error);
  part.time = handling.time;
  return handled;
}
