import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RestateError } from '../errors.ts';
import { whenHealthy } from './admin.ts';
import { findServer, type BinaryPlaces } from './binary.ts';
import { defaultPorts, nodeConfig, type NodeConfig } from './config.ts';
import { mustBeFree } from './taken.ts';

/** How a server is started. */
export interface ServerOptions extends Partial<NodeConfig>, BinaryPlaces {
  /** How long it may take until it is healthy, in ms. Default: 30 s. */
  readonly patienceMs?: number;
  /** Hears what takes long. */
  readonly note?: (text: string) => void;
  /** Leaves it at started: a node of a cluster is healthy when most others are there. */
  readonly unhealthy?: boolean;
}

/** A server of Restate that this process has started. */
export interface RestateServer {
  /** Where it is registered at, asked and steered; its UI is at the same address. */
  readonly admin: string;
  /** Where its handlers are called. */
  readonly ingress: string;
  /** Absent where it is not asked for its health. */
  readonly version?: string;
  readonly pid: number;
  /** The file that it writes its log to. */
  readonly log: string;
  /** Comes when it has ended, whoever ended it. */
  readonly ended: Promise<void>;
  /** Ends it in order; after 10 s it is killed. */
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

// A server must not outlive who has started it, not even when that one is killed: then its stdin, which `cat` reads, is
// closed. The shell says which process the server is; its log is a file, so that nobody needs to read it.
const guard = `exec 3<&0
"$0" --config-file "$1" </dev/null >>"$2" 2>&1 3<&- &
server=$!
echo "$server"
{ cat <&3 >/dev/null; kill -TERM "$server" 2>/dev/null; } >/dev/null 2>&1 &
wait "$server"`;

/**
 * Starts a server of Restate on loopback and waits until it is healthy. It ends with this process.
 *
 * @throws RestateError MR5211 when it is not installed, MR5212 when a port is taken, MR5210 when it does not become
 * healthy, MR5213 when it is a version that this engine does not speak with, MR5215 when it ends at once.
 * @example
 * ```ts
 * import { startServer } from 'millrace/restate';
 *
 * const server = await startServer({ folder: '.millrace/restate' });
 * server.admin; // 'http://127.0.0.1:9070'
 * await server.stop();
 * ```
 */
export async function startServer(options: ServerOptions = {}): Promise<RestateServer> {
  const binary = findServer(options);
  const folder = resolve(options.folder ?? '.millrace/restate');
  const { name = 'n1', cluster = 'millrace', host = '127.0.0.1', ports = defaultPorts, member, memory } = options;
  await mustBeFree(host, {
    'the admin API of Restate': ports.admin,
    'the ingress of Restate': ports.ingress,
    'the nodes of Restate': ports.node,
  });
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'restate.toml');
  const log = join(folder, 'server.log');
  const node = { name, cluster, folder, host, ports, ...(member && { member }), ...(memory && { memory }) };
  writeFileSync(config, nodeConfig(node));
  closeSync(openSync(log, 'w'));
  const { pid, ended, leave } = await begin(binary, config, log);
  const server = {
    admin: `http://${host}:${ports.admin}`,
    ingress: `http://${host}:${ports.ingress}`,
    pid,
    log,
    ended,
    async stop() {
      leave();
      await Promise.race([ended, new Promise((done) => setTimeout(done, 10_000).unref())]);
      await server.kill();
    },
    async kill() {
      send(pid, 'SIGKILL');
      await ended;
    },
  };
  if (options.unhealthy === true) return server;
  const over = new AbortController();
  void ended.then(() => over.abort());
  try {
    const { patienceMs, note } = options;
    const version = await whenHealthy(server.admin, {
      note,
      signal: over.signal,
      ...(patienceMs !== undefined && { patienceMs }),
    });
    return { ...server, version };
  } catch (thrown) {
    if (over.signal.aborted) throw endedAtOnce(log);
    await server.kill();
    throw thrown;
  }
}

async function begin(binary: string, config: string, log: string) {
  const child =
    process.platform === 'win32'
      ? spawn(binary, ['--config-file', config], { stdio: ['pipe', 'ignore', 'ignore'] })
      : spawn('/bin/sh', ['-c', guard, binary, config, log], {
          stdio: ['pipe', 'pipe', 'ignore'],
          // Ctrl-C in a terminal goes to a whole group: this one is ended when the one who drains says so.
          detached: true,
        });
  const ended = new Promise<void>((done) => {
    child.once('exit', () => {
      child.stdin?.destroy();
      done();
    });
    child.once('error', () => done());
  });
  child.stdin?.on('error', () => {});
  const pid = await new Promise<number>((resolvePid) => {
    if (child.stdout === null) resolvePid(child.pid ?? 0);
    else child.stdout.once('data', (data) => resolvePid(Number(String(data).trim())));
    void ended.then(() => resolvePid(0));
  });
  if (pid === 0) throw endedAtOnce(log);
  const leave = (): void => {
    child.stdin?.destroy();
    if (process.platform === 'win32') child.kill();
  };
  return { pid, ended, leave };
}

function endedAtOnce(log: string): RestateError {
  const text = readFileSync(log, 'utf8');
  const why = / error: (.*)/.exec(text)?.[1] ?? text.trim().split('\n').at(-1) ?? '';
  const inUse = /db is locked: .*?While lock file: (\S+?)\/[^/]+\/LOCK/.exec(why)?.[1];
  if (inUse !== undefined) {
    return new RestateError(
      'MR5215',
      `Another server of Restate keeps its data in '${inUse}'. End that one, or choose another folder.`,
      { details: { log } },
    );
  }
  return new RestateError(
    'MR5215',
    `The server of Restate ended while it was starting. Its log, ${log}, says: ${why}`,
    {
      details: { log },
    },
  );
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended before.
  }
}
