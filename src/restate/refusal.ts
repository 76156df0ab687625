import { MillraceError, toErrorRecord } from '../core/index.ts';
import { TerminalError } from './sdk.ts';

/**
 * What a handler throws when it refuses: nobody tries again, and the caller gets the same error, by the record in the
 * metadata. `errorCode` is the HTTP status by which the ingress answers.
 */
export function refusal(thrown: unknown, errorCode = 400): TerminalError {
  const error = toErrorRecord(thrown);
  return new TerminalError(error.message, { errorCode, metadata: { millrace: JSON.stringify({ error }) } });
}

/** An option of services: what another try would not change is a refusal, anything else is tried again. */
export const asTerminalError = (thrown: unknown): TerminalError | undefined =>
  thrown instanceof MillraceError && !thrown.retryable ? refusal(thrown) : undefined;
