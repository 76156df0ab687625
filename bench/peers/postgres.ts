import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A PostgreSQL server of our own on loopback: fsync on, as it comes. */
export interface Postgres {
  readonly url: string;
  stop(): void;
}

const port = 15_432;

function binaries(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const found = existsSync(debian) ? readdirSync(debian).toSorted().at(-1) : undefined;
  return found === undefined ? undefined : join(debian, found, 'bin');
}

function run(command: string, args: readonly string[]): string {
  // The server refuses to be run by root.
  const asRoot = process.getuid?.() === 0;
  const [program, all] = asRoot ? ['runuser', ['-u', 'postgres', '--', command, ...args]] : [command, args];
  const { status, stdout, stderr } = spawnSync(program, all, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return stdout;
}

/** Starts one with its data below `folder`; undefined where PostgreSQL is not installed. */
export function startPostgres(folder: string): Postgres | undefined {
  const bin = binaries();
  if (bin === undefined) return undefined;
  mkdirSync(folder, { recursive: true });
  if (process.getuid?.() === 0) {
    const id = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
    chownSync(folder, id('-u'), id('-g'));
    chmodSync(join(folder, '..'), 0o755);
  }
  const data = join(folder, 'data');
  run(join(bin, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'postgres']);
  const options = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1`;
  run(join(bin, 'pg_ctl'), ['-D', data, '-w', '-o', options, '-l', join(folder, 'log'), 'start']);
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/bench`,
    stop: () => void run(join(bin, 'pg_ctl'), ['-D', data, '-m', 'fast', 'stop']),
  };
}
