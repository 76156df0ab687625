import { hash } from 'node:crypto';
import type { RunRow } from '../../store/index.ts';

/** To which trace something belongs, and which span it lies below. */
export interface Place {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  /** Is there such a span? Else the run is the root of its trace. */
  readonly above: boolean;
}

/**
 * The trace of a run that nobody above has started here. Its metadata may name one (`traceparent`, as W3C writes it), else
 * it is made of the id of the run: so whichever process goes on with it, its spans are in one trace.
 */
export function placeOf({ id, metadata }: Pick<RunRow, 'id' | 'metadata'>): Place {
  const { traceparent } = (metadata === null ? {} : JSON.parse(metadata)) as { traceparent?: unknown };
  const [, traceId, spanId, flags] =
    /^[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})/.exec(
      typeof traceparent === 'string' ? traceparent : '',
    ) ?? [];
  if (traceId !== undefined && spanId !== undefined)
    return { traceId, spanId, traceFlags: Number.parseInt(flags ?? '01', 16), above: true };
  const made = hash('sha256', `run ${id}`, 'hex');
  return { traceId: made.slice(0, 32), spanId: made.slice(32, 48), traceFlags: 1, above: false };
}
