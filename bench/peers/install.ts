import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../process.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const cache = join(root, 'node_modules', '.cache', 'millrace-peers');

/** The environment without the Node that this project brings along. */
export const machine = {
  ...process.env,
  PATH: (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .join(delimiter),
};

/** Installs a peer, outside of this project's dependencies; gives its folder. */
export function install(name: string): string | undefined {
  const folder = join(cache, name);
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(join(here, name))) copyFileSync(join(here, name, file), join(folder, file));
  copyFileSync(join(here, 'workload.mjs'), join(folder, 'workload.mjs'));
  if (existsSync(join(folder, 'node_modules'))) return folder;
  console.error(`${name}: npm install …`);
  const args = ['install', '--no-audit', '--no-fund', '--legacy-peer-deps', '--loglevel', 'error'];
  const { status, stderr } = spawnSync('npm', args, { cwd: folder, env: machine, encoding: 'utf8' });
  if (status === 0) return folder;
  rmSync(join(folder, 'node_modules'), { recursive: true, force: true });
  console.error(`${name} cannot be installed here, so it is not compared:\n${stderr}`);
  return undefined;
}
