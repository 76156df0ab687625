import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const compiler = process.env['CC'] ?? 'gcc';

/** Why no library can be put between a process and its files here; undefined where it can. */
export const noPreload: string | undefined =
  process.platform !== 'linux'
    ? 'LD_PRELOAD is for Linux'
    : spawnSync(compiler, ['--version']).status === 0
      ? undefined
      : 'there is no gcc to build the library with';

/** Builds the library in a folder of its own. */
export function buildLibrary(): { readonly file: string; [Symbol.dispose](): void } {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-faults-'));
  const file = join(folder, 'faults.so');
  const source = fileURLToPath(new URL('./faults.c', import.meta.url));
  const { status, stderr } = spawnSync(compiler, ['-shared', '-fPIC', '-O2', '-Wall', '-o', file, source, '-ldl'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return { file, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

/** What goes wrong in a process: see faults.c. */
export interface DiskFault {
  /** A part of the paths of the files that are watched. */
  readonly path: string;
  readonly trace?: string;
  readonly at?: number;
  readonly call?: 'write' | 'sync' | 'any';
  readonly what?: 'kill' | 'torn' | 'eio' | 'enospc';
}

export interface Done {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script, with or without the library between it and its files. */
export function runScript(script: URL, args: readonly string[], library?: string, fault?: DiskFault): Promise<Done> {
  const preload =
    library === undefined || fault === undefined
      ? {}
      : {
          LD_PRELOAD: library,
          FAULT_PATH: fault.path,
          ...(fault.trace === undefined ? {} : { FAULT_TRACE: fault.trace }),
          FAULT_AT: String(fault.at ?? 0),
          FAULT_CALL: fault.call ?? 'any',
          FAULT_DO: fault.what ?? '',
        };
  const file = fileURLToPath(script);
  const child = spawn(process.execPath, [file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...preload },
    timeout: 60_000,
    killSignal: 'SIGTERM',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
