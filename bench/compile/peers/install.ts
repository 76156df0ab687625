import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../process.ts';

/** The versions that are compared with: the newest that go together. */
const versions = {
  '@typespec/compiler': '1.17.0',
  '@typespec/http': '1.16.0',
  '@typespec/openapi': '1.16.0',
  '@typespec/openapi3': '1.16.0',
};

/**
 * The folder of node_modules with TypeSpec, which is installed at the first use: it is no dependency of the project.
 * `undefined` where it cannot be had, and stderr says why.
 */
export function installTypeSpec(): string | undefined {
  const folder = join(root, 'node_modules/.cache/millrace-peers', `typespec-${Object.values(versions).join('-')}`);
  const done = join(folder, 'installed');
  if (!existsSync(done)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: versions }));
    console.error('installing TypeSpec, once …');
    const npm = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--workspaces=false'], {
      cwd: folder,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    if (npm.status !== 0) {
      rmSync(folder, { recursive: true, force: true });
      const why = npm.stderr?.split('\n').find((line) => line.includes('error')) ?? npm.error?.message ?? '';
      console.error(`TypeSpec is left out, because it could not be installed: ${why}`);
      return undefined;
    }
    writeFileSync(done, '');
  }
  return join(folder, 'node_modules');
}
