import { createServer } from 'node:net';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { RestateError } from '../errors.ts';

/** Ports of this machine that nobody listens at. */
export async function freePorts(count: number, host = '127.0.0.1'): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, host, () => {
            const address = server.address();
            resolve(typeof address === 'object' && address !== null ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

/**
 * Refuses ports at which somebody listens.
 *
 * @throws RestateError MR5212, which says who.
 */
export async function mustBeFree(host: string, ports: Readonly<Record<string, number>>): Promise<void> {
  for (const [what, port] of Object.entries(ports)) {
    if (await isFree(host, port)) continue;
    const who = await whoListens(host, port);
    throw new RestateError(
      'MR5212',
      `Port ${port} of ${host}, meant for ${what}, is taken${who === undefined ? '' : ` by ${who}`}. End that process, or choose another port.`,
      { details: { host, port, ...(who !== undefined && { who }) } },
    );
  }
}

function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else
        reject(
          new RestateError('MR5212', `Nothing can listen at ${host}:${port}: ${error.message}.`, { cause: error }),
        );
    });
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/** Who listens at a port, in words. */
export async function whoListens(host: string, port: number): Promise<string | undefined> {
  const process = processAt(port);
  const restate = await restateAt(host, port);
  if (restate === undefined) return process;
  return process === undefined ? restate : `${restate}, ${process}`;
}

async function restateAt(host: string, port: number): Promise<string | undefined> {
  try {
    const response = await fetch(`http://${host}:${port}/version`, { signal: AbortSignal.timeout(1000) });
    const { version } = (await response.json()) as { version?: unknown };
    return typeof version === 'string' ? `a server of Restate ${version}` : undefined;
  } catch {
    return undefined;
  }
}

/** The process that listens at a port, where the system says so (Linux). */
function processAt(port: number): string | undefined {
  try {
    const hex = port.toString(16).toUpperCase().padStart(4, '0');
    const inode = ['/proc/net/tcp', '/proc/net/tcp6']
      .flatMap((file) => readFileSync(file, 'utf8').trim().split('\n').slice(1))
      .map((line) => line.trim().split(/\s+/))
      // 0A: it listens.
      .find((fields) => fields[1]?.endsWith(`:${hex}`) === true && fields[3] === '0A')?.[9];
    if (inode === undefined) return undefined;
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (holds(pid, inode)) return `process ${pid} (${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()})`;
    }
  } catch {
    // Another system, or a process of somebody else.
  }
  return undefined;
}

function holds(pid: string, inode: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`;
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}
