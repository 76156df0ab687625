import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { RecordedError, type ErrorRecord } from '../../core/index.ts';
import type { Ingress, IngressAsks, RunFailed } from '../contract.ts';
import { RestateError } from '../errors.ts';
import { parsed, said, unreachable } from '../server/admin.ts';

/** How patient an ingress is. */
export interface IngressOptions {
  /** How long a server may be out of reach before a call without a signal gives up, in ms. Default: 30 s. */
  readonly patienceMs?: number;
  /** Hears every few seconds that it still tries. */
  readonly note?: (text: string) => void;
  /** Hears each time that the server cannot be reached, and is tried again. */
  readonly onUnreachable?: (failure: RestateError) => void;
}

/**
 * Calls handlers through the ingress of a server. Each call has an idempotency key, its own when none is given: so it may be
 * asked again when a connection broke, and is carried out once.
 *
 * @example
 * ```ts
 * import { ingressOf } from 'millrace/restate';
 *
 * const ingress = ingressOf('http://127.0.0.1:8080');
 * await ingress.call({ service: 'orders.flows.fulfil', handler: 'run', body: { run: 'r1', at: Date.now() }, idempotencyKey: 'r1' });
 * ```
 */
export function ingressOf(address: string, options: IngressOptions = {}): Ingress {
  const send = async (asks: IngressAsks): Promise<{ invocation: string; already: boolean }> => {
    const answer = await persistently(address, options, asks.signal, () => post(address, asks, '/send'));
    const { invocationId, status } = (answer.body ?? {}) as { invocationId?: unknown; status?: unknown };
    if (answer.status >= 400 || typeof invocationId !== 'string') throw failureOf(answer, asks);
    return { invocation: invocationId, already: status === 'PreviouslyAccepted' };
  };
  return {
    async call(given) {
      const asks = keyed(given);
      const answer = await persistently(address, options, asks.signal, () => post(address, asks, ''));
      if (answer.status < 400) return answer.body;
      // It is under way already, and this call was not let join it.
      if (answer.status !== 409 || ourFailure(answer.body) !== undefined) throw failureOf(answer, asks);
      const { invocation } = await send(asks);
      const attached = await persistently(address, options, asks.signal, () =>
        ask(address, `/restate/invocation/${invocation}/attach`, asks.signal),
      );
      if (attached.status < 400) return attached.body;
      throw failureOf(attached, asks);
    },
    send: (asks) => send(keyed(asks)),
  };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const keyed = (asks: IngressAsks): IngressAsks => ({
  ...asks,
  idempotencyKey: asks.idempotencyKey ?? `x-${randomUUID()}`,
});

function post(address: string, asks: IngressAsks, mode: '' | '/send'): Promise<Answer> {
  const { service, key, handler, body, idempotencyKey, signal } = asks;
  const object = key === undefined ? '' : `/${encodeURIComponent(key)}`;
  return ask(address, `/${service}${object}/${handler}${mode}`, signal, {
    method: 'POST',
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

async function ask(address: string, path: string, signal?: AbortSignal, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(new URL(path, address), { ...init, ...(signal !== undefined && { signal }) });
  return { status: response.status, body: parsed(await response.text()) };
}

/** Asks until there is an answer: a server that is started anew, or moved, is no reason to fail. */
async function persistently(
  address: string,
  { patienceMs = 30_000, note, onUnreachable }: IngressOptions,
  signal: AbortSignal | undefined,
  request: () => Promise<Answer>,
): Promise<Answer> {
  let begun: number | undefined;
  let told = performance.now();
  for (let wait = 25; ; wait = Math.min(wait * 2, 1000)) {
    const asked = performance.now();
    const came = await request().catch((thrown: unknown) => unreachable(address, 'ingress', thrown));
    if (!(came instanceof RestateError) && !isAway(came)) return came;
    const now = performance.now();
    // A request that stood for long was with a server that was there.
    if (begun === undefined || now - asked > 10_000) begun = asked;
    const failure =
      came instanceof RestateError
        ? came
        : new RestateError('MR5210', `The server of Restate at ${address} cannot answer now: ${said(came.body)}.`, {
            retryable: true,
          });
    if (signal === undefined ? now - begun > patienceMs : signal.aborted) throw failure;
    onUnreachable?.(failure);
    if (now - told > 2000) {
      told = now;
      note?.(`Tries again (${Math.round((now - begun) / 1000)} s): ${failure.message}`);
    }
    await sleep(wait, undefined, signal === undefined ? {} : { signal }).catch(() => {});
  }
}

const isAway = ({ status, body }: Answer): boolean =>
  (status === 502 || status === 503 || status === 504) && ourFailure(body) === undefined;

/** What a handler of ours failed with, of a run with how it ended. */
export function ourFailure(body: unknown): RunFailed | ErrorRecord | undefined {
  const { metadata } = (typeof body === 'object' && body !== null ? body : {}) as { metadata?: unknown };
  const { millrace } = (typeof metadata === 'object' && metadata !== null ? metadata : {}) as { millrace?: unknown };
  if (typeof millrace !== 'string') return undefined;
  return JSON.parse(millrace) as RunFailed | ErrorRecord;
}

function failureOf({ status, body }: Answer, asks: IngressAsks): Error {
  const ours = ourFailure(body);
  if (ours !== undefined) return new RecordedError('error' in ours ? ours.error : ours);
  const { service, handler } = asks;
  if (status === 404) {
    return new RestateError(
      'MR5216',
      `The server of Restate knows no '${service}/${handler}': is its endpoint registered? \`dsl serve FILE --engine restate\` serves and registers a system.`,
      { details: { service, handler } },
    );
  }
  return new RestateError('MR5217', `'${service}/${handler}' failed on Restate: ${status} ${said(body)}`, {
    retryable: status >= 500,
    fault: 'internal',
    details: { service, handler, status },
  });
}
