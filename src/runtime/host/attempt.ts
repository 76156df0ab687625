import { toErrorRecord, type ErrorRecord } from '../../core/index.ts';
import type { Part as PartOf } from '../../flow/index.ts';
import { Cancelled, Scope } from '../../engine/index.ts';
import type { Part } from './part.ts';
import { compensate } from './undo.ts';

/**
 * Runs a part; when it fails, undoes what it did and runs the handler. The failure is recorded before the first undo:
 * from then on the part only replays what it did, even if its code has been mended meanwhile.
 */
export async function attempt<Value, Handled>(
  part: Part,
  id: string,
  body: PartOf<Value>,
  handler: PartOf<Handled, [error: ErrorRecord]>,
): Promise<Value | Handled> {
  const { run } = part;
  const path = await part.open(id, ['try', 'catch'], 'caught');
  const caught = run.records.get(path);
  const scope = new Scope(part.scope);
  if (caught !== undefined) scope.abort(new Cancelled('This part failed before the restart.'));
  const inner = part.part(`${path}/try`, scope);
  let error: ErrorRecord;
  try {
    const value = await body(inner);
    await inner.finish();
    if (caught === undefined) {
      part.time = inner.time;
      return value;
    }
    error = JSON.parse(caught.data ?? '') as ErrorRecord;
  } catch (thrown) {
    if (caught === undefined && part.scope.reason !== undefined) throw thrown;
    error = caught === undefined ? toErrorRecord(thrown) : (JSON.parse(caught.data ?? '') as ErrorRecord);
  } finally {
    scope.close();
  }
  part.time = caught?.at ?? run.append({ kind: 'caught', path, data: JSON.stringify(error) }).at;
  await compensate(run, `${path}/try/`);
  const handling = part.part(`${path}/catch`, part.scope);
  const handled = await handler(handling, error);
  await handling.finish();
  part.time = handling.time;
  return handled;
}
