import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson, messageOf } from '../../core/index.ts';
import { ModelError } from '../errors.ts';
import type { CassetteStore } from './store.ts';

/** Options of a `fetch` that records and replays. */
export interface CassetteOptions {
  readonly store: CassetteStore;
  /**
   * `replay` asks nobody, ever; `record` asks and keeps what comes; `missing` replays what is there and records the rest.
   */
  readonly mode: 'replay' | 'record' | 'missing';
  /** Who is asked when recording. Left out: the platform's. */
  readonly fetch?: typeof fetch;
}

const Recorded = z.object({
  request: z.object({ method: z.string(), path: z.string(), body: z.unknown() }),
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});
type Recorded = z.infer<typeof Recorded>;

const keptHeaders = ['content-type', 'retry-after', 'retry-after-ms', 'request-id', 'x-request-id', 'x-should-retry'];

/**
 * A `fetch` for a provider, that records answers and replays them, streams included: tests of what asks models then
 * need no key and no network. Requests are told apart by method, path and body, and the same one asked again gets the
 * next answer that was recorded for it. Neither the headers of a request nor its host are kept, and the key is blotted
 * out wherever it is repeated.
 *
 * @throws ModelError MR4018 from the request, when there is no cassette for it; MR4019 when it cannot be read
 * @example
 * ```ts
 * import { cassetteFetch, directoryCassettes, openaiProvider } from 'millrace/llm';
 *
 * const record = process.env['RECORD'] === '1';
 * const provider = openaiProvider({
 *   apiKey: record ? process.env['OPENAI_API_KEY'] : 'none is needed',
 *   fetch: cassetteFetch({ store: directoryCassettes('test/cassettes'), mode: record ? 'record' : 'replay' }),
 * });
 * ```
 */
export function cassetteFetch(options: CassetteOptions): typeof fetch {
  const { store, mode } = options;
  const real: typeof fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  const asked = new Map<string, number>();

  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const request = { method: init.method ?? 'GET', path: url.pathname, body: jsonOf(init.body) };
    const key = createHash('sha256').update(canonicalJson(request)).digest('hex').slice(0, 16);
    const turn = asked.get(key) ?? 0;
    asked.set(key, turn + 1);
    const name = `${key}-${turn}`;
    init.signal?.throwIfAborted();
    if (mode !== 'record') {
      const text = await store.read(name);
      if (text !== undefined) return replayed(recordedOf(text, name, request.body));
      if (mode === 'replay') throw missing(name, request);
    }
    const response = await real(input, init);
    return recording(response, request, secretsOf(init.headers), (text) => store.write(name, text));
  };
}

const jsonOf = (body: unknown): unknown => {
  if (typeof body !== 'string') return null;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
};

const modelIn = (body: unknown): string => String((body as { readonly model?: unknown } | null)?.model ?? 'any');

function missing(name: string, { method, path, body }: Recorded['request']): ModelError {
  return new ModelError(
    `No cassette '${name}' has ${method} ${path} of the model '${modelIn(body)}': the request has changed since it was recorded, or never was.`,
    {
      kind: 'badRequest',
      code: 'MR4018',
      provider: 'cassette',
      model: modelIn(body),
      details: { cassette: name, path },
    },
  );
}

function recordedOf(text: string, name: string, body: unknown): Recorded {
  try {
    return Recorded.parse(JSON.parse(text));
  } catch (cause) {
    throw new ModelError(`The cassette '${name}' cannot be read: ${messageOf(cause)}`, {
      kind: 'badRequest',
      code: 'MR4019',
      provider: 'cassette',
      model: modelIn(body),
      cause,
    });
  }
}

function replayed({ status, headers, body }: Recorded): Response {
  // In the pieces in which it was sent, so that what reads streams is under test.
  const pieces = body.split(/(?<=\n\n)/);
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    pull(out) {
      const piece = pieces.shift();
      if (piece === undefined) out.close();
      else out.enqueue(encoder.encode(piece));
    },
  });
  return new Response(stream, { status, headers });
}

function recording(
  response: Response,
  request: Recorded['request'],
  secrets: readonly string[],
  keep: (text: string) => Promise<void>,
): Response {
  const headers = Object.fromEntries([...response.headers].filter(([name]) => keptHeaders.includes(name)));
  const { status, statusText } = response;
  const made = { status, statusText, headers: response.headers };
  if (response.body === null) return new Response(null, made);
  const source = response.body.getReader();
  const decoder = new TextDecoder();
  let body = '';
  const whole = async (): Promise<void> => {
    const recorded: Recorded = { request, status, headers, body: body + decoder.decode() };
    const text = JSON.stringify(recorded, null, 2);
    await keep(`${secrets.reduce((left, secret) => left.replaceAll(secret, '(key)'), text)}\n`);
  };
  // Kept when the last byte has come: an answer that breaks off is none.
  const seen = new ReadableStream<Uint8Array>({
    async pull(out) {
      const { done, value } = await source.read();
      if (done) {
        await whole();
        return out.close();
      }
      body += decoder.decode(value, { stream: true });
      out.enqueue(value);
    },
    // One of the SDKs reads no further than the last event of chat completions.
    async cancel(reason) {
      if (/^data: \[DONE\]\s*$/m.test(body)) await whole();
      await source.cancel(reason);
    },
  });
  return new Response(seen, made);
}

function secretsOf(headers: RequestInit['headers']): readonly string[] {
  const all = new Headers(headers);
  return ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key']
    .map((name) => all.get(name)?.replace(/^Bearer /i, '') ?? '')
    .filter((secret) => secret.length >= 4);
}
