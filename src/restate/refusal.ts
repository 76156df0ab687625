import { MillraceError, RecordedError, toErrorRecord, type ErrorRecord } from '../core/index.ts';
import { TerminalError } from './sdk.ts';

/** Under which name the metadata of a TerminalError hold our record of it, as JSON of `{ error }` or `RunFailed`. */
const mark = 'millrace';

/**
 * What a handler throws when it refuses: nobody tries again, and the caller gets the same error. `errorCode` is the HTTP
 * status by which the ingress answers.
 */
export function refusal(thrown: unknown, errorCode = 400): InstanceType<typeof TerminalError> {
  const error = toErrorRecord(thrown);
  return new TerminalError(error.message, { errorCode, metadata: { [mark]: JSON.stringify({ error }) } });
}

/** The record in the metadata of an error that came from a handler; none when it is not one of ours. */
export function refused(metadata: Readonly<Record<string, string>> | undefined): ErrorRecord | undefined {
  const text = metadata?.[mark];
  if (text === undefined) return undefined;
  const ours = JSON.parse(text) as ErrorRecord | { readonly error: ErrorRecord };
  return 'error' in ours ? ours.error : ours;
}

/** An error of a call to another handler as it was thrown there. */
export function received(thrown: unknown): unknown {
  const error = thrown instanceof TerminalError ? refused(thrown.metadata) : undefined;
  return error === undefined ? thrown : new RecordedError(error);
}

/** An option of services: what another try would not change is a refusal, anything else is tried again. */
export const asTerminalError = (thrown: unknown): InstanceType<typeof TerminalError> | undefined =>
  thrown instanceof MillraceError && !thrown.retryable ? refusal(thrown) : undefined;
