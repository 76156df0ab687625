import { toErrorRecord } from '../../core/index.ts';
import type { RunFailed } from '../contract.ts';
import { RestateError } from '../errors.ts';
import { TerminalError } from '../sdk.ts';

/** The failure of an invocation by which a run tells how it ended. */
export function failureFor(end: RunFailed): InstanceType<typeof TerminalError> {
  return new TerminalError(end.error.message, {
    errorCode: end.status === 'cancelled' ? 409 : 500,
    metadata: { millrace: JSON.stringify(end) },
  });
}

/** How a run ended whose invocation has failed with this. One that was killed could not say. */
export function endIn(thrown: unknown, run: string): RunFailed {
  const { metadata } = (thrown ?? {}) as { readonly metadata?: Readonly<Record<string, string>> };
  const said = metadata?.['millrace'];
  if (said !== undefined) return JSON.parse(said) as RunFailed;
  const { message } = toErrorRecord(thrown);
  const error = new RestateError('MR5201', `Run '${run}' was ended from outside before it could say how: ${message}`, {
    details: { run },
  });
  return { status: 'failed', error: toErrorRecord(error) };
}
