import { toErrorRecord, type ErrorRecord } from '../core/index.ts';
import type { MachineEvent } from '../machine/index.ts';
import { decodeJson, type BoundMachine } from '../tasks/index.ts';
import { RunError } from './errors.ts';

/** What a run or child instance of a machine came to. */
export type WorkEnd =
  | { readonly ok: true; readonly output: string | undefined }
  | { readonly ok: false; readonly error: ErrorRecord };

/** The event by which an instance hears of the end of its work. A result that does not fit the schema is a failure. */
export function endEvent(
  ref: string,
  end: WorkEnd,
  schema: BoundMachine['context'] | undefined,
  target: string,
): MachineEvent {
  if (!end.ok) return { name: `error.run.${ref}`, payload: end.error };
  if (schema === undefined)
    return { name: `done.run.${ref}`, payload: end.output === undefined ? undefined : JSON.parse(end.output) };
  const read = decodeJson(schema, end.output);
  if (read.ok) return { name: `done.run.${ref}`, payload: read.value };
  const error = new RunError('MR3207', `The result of ${target} does not fit its output: ${read.problems}`, {
    fault: 'user-code',
  });
  return { name: `error.run.${ref}`, payload: toErrorRecord(error) };
}
