import { join, resolve } from 'node:path';
import { shownPath } from '../../../core/shown-path.ts';
import type { Config } from '../../../project/config/config.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { RestateServer } from '../../../restate/index.ts';
import type { Io } from '../../kit/io.ts';
import type { RestateAddresses } from '../../systems/restate.ts';
import { isLoopback } from './loopback.ts';

/** Starts the server of Restate at these addresses, with its data beside the config. */
export async function startOwnServer(
  io: Io,
  config: Config,
  addresses: RestateAddresses,
  data: string | undefined,
): Promise<RestateServer> {
  const { startServer } = await import('../../../restate/index.ts');
  const [admin, ingress] = [new URL(addresses.admin), new URL(addresses.ingress)];
  const far = [admin, ingress].find(({ hostname }) => !isLoopback(hostname));
  if (far !== undefined) {
    throw new CliError('MR2003', `--server starts a server on this machine, not at ${far.host}.`, {
      hint: 'Leave --server away to use that one, or leave its address away.',
    });
  }
  const folder = data === undefined ? join(config.root, '.millrace', 'restate') : resolve(io.cwd, data);
  io.note(`Starts the server of Restate; its data are in ${shownPath(folder, io.cwd)}.`);
  const ports = { admin: portOf(admin), ingress: portOf(ingress) };
  return startServer({
    folder,
    // The third port is only for other nodes, of which there are none.
    ports: { ...ports, node: await freePort(ports.admin) },
    project: config.root,
    note: (text) => io.note(text),
  });
}

/** The server that a command has started and lives by is gone. */
export const hasEnded = (server: RestateServer | undefined): CliError =>
  new CliError('MR5224', `The server of Restate, which this command had started, has ended by itself.`, {
    fault: 'environment',
    hint: `Its log says why: ${server?.log ?? 'server.log'}. What has begun goes on when it is started again with the same data.`,
  });

const portOf = ({ port, protocol }: URL): number => (port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port));

/** The usual one beside the usual address, else one that keeps the same distance from it. */
const freePort = async (admin: number): Promise<number> => {
  const { freePorts } = await import('../../../restate/index.ts');
  if (admin === 9070) return 5122;
  const [port = 0] = await freePorts(1);
  return port;
};
