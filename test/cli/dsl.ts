import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const repository = fileURLToPath(new URL('../../', import.meta.url));
/** The package whose command is tried: this one, or one that was built elsewhere. */
const packaged = process.env['MILLRACE_PACKAGE'] ?? repository;
/** The built command. */
export const main = join(packaged, 'dist/cli/main.js');

/** What a command did. */
export interface Done {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Options {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** A shell prefix such as `ulimit -f 8;`. */
  readonly shell?: string;
}

/** A command under way. */
export interface Running {
  readonly done: Promise<Done>;
  /** Resolves when stderr has this text. */
  readonly says: (text: string) => Promise<void>;
  /** What it has said so far. */
  readonly said: () => { readonly stdout: string; readonly stderr: string };
  readonly kill: (signal: NodeJS.Signals) => void;
}

/** The command of util-linux that gives another one a terminal. */
const terminal = 'script';

/** Keys of a terminal. */
export const [ctrlC, ctrlD] = ['\u0003', '\u0004'];

/** Is there something that plays a terminal? */
export const hasTerminal = spawnSync(terminal, ['--version']).status === 0;

/** Runs `dsl` at a terminal of its own, and types a key each time that it asks. What it says is in `stdout`. */
export async function atTerminal(args: readonly string[], keys: readonly string[], options: Options): Promise<Done> {
  const line = [process.execPath, main, ...args].map((part) => `'${part}'`).join(' ');
  const child = spawn(terminal, ['-qefc', `exec ${line}`, '/dev/null'], {
    cwd: options.cwd ?? repository,
    env: { PATH: process.env['PATH'], NO_COLOR: '1', ...options.env },
  });
  let said = '';
  let typed = 0;
  child.stdout.on('data', (part: Buffer) => {
    said += String(part);
    const asked = said.match(/\[y\/N\] |Which\? \[\w+\] /g)?.length ?? 0;
    while (typed < Math.min(asked, keys.length)) child.stdin.write(keys[typed++] ?? '');
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { code, stdout: said.replaceAll('\r', ''), stderr: '' };
}

/** Starts `dsl` as a user does: a real process, from the built package. */
export function start(args: readonly string[], options: Options = {}): Running {
  const command: readonly string[] = [process.execPath, main, ...args];
  const [file = '', ...rest] =
    options.shell === undefined ? command : ['/bin/sh', '-c', `${options.shell} exec "$0" "$@"`, ...command];
  const child = spawn(file, rest, {
    cwd: options.cwd ?? repository,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...options.env },
    stdio: 'pipe',
  });
  // A command may refuse before it has read its input.
  child.stdin.on('error', () => {});
  child.stdin.end(options.stdin ?? '');
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const done = new Promise<Done>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout: stdout(), stderr: stderr() }));
  });
  const says = async (text: string): Promise<void> => {
    while (!stderr().includes(text)) {
      if (child.exitCode !== null) throw new Error(`It ended without saying '${text}': ${stderr()}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const said = () => ({ stdout: stdout(), stderr: stderr() });
  return { done, says, said, kill: (signal) => void child.kill(signal) };
}

/** Runs `dsl` to its end. */
export async function dsl(args: readonly string[], options: Options = {}): Promise<Done> {
  return await start(args, options).done;
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const parts: Buffer[] = [];
  stream.on('data', (part: Buffer) => parts.push(part));
  return () => Buffer.concat(parts).toString('utf8');
}

/** A project in a folder of its own, with Millrace and zod installed. Removed by `using`. */
export interface Project extends Disposable {
  readonly root: string;
  readonly dsl: (args: readonly string[], options?: Options) => Promise<Done>;
  readonly start: (args: readonly string[], options?: Options) => Running;
}

/** Makes a project out of files. */
export function project(files: Readonly<Record<string, string | Uint8Array>> = {}): Project {
  const root = mkdtempSync(join(tmpdir(), 'millrace-cli-'));
  const all = { 'package.json': '{ "name": "p", "type": "module" }\n', ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  install(root);
  return {
    root,
    dsl: async (args, options) => await dsl(args, { cwd: root, ...options }),
    start: (args, options) => start(args, { cwd: root, ...options }),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** A project made by `dsl init`. */
export async function initialised(template: string): Promise<Project> {
  const made = project();
  rmSync(join(made.root, 'package.json'));
  const done = await made.dsl(['init', '--template', template]);
  if (done.code !== 0) throw new Error(done.stderr);
  return made;
}

/** Installs what `npm install` would, without a network. */
export function install(root: string): void {
  mkdirSync(join(root, 'node_modules/@types'), { recursive: true });
  symlinkSync(packaged, join(root, 'node_modules/millrace'), 'dir');
  for (const name of ['zod', 'typescript', 'vitest', '@types/node']) {
    symlinkSync(join(repository, 'node_modules', name), join(root, 'node_modules', name), 'dir');
  }
}

/** No command may ever show one of these. */
export const stackTrace = /^\s+at .*:\d+:\d+\)?$/m;
