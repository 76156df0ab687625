import { messageOf } from '../../../../core/index.ts';
import type { Config } from '../../../../project/config/config.ts';
import { restateAddresses, type RestateAddresses } from '../../../systems/restate.ts';
import type { Io } from '../../../kit/io.ts';
import type { Finding } from '../check.ts';

/** Can systems run on Restate, and do they? Asked only where the config says that they should. */
export async function restate(io: Io, config: Config): Promise<readonly Finding[]> {
  if (config.engine !== 'restate') return [];
  const addresses = restateAddresses(io, config, {});
  const sdk = await sdkFinding();
  const own = await serverPackage(io, config);
  const [server, isThere] = await serverFinding(addresses);
  return [sdk, own, server, ...(isThere ? await systems(io, config, addresses) : [])];
}

async function sdkFinding(): Promise<Finding> {
  try {
    await import('../../../../restate/index.ts');
    return { name: 'restate', status: 'ok', message: 'the SDK of Restate is installed' };
  } catch (thrown) {
    const message = `the SDK of Restate cannot be loaded: ${messageOf(thrown)}`;
    return { name: 'restate', status: 'problem', message, hint: 'npm i @restatedev/restate-sdk' };
  }
}

/** A server of one's own is only one way: there may be a cluster. */
async function serverPackage({ env }: Io, config: Config): Promise<Finding> {
  try {
    const { findServer } = await import('../../../../restate/index.ts');
    return {
      name: 'restate',
      status: 'ok',
      message: `a server to start: ${findServer({ project: config.root, env })}`,
    };
  } catch (thrown) {
    const message = 'no server is installed here that `dsl serve --server` could start';
    return { name: 'restate', status: 'info', message, hint: messageOf(thrown) };
  }
}

async function serverFinding({ admin }: RestateAddresses): Promise<readonly [Finding, boolean]> {
  try {
    const { askAdmin } = await import('../../../../restate/index.ts');
    const { body } = await askAdmin(admin, '/version', { signal: AbortSignal.timeout(3000) });
    const { version } = (typeof body === 'object' && body !== null ? body : {}) as { readonly version?: unknown };
    if (typeof version !== 'string') throw new Error(`what answers at ${admin} is no server of Restate`);
    return [{ name: 'restate', status: 'ok', message: `server ${version} at ${admin}` }, true];
  } catch (thrown) {
    const hint =
      'Start one with `dsl serve FILE --engine restate --server`, or name yours: `restate` of dsl.config.ts.';
    return [{ name: 'restate', status: 'problem', message: messageOf(thrown), hint }, false];
  }
}

/** Is each system of the project registered, and does its newest endpoint answer? */
async function systems(io: Io, config: Config, { admin }: RestateAddresses): Promise<readonly Finding[]> {
  try {
    const [{ findFiles }, { findSystems }, { systemsOn, askAdmin, namesOf }] = await Promise.all([
      import('../../../../project/kit/find-files.ts'),
      import('../../../../project/systems/read.ts'),
      import('../../../../restate/index.ts'),
    ]);
    const found = await findSystems(await findFiles(config.globs, config.root), io.cwd, config);
    const known = new Set((await systemsOn(admin)).map(({ name }) => name));
    const { body } = await askAdmin(admin, '/deployments', { signal: AbortSignal.timeout(3000) });
    return await Promise.all(
      found.systems.map(async ({ entry, model: { name } }): Promise<Finding> => {
        const hint = `dsl serve ${entry} --engine restate`;
        if (!known.has(name))
          return { name: 'restate', status: 'warning', message: `${name} is not registered there`, hint };
        const uri = newest(body, `${namesOf(name).system}.`);
        if (uri === undefined || (await answers(uri)))
          return {
            name: 'restate',
            status: 'ok',
            message: `${name} is registered, and served at ${uri ?? 'a function'}`,
          };
        const message = `${name} is registered, and nobody answers at ${uri}: what runs waits for it`;
        return { name: 'restate', status: 'warning', message, hint };
      }),
    );
  } catch (thrown) {
    return [
      { name: 'restate', status: 'warning', message: `the systems could not be looked at: ${messageOf(thrown)}` },
    ];
  }
}

interface Deployment {
  readonly uri?: string;
  readonly created_at?: string;
  readonly services: readonly { readonly name: string }[];
}

function newest(body: unknown, prefix: string): string | undefined {
  const { deployments = [] } = (typeof body === 'object' && body !== null ? body : {}) as {
    readonly deployments?: readonly Deployment[];
  };
  return deployments
    .filter(({ services }) => services.some(({ name }) => name.startsWith(prefix)))
    .toSorted((a, b) => String(a.created_at).localeCompare(String(b.created_at)))
    .at(-1)?.uri;
}

/** As far as this machine sees it. */
async function answers(uri: string): Promise<boolean> {
  const { connect } = await import('node:net');
  const { hostname, port, protocol } = new URL(uri);
  return await new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80), timeout: 2000 });
    const end = (is: boolean): void => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
