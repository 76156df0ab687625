import type { Scheduler } from '../../core/index.ts';
import type { Usage } from '../contract.ts';
import { ModelError } from '../errors.ts';
import { whoIs } from './normalise.ts';

/** How long an answer may take, and who may call it off. */
export interface Patience {
  readonly scheduler: Scheduler;
  /** Until an answer begins, in ms. */
  readonly headersMs: number;
  /** Between two signs of life of an answer that has begun, in ms. */
  readonly idleMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Somebody who looks at the time while a request is under way. */
export interface Watch {
  /** Aborted when the request is to end: the time is over, it was called off, or the watch was closed. */
  readonly signal: AbortSignal;
  /** Whether an answer has begun to come. */
  begun(): boolean;
  /** There is a sign of life. */
  touch(): void;
  /** Waits for something that the request gives; the time is counted only while somebody waits. */
  wait<T>(work: () => Promise<T>): Promise<T>;
  /** Sees the signs of life on the wire: what an SDK swallows (pings) counts, too. */
  fetch(through: typeof fetch): typeof fetch;
  /** Ends the request, if it has not ended. */
  close(): void;
}

/**
 * Watches over one request. Neither SDK does it: their `timeout` does not cover an answer that stalls, and an aborted
 * loop over their streams ends as if it were whole.
 */
export function watchOver(
  patience: Patience,
  about: { readonly provider: string; readonly model: string },
  used: () => Usage | undefined = () => undefined,
): Watch {
  const { scheduler, headersMs, idleMs, signal } = patience;
  const ending = new AbortController();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  let sent = false;
  let begun = false;
  let waiting = 0;
  let last = scheduler.now();
  let callOff: (() => void) | undefined;
  let closed = false;

  const end = (error: ModelError): void => {
    failed.reject(error);
    ending.abort(error);
  };
  const tell = (what: string, kind: 'timeout' | 'aborted', cause?: unknown): ModelError => {
    const usage = used();
    return new ModelError(`${whoIs(about)}: ${what}`, {
      kind,
      provider: about.provider,
      model: about.model,
      mayHaveCost: sent,
      ...(cause === undefined ? {} : { cause }),
      ...(usage === undefined ? {} : { usage }),
    });
  };
  const aborted = (): void => end(tell('the request was called off.', 'aborted', signal?.reason));

  const look = (): void => {
    callOff = undefined;
    if (closed || waiting === 0) return;
    const limit = begun ? idleMs : headersMs;
    const left = last + limit - scheduler.now();
    if (left > 0) callOff = scheduler.after(left, look);
    else if (begun) end(tell(`nothing came for ${limit} ms in the middle of the answer.`, 'timeout'));
    else end(tell(`no answer began within ${limit} ms.`, 'timeout'));
  };
  const touch = (): void => {
    // The limit may get shorter here: the timer is set anew.
    if (!begun) {
      callOff?.();
      callOff = undefined;
    }
    begun = true;
    last = scheduler.now();
    if (callOff === undefined && waiting > 0) look();
  };

  if (signal?.aborted === true) aborted();
  else signal?.addEventListener('abort', aborted);

  return {
    signal: ending.signal,
    begun: () => begun,
    touch,
    async wait(work) {
      if (ending.signal.aborted) return failed.promise;
      last = scheduler.now();
      waiting += 1;
      sent = true;
      if (callOff === undefined) look();
      try {
        const result = work();
        // It may lose the race and fail later, when nobody looks.
        result.catch(() => {});
        return await Promise.race([result, failed.promise]);
      } finally {
        waiting -= 1;
      }
    },
    fetch: (through) => async (input, init) => {
      const response = await through(input, init);
      if (!response.ok || response.body === null) return response;
      touch();
      const seen = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, out) {
          touch();
          out.enqueue(chunk);
        },
      });
      return new Response(response.body.pipeThrough(seen), {
        status: response.status,
        statusText: response.statusText,
        headers: response.headers,
      });
    },
    close() {
      closed = true;
      callOff?.();
      callOff = undefined;
      signal?.removeEventListener('abort', aborted);
      ending.abort();
    },
  };
}
