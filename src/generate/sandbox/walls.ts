import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/**
 * What stands between code that nobody has read and this machine. None of it is a security boundary by itself: it is
 * defence in depth.
 *
 * - `process`: a process of its own with an empty environment; the verdict is given outside of it
 * - `realm`: nothing of Node can be reached from the code, and no code is made from strings
 * - `permission`: Node's permission model: no files but the stage, no processes, workers, addons
 * - `network`: the same for the network
 * - `limits`: the kernel's limits for CPU time, files and what is written
 * - `memory`: the memory of the process is watched
 * - `bwrap`: bubblewrap: namespaces of its own for files, network, processes
 */
export type Wall = 'process' | 'realm' | 'permission' | 'network' | 'limits' | 'memory' | 'bwrap';

export interface WallOptions {
  /** The Node that code is tried with. Default: this one. */
  readonly node?: string;
  /** Bubblewrap: its path, `'off'`, or `'auto'` (the default): where it is found and works. */
  readonly bwrap?: string;
  /** Of the heap, in MB. */
  readonly heapMB: number;
  /** Seconds of CPU time. */
  readonly cpuSeconds: number;
}

/** How a process behind the walls is started. */
export interface Walled {
  readonly command: string;
  readonly args: readonly string[];
  readonly walls: readonly Wall[];
}

/** The command that runs a module of the stage, with all the walls that this system has. */
export async function behindWalls(stage: string, args: readonly string[], options: WallOptions): Promise<Walled> {
  const node = await realpath(options.node ?? process.execPath);
  const bwrap = await bubblewrap(options.bwrap ?? 'auto', node);
  const walls: Wall[] = ['process', 'realm', 'permission'];
  if (process.allowedNodeEnvironmentFlags.has('--allow-net')) walls.push('network');
  const inside = bwrap === undefined ? stage : '/stage';
  let command = [
    bwrap === undefined ? node : '/node',
    ...flags(inside, options.heapMB),
    ...args.map((arg) => join(inside, arg)),
  ];
  if (bwrap !== undefined) {
    command = [bwrap, ...namespaces(node, stage), '--', ...command];
    walls.push('bwrap');
  }
  if (process.platform !== 'win32' && existsSync('/bin/sh')) {
    command = ['/bin/sh', '-c', limits(options.cpuSeconds), 'sh', ...command];
    walls.push('limits');
  }
  if (process.platform === 'linux') walls.push('memory');
  const [first = node, ...others] = command;
  return { command: first, args: others, walls };
}

function flags(stage: string, heapMB: number): string[] {
  return [
    '--permission',
    `--allow-fs-read=${join(stage, '*')}`,
    `--max-old-space-size=${heapMB}`,
    '--max-semi-space-size=8',
    '--disallow-code-generation-from-strings',
    '--no-experimental-sqlite',
    '--no-addons',
    '--disable-proto=throw',
    '--no-experimental-websocket',
    '--no-warnings',
    '--unhandled-rejections=strict',
  ];
}

/** A limit that the shell does not know is no reason to do without the others. */
function limits(cpuSeconds: number): string {
  const each = [`-c 0`, `-t ${cpuSeconds}`, '-f 0', '-n 64'].map((limit) => `ulimit ${limit} 2>/dev/null`).join('; ');
  return `${each}; exec "$@"`;
}

function namespaces(node: string, stage: string): string[] {
  const libraries = ['/lib', '/lib64', '/lib32', '/usr/lib', '/usr/lib64', '/etc/ld.so.cache'];
  return [
    '--unshare-all',
    '--die-with-parent',
    '--new-session',
    '--cap-drop',
    'ALL',
    ...libraries.flatMap((path) => ['--ro-bind-try', path, path]),
    '--ro-bind',
    node,
    '/node',
    '--ro-bind',
    stage,
    '/stage',
    '--chdir',
    '/stage',
  ];
}

const tried = new Map<string, Promise<boolean>>();

/** The path of a bubblewrap that works here. Many systems have one that may not make namespaces. */
async function bubblewrap(asked: string, node: string): Promise<string | undefined> {
  if (asked === 'off' || process.platform !== 'linux') return undefined;
  const path = asked === 'auto' ? inPath('bwrap') : asked;
  if (path === undefined) return undefined;
  const key = `${path}\0${node}`;
  let works = tried.get(key);
  if (works === undefined)
    tried.set(key, (works = succeeds(path, [...namespaces(node, tmpdir()), '--', '/node', '--version'])));
  return (await works) ? path : undefined;
}

function inPath(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env: {}, stdio: 'ignore', timeout: 5000, killSignal: 'SIGKILL' });
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
}
