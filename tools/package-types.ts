/** Do the types of the packed package resolve, for every entry point? Packs what is built, without building again. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = `${root}.millrace/pack-${process.pid}`;
mkdirSync(folder, { recursive: true });
try {
  const pack = spawnSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
  });
  const tarball = /millrace-[\w.-]+\.tgz/.exec(pack.stdout)?.[0];
  if (tarball === undefined) throw new Error(pack.stderr);
  const attw = spawnSync(
    `${root}node_modules/.bin/attw`,
    [`${folder}/${tarball}`, '--profile', 'esm-only', '--format', 'ascii'],
    {
      cwd: root,
      stdio: 'inherit',
    },
  );
  process.exitCode = attw.status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
