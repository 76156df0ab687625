import { createServer, type Http2Server, type ServerHttp2Session } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  HooksProvider,
  JournalValueCodec,
  LoggerTransport,
  ServiceDefinition,
  ServiceOptions,
  VirtualObjectDefinition,
  WorkflowDefinition,
} from '@restatedev/restate-sdk';
import { createEndpointHandler } from '../sdk.ts';
import { RestateError } from '../errors.ts';
import { whoListens } from '../server/taken.ts';

/** Anything that an endpoint can serve. */
export type AnyService =
  | ServiceDefinition<string, unknown>
  | VirtualObjectDefinition<string, unknown>
  | WorkflowDefinition<string, unknown>;

/** Where services are served. */
export interface ServeOptions {
  /** The address that is bound. Default: `127.0.0.1`, which only this machine reaches. */
  readonly host?: string;
  /** Default: one that is free. */
  readonly port?: number;
  /** Public keys of servers that sign their requests: all others are refused. */
  readonly identityKeys?: readonly string[];
  /** Of the SDK. Default: nothing is logged. */
  readonly log?: LoggerTransport;
}

/** Services that are served. */
export interface ServedEndpoint {
  /** Where a server on this machine reaches it. */
  readonly uri: string;
  readonly port: number;
  /** How many attempts of tasks and other recorded work are under way. */
  readonly busy: number;
  /**
   * Begins nothing more, lets what is under way end for at most so many ms (default 10 s), and ends. Restate goes on with
   * the rest at another endpoint, or when this one is back.
   */
  drain(patienceMs?: number): Promise<void>;
  /** Ends at once, as if the process had died. */
  close(): Promise<void>;
}

/**
 * With a codec, even one that changes nothing, a replay does not compare what was asked of others byte by byte: a run that is
 * begun anew from a step is another invocation, and its id is in some of that. Each record says itself what it was asked for.
 */
const asIs: JournalValueCodec = { encode: (bytes) => bytes, decode: (bytes) => Promise.resolve(bytes) };

/**
 * Serves services over HTTP/2, on loopback unless a host is named.
 *
 * @throws RestateError MR5212 when the port is taken.
 */
export async function serve(services: readonly AnyService[], options: ServeOptions = {}): Promise<ServedEndpoint> {
  const { host = '127.0.0.1', port = 0, identityKeys = [], log = () => {} } = options;
  const work = new Work();
  const handler = createEndpointHandler({
    services: services.map((service) => hooked(service, work.hooks)),
    logger: log,
    identityKeys: [...identityKeys],
    journalValueCodecProvider: () => Promise.resolve(asIs),
  });
  const server = createServer(handler);
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  // A connection that breaks is Restate's to mend.
  server.on('sessionError', () => {});
  const bound = await listen(server, host, port);
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((done) => server.close(() => done()));
    for (const session of sessions) session.destroy();
    await closed;
  };
  return {
    uri: `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    get busy() {
      return work.busy;
    },
    close,
    async drain(patienceMs = 10_000) {
      await work.end(patienceMs);
      await close();
    },
  };
}

/** What is under way in closures of `ctx.run`, the only place where anything of the world happens. */
class Work {
  busy = 0;
  #draining = false;
  #quiet: (() => void) | undefined;

  readonly hooks: HooksProvider = () => ({
    interceptor: {
      run: async (_name, next) => {
        // What would begin now begins elsewhere, or when the endpoint is back.
        if (this.#draining) await new Promise<never>(() => {});
        this.busy++;
        try {
          await next();
        } finally {
          this.busy--;
          if (this.busy === 0) this.#quiet?.();
        }
      },
    },
  });

  async end(patienceMs: number): Promise<void> {
    this.#draining = true;
    if (this.busy > 0) {
      const over = new AbortController();
      await Promise.race([
        new Promise<void>((done) => (this.#quiet = done)),
        sleep(patienceMs, undefined, { signal: over.signal }).catch(() => {}),
      ]);
      over.abort();
    }
    // The server has yet to hear of the results.
    await sleep(200);
  }
}

// Hooks are of a service: there are none for a whole endpoint. The types of a definition do not show its options.
function hooked(service: AnyService, hooks: HooksProvider): AnyService {
  const { options } = service as object as { readonly options?: ServiceOptions };
  const withHooks = { options: { ...options, hooks: [...(options?.hooks ?? []), hooks] } };
  return { ...service, ...withHooks };
}

async function listen(server: Http2Server, host: string, port: number): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => resolve());
    });
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE')
      throw new RestateError('MR5212', `The endpoint cannot listen at ${host}:${port}: ${message}.`, { cause: thrown });
    const who = await whoListens(host, port);
    throw new RestateError(
      'MR5212',
      `Port ${port} of ${host}, meant for the endpoint, is taken${who === undefined ? '' : ` by ${who}`}. End that process, or choose another port.`,
      { cause: thrown, details: { host, port, ...(who !== undefined && { who }) } },
    );
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}
