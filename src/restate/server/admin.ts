import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../core/index.ts';
import { RestateError } from '../errors.ts';
import { serverVersion } from './binary.ts';

/** How a request to a server went. */
export interface Answer {
  readonly status: number;
  /** JSON, or the text that it was instead. */
  readonly body: unknown;
}

/**
 * Asks the admin API of a server.
 *
 * @throws RestateError MR5210 when it cannot be reached.
 */
export async function askAdmin(
  admin: string,
  path: string,
  asks: { readonly method?: string; readonly body?: unknown; readonly signal?: AbortSignal } = {},
): Promise<Answer> {
  const { method = 'GET', body, signal } = asks;
  try {
    const response = await fetch(new URL(path, admin), {
      method,
      headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal !== undefined && { signal }),
    });
    const text = await response.text();
    return { status: response.status, body: parsed(text) };
  } catch (thrown) {
    throw unreachable(admin, 'admin API', thrown);
  }
}

/** Rows of its SQL tables. */
export async function askSql(admin: string, query: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { status, body } = await askAdmin(admin, '/query', { method: 'POST', body: { query } });
  const { rows } = (typeof body === 'object' && body !== null ? body : {}) as { rows?: unknown };
  if (status === 200 && Array.isArray(rows)) return rows as Readonly<Record<string, unknown>>[];
  throw await noAnswer(admin, 'does not answer a query', { status, body }, { query });
}

/**
 * The failure of a question that was answered with something else: MR5213 when the one who answers is not whom this engine
 * speaks with, else MR5214. `what` goes on after "The server at …".
 */
export async function noAnswer(
  admin: string,
  what: string,
  { status, body }: Answer,
  details: Readonly<Record<string, unknown>> = {},
): Promise<RestateError> {
  try {
    // One that cannot answer now is asked for its version later.
    if (status < 500) await checkVersion(admin, { status, body });
  } catch (thrown) {
    if (thrown instanceof RestateError && thrown.code === 'MR5213') return thrown;
  }
  return new RestateError('MR5214', `The server at ${admin} ${what}: ${said(body)}`, {
    details: { ...details, status },
  });
}

/**
 * Waits until a server is healthy, and gives its version. `note` hears every few seconds that it still waits.
 *
 * @throws RestateError MR5210 when it is not within `patienceMs`, MR5213 when it is a server of another kind.
 */
export async function whenHealthy(
  admin: string,
  options: {
    readonly patienceMs?: number;
    readonly note?: ((text: string) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<string> {
  const { patienceMs = 30_000, note, signal } = options;
  const begun = performance.now();
  let told = begun;
  for (;;) {
    signal?.throwIfAborted();
    const failure = await healthOf(admin);
    if (failure === undefined) return checkVersion(admin);
    if (failure.code === 'MR5213') throw failure;
    const now = performance.now();
    if (now - begun > patienceMs) throw failure;
    if (now - told > 2000) {
      told = now;
      note?.(`Waits for the server of Restate at ${admin} (${Math.round((now - begun) / 1000)} s): ${failure.message}`);
    }
    await sleep(now - begun < 1000 ? 25 : 250, undefined, signal === undefined ? {} : { signal }).catch(() => {});
  }
}

async function healthOf(admin: string): Promise<RestateError | undefined> {
  try {
    const { status, body } = await askAdmin(admin, '/health', { signal: AbortSignal.timeout(5000) });
    if (status === 200) return undefined;
    // No server of Restate says this of its health, however ill it is.
    if (status >= 300 && status < 500) await checkVersion(admin, { status, body });
    return new RestateError('MR5210', `The server of Restate at ${admin} is not healthy: ${status} ${said(body)}`, {
      retryable: true,
    });
  } catch (thrown) {
    return thrown as RestateError;
  }
}

/** Refuses a server that speaks another language: an earlier one, a later major version, or none of Restate's. */
async function checkVersion(admin: string, before?: Answer): Promise<string> {
  const { body } = await askAdmin(admin, '/version', { signal: AbortSignal.timeout(5000) });
  const { version } = (typeof body === 'object' && body !== null ? body : {}) as { version?: unknown };
  const [major, minor] = String(version).split('.').map(Number);
  const [needsMajor, needsMinor] = serverVersion.atLeast.split('.').map(Number);
  if (major === needsMajor && minor !== undefined && minor >= (needsMinor ?? 0)) return String(version);
  const what =
    typeof version === 'string'
      ? `is version ${version}`
      : [before?.body, body].some(isOfIngress)
        ? 'does not answer as an admin API: this looks like the ingress of a server, and its admin API is at another port (9070, unless it was told otherwise)'
        : 'is no server of Restate';
  throw new RestateError(
    'MR5213',
    `The server at ${admin} ${what}. This engine speaks with ${serverVersion.atLeast} and later versions ${needsMajor}.x; it was tested with ${serverVersion.tested}.`,
    { details: { admin, ...(typeof version === 'string' && { version }) } },
  );
}

/** Does an ingress say this? It has another word for what it does not know, and says who it is. */
function isOfIngress(body: unknown): boolean {
  const { source, message } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  return source === 'ingress' || (typeof message === 'string' && message.startsWith('bad path'));
}

/** What a server says about a failure. */
export function said(body: unknown): string {
  const { message } = (typeof body === 'object' && body !== null ? body : {}) as { message?: unknown };
  if (typeof message === 'string') return message;
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** What an answer says: JSON, the text that it is instead, or nothing. */
export function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The failure of a request that reached nobody. */
export function unreachable(address: string, what: string, thrown: unknown): RestateError {
  const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
  const { code } = (typeof cause === 'object' && cause !== null ? cause : {}) as { code?: unknown };
  // An endpoint, for example, which speaks only HTTP/2.
  if (cause instanceof Error && cause.name === 'HTTPParserError' && what === 'admin API') {
    return new RestateError(
      'MR5213',
      `The server at ${address} is no server of Restate: it does not speak HTTP/1.1, as an endpoint does not.`,
      { cause: thrown, details: { address } },
    );
  }
  const why = code === 'ECONNREFUSED' ? 'nobody listens there' : messageOf(cause);
  return new RestateError('MR5210', `The server of Restate cannot be reached: its ${what} at ${address}: ${why}.`, {
    retryable: true,
    cause: thrown,
    details: { address },
  });
}
