import { messageOf } from '../../core/index.ts';
import type { AttemptIds } from '../errors.ts';
import { WorldError } from './errors.ts';

/** How a guarded fetch asks. */
export interface FetchGuard {
  readonly ids: AttemptIds;
  /** Asks without following redirects. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** @throws WorldError when the address may not be asked */
  readonly check: (url: URL) => void;
  /** Of the attempt. */
  readonly signal: () => AbortSignal;
}

const redirects = new Set([301, 302, 303, 307, 308]);
/** As many as the standard has. */
const most = 20;

/**
 * A `fetch` that asks only what it may, also when an answer leads elsewhere, and ends with its attempt. Redirects are
 * followed here, one by one, as each is another address.
 */
export function guardedFetch({ ids, fetch, check, signal }: FetchGuard): typeof globalThis.fetch {
  return async (input, init) => {
    const { redirect = input instanceof Request ? input.redirect : 'follow', ...rest } = init ?? {};
    let request = requestOf(input, rest, ids);
    const ends = AbortSignal.any([signal(), request.signal]);
    const asking = (url: URL, parts: RequestInit): Request =>
      new Request(url, { ...parts, redirect: 'manual', signal: ends });
    // What is no stream can be sent once more.
    const again = rest.body instanceof ReadableStream ? undefined : rest.body;
    check(new URL(request.url));
    request = new Request(request, { redirect: 'manual', signal: ends });
    for (let followed = 0; ; followed++) {
      ends.throwIfAborted();
      const response = await fetch(request);
      const to = redirects.has(response.status) ? response.headers.get('location') : null;
      if (to === null || redirect === 'manual') return followed === 0 ? response : marked(response);
      if (redirect === 'error') throw new TypeError(`fetch failed: ${request.url} redirects to ${to}`);
      if (followed === most) throw new TypeError(`fetch failed: more than ${most} redirects from ${request.url}`);
      const url = new URL(to, request.url);
      check(url);
      await response.body?.cancel();
      request = follow(request, url, response.status, again, asking);
    }
  };
}

function requestOf(input: string | URL | Request, init: RequestInit, ids: AttemptIds): Request {
  try {
    const stream = init.body instanceof ReadableStream ? { duplex: 'half' } : {};
    return new Request(input, { ...init, ...stream } as RequestInit);
  } catch (error) {
    throw new WorldError('MR3153', `asked for what is no request: ${messageOf(error)}.`, ids, { cause: error });
  }
}

/** The next request, by the rules of the Fetch standard. */
function follow(
  request: Request,
  url: URL,
  status: number,
  again: RequestInit['body'],
  asking: (url: URL, parts: RequestInit) => Request,
): Request {
  const { method } = request;
  const headers = new Headers(request.headers);
  const plain = status === 303 ? method !== 'GET' && method !== 'HEAD' : status < 303 && method === 'POST';
  if (url.origin !== new URL(request.url).origin)
    for (const secret of ['authorization', 'cookie', 'proxy-authorization', 'host']) headers.delete(secret);
  if (plain) {
    for (const name of ['content-encoding', 'content-language', 'content-location', 'content-type', 'content-length'])
      headers.delete(name);
    return asking(url, { method: 'GET', headers });
  }
  if (request.body !== null && again === undefined)
    throw new TypeError(`fetch failed: ${request.url} redirects, and the body of the request was a stream`);
  return asking(url, { method, headers, ...(request.body === null ? {} : { body: again ?? null }) });
}

function marked(response: Response): Response {
  return Object.defineProperty(response, 'redirected', { value: true });
}
