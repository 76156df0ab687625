import { readConfig, type Config } from '../../../project/config/config.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Endpoint, RestateServer, ServedEndpoint } from '../../../restate/index.ts';
import { interruptedCode } from '../../kit/interrupted.ts';
import type { Io } from '../../kit/io.ts';
import { openSystem } from '../../systems/bound.ts';
import { ioLogger } from '../../systems/logger.ts';
import { address, restateAddresses, type RestateAddresses } from '../../systems/restate.ts';
import { isLoopback } from './loopback.ts';
import { tellNewest } from './newest.ts';
import { followOlder } from './older.ts';
import { withParent } from './parent.ts';
import { withPlaces } from './refused.ts';
import { hasEnded, startOwnServer } from './server.ts';

/** The options of `dsl serve`. */
export interface ServeArguments {
  readonly engine?: string;
  readonly server?: boolean;
  readonly data?: string;
  readonly admin?: string;
  readonly ingress?: string;
  readonly port: string;
  readonly host: string;
  readonly uri?: string;
  readonly identityKey?: readonly string[];
  readonly force?: boolean;
}

/** Serves until it is interrupted. Exit code 0 then, 1 when the system has errors, 2 when the server ended. */
export async function serve(io: Io, file: string, options: ServeArguments): Promise<number> {
  const config = await readConfig(io.cwd, file);
  mustBeRestate(options.engine ?? config.engine);
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new CliError('MR2003', `--port is a number from 0 to 65535, not '${options.port}'.`, {});
  const addresses = restateAddresses(io, config, options);
  const uri = options.uri === undefined ? undefined : address('--uri', options.uri);
  const { createEndpoint } = await import('../../../restate/index.ts');
  const opened = await openSystem(io, file, undefined);
  if (opened === undefined) return 1;
  // First what can be refused without a server.
  const settings = { ...opened.options, ingress: addresses.ingress, logger: ioLogger(io, 'info') };
  let endpoint: Endpoint;
  try {
    endpoint = createEndpoint(opened.system, settings);
  } catch (thrown) {
    throw await withPlaces(io, config, file, thrown);
  }
  await using stack = new AsyncDisposableStack();
  const server = options.server === true ? await startOwnServer(io, config, addresses, options.data) : undefined;
  if (server !== undefined) stack.defer(() => server.stop());
  const { host, identityKey: identityKeys = [] } = options;
  const served = await endpoint.serve({ host, port, identityKeys });
  stack.defer(() => served.drain());
  return await serveTo(io, { config, endpoint, served, server, addresses, uri: uri ?? served.uri, options });
}

function mustBeRestate(engine: string | undefined): void {
  if (engine === 'restate') return;
  if (engine === undefined || engine === 'embedded') {
    throw new CliError(
      'MR5280',
      'There is nothing to serve on the embedded engine: whoever opens its database drives it.',
      {
        hint: 'Serve the system to Restate with --engine restate (or `engine` of dsl.config.ts); `dsl work FILE --standby` drives a database.',
      },
    );
  }
  throw new CliError('MR2003', `--engine is restate, not '${engine}'.`, {});
}

interface Serving {
  readonly config: Config;
  readonly endpoint: Endpoint;
  readonly served: ServedEndpoint;
  readonly server: RestateServer | undefined;
  readonly addresses: RestateAddresses;
  readonly uri: string;
  readonly options: ServeArguments;
}

async function serveTo(io: Io, serving: Serving): Promise<number> {
  const { endpoint, served, server, addresses, uri, options } = serving;
  const { registerDeployment } = await import('../../../restate/index.ts');
  const stopped = untilStopped(io, server);
  const { admin } = addresses;
  const registered = await registerDeployment({
    admin,
    uri,
    endpoint,
    force: options.force === true,
    note: (text) => io.note(text),
    signal: stopped.signal,
  }).catch((thrown: unknown) => {
    if (stopped.signal.aborted) return undefined;
    throw thrown;
  });
  if (registered === undefined) {
    if ((await stopped.reason) === 'server') throw hasEnded(server);
    return interruptedCode(io);
  }
  const { name, version } = endpoint.system;
  const ui = `${admin}/ui`;
  io.note(
    `${io.paint('green', '●', 'note')} Serves ${name} ${version} at ${uri} to Restate ${registered.server}, as ${registered.id}${registered.already ? ' (as before)' : ''}.`,
  );
  io.note(`  UI and admin API: ${ui}   ingress: ${addresses.ingress}`);
  if (options.identityKey === undefined && !isLoopback(options.host)) {
    io.note(
      `${io.paint('yellow', 'warning', 'note')}: Whoever reaches ${options.host}:${served.port} can run its flows. Keep it within your own network, or give --identity-key.`,
    );
  }
  const { newest } = registered;
  if (newest !== undefined) tellNewest(io, admin, newest);
  const older = await followOlder(io, admin, name, registered.id, stopped.signal);
  if (io.json) {
    const document = { ok: true, system: name, version, deployment: registered.id, already: registered.already, uri };
    io.document({
      ...document,
      ...addresses,
      ui,
      server: registered.server,
      older,
      ...(newest !== undefined && { newest }),
    });
  }
  const reason = await stopped.reason;
  if (reason === 'server') throw hasEnded(server);
  if (served.busy > 0)
    io.note(`Ends after what is under way (${served.busy}), at most 10 s; Ctrl-C again ends at once.`);
  return 0;
}

/** Until it is interrupted, the parent process is gone, or the server has ended by itself. */
function untilStopped(
  io: Io,
  server: RestateServer | undefined,
): { readonly reason: Promise<'asked' | 'server'>; readonly signal: AbortSignal } {
  const over = new AbortController();
  const { promise, resolve } = Promise.withResolvers<'asked' | 'server'>();
  const stop = (reason: 'asked' | 'server'): void => {
    resolve(reason);
    over.abort();
  };
  const { interrupted } = io;
  if (interrupted.aborted) stop('asked');
  interrupted.addEventListener('abort', () => stop('asked'), { once: true });
  withParent(() => stop('asked'));
  void server?.ended.then(() => stop('server'));
  return { reason: promise, signal: over.signal };
}
