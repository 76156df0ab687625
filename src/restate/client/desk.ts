import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock, MillraceError } from '../../core/index.ts';
import type { Ingress } from '../contract.ts';
import type { Names } from '../names.ts';
import { RestateError } from '../errors.ts';
import { askAdmin, askSql, parsed, unreachable, type Answer } from '../server/admin.ts';
import type { BoundSystem } from '../../tasks/index.ts';

/** What all questions of a reader share: whom they are asked, and about which system. */
export interface Desk {
  readonly names: Names;
  /** What the system has. */
  readonly flows: readonly string[];
  readonly tasks: readonly string[];
  readonly machines: readonly string[];
  readonly admin: string;
  readonly ingress: string;
  /** Calls handlers. */
  readonly handlers: Ingress;
  readonly clock: Clock;
  readonly patienceMs: number;
  readonly onUnreachable?: ((failure: MillraceError) => void) | undefined;
  /** Aborts when the client is closed. */
  readonly closed: AbortSignal;
  /** The invocations of runs, as far as they are known: by them the server finds a run without a search. */
  readonly known: Map<string, string>;
}

/** That of a client, which knows the contracts, too. */
export interface FullDesk extends Desk {
  readonly system: BoundSystem;
}

export type Row = Readonly<Record<string, unknown>>;

/** After how long a table in which nothing was found is looked into again, in ms. */
export const again = 100;

/**
 * Asks the server's SQL tables. While a server starts, or stops, there is a moment in which they seem to be empty, before it
 * says that it cannot answer: so nothing is only nothing when it is found twice.
 */
export async function sql(desk: Desk, query: string): Promise<readonly Row[]> {
  const rows = await askTables(desk, query);
  if (rows.length > 0 || desk.closed.aborted) return rows;
  await sleep(again, undefined, { signal: desk.closed }).catch(() => {});
  return askTables(desk, query);
}

function askTables(desk: Desk, query: string): Promise<readonly Row[]> {
  return patiently(desk, async () => {
    try {
      return await askSql(desk.admin, query);
    } catch (thrown) {
      // A server that has just started, or moves what it keeps, finds its parts a moment later.
      if (
        thrown instanceof RestateError &&
        thrown.code === 'MR5214' &&
        /partition|shut down or removed/.test(thrown.message)
      )
        throw new RestateError('MR5210', thrown.message, { retryable: true, cause: thrown });
      throw thrown;
    }
  });
}

/** Gives an order about an invocation, such as `pause`. */
export function order(desk: Desk, invocation: string, what: string): Promise<Answer> {
  const path = `/invocations/${encodeURIComponent(invocation)}/${what}`;
  return patiently(desk, () => askAdmin(desk.admin, path, { method: 'PATCH' }));
}

/** How many invocations are remembered. */
const most = 10_000;

/** Remembers the first invocation of a run. */
export function remember({ known }: Desk, run: string, invocation: string): void {
  known.set(run, invocation);
  const [oldest] = known.keys();
  if (known.size > most && oldest !== undefined) known.delete(oldest);
}

/** Does a service know a call under this key? Other than a search this costs the same however many runs there are. */
export const isCalled = (desk: Desk, service: string, key: string): Promise<boolean> =>
  isThere(desk, `${service}/run/${encodeURIComponent(key)}`);

/** Does the server know an invocation? Right after its start its tables may be behind what it has accepted. */
export async function isThere(desk: Desk, invocation: string): Promise<boolean> {
  const path = `/restate/invocation/${invocation}/output`;
  return await patiently(desk, async () => {
    try {
      const { status } = await fetch(new URL(path, desk.ingress), { method: 'GET', signal: desk.closed });
      return status !== 404;
    } catch (thrown) {
      throw unreachable(desk.ingress, 'ingress', thrown);
    }
  });
}

/** Waits for the end of an invocation, at most so many ms. Undefined: it has not ended by then, or the wait was given up. */
export async function attach(
  desk: Desk,
  invocation: string,
  ms: number,
  signal?: AbortSignal,
): Promise<Answer | undefined> {
  const path = `/restate/invocation/${encodeURIComponent(invocation)}/attach`;
  return await patiently(desk, async () => {
    const over = AbortSignal.any([AbortSignal.timeout(ms), desk.closed, ...(signal === undefined ? [] : [signal])]);
    try {
      const response = await fetch(new URL(path, desk.ingress), { signal: over });
      return { status: response.status, body: parsed(await response.text()) };
    } catch (thrown) {
      if (over.aborted) return undefined;
      throw unreachable(desk.ingress, 'ingress', thrown);
    }
  });
}

/**
 * Does it again while the server cannot be reached: it may be about to start again. All of it may happen twice.
 *
 * @throws RestateError MR5210 when the patience is over.
 */
async function patiently<T>(desk: Desk, ask: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  for (let wait = 50; ; wait = Math.min(wait * 2, 1000)) {
    try {
      return await ask();
    } catch (thrown) {
      const { code } = thrown as Partial<RestateError>;
      const over = performance.now() - begun + wait > desk.patienceMs;
      if (code !== 'MR5210' || over || desk.closed.aborted) throw thrown;
      desk.onUnreachable?.(thrown as RestateError);
      await sleep(wait, undefined, { signal: desk.closed }).catch(() => {});
    }
  }
}

/** A time of the server, by the clock of the system. */
export function timeOf({ clock }: Desk, written: unknown): number {
  const real = typeof written === 'number' ? written : Date.parse(String(written));
  if (clock.factor === undefined) return real;
  return Math.floor(clock.now() - (Date.now() - real) * clock.factor);
}
