/** Builds `dist/` from `src/`: the compiler output of `tsc`, and nothing left over from an earlier build. */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { precompiledTemplates } from './precompile.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const fresh = `${root}.millrace/dist-${process.pid}`;

// Built aside and swapped in, so that a process that runs from `dist/` never sees half a build.
const tsc = spawnSync(
  process.execPath,
  [`${root}node_modules/typescript/bin/tsc`, '-p', 'tsconfig.build.json', '--outDir', fresh],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
if (tsc.status !== 0) {
  rmSync(fresh, { recursive: true, force: true });
  process.exit(tsc.status ?? 1);
}
// Written by hand, so tsc copies neither.
for (const name of ['source/syntax/typescript.js', 'source/syntax/typescript.d.ts'])
  copyFileSync(`${root}src/${name}`, `${fresh}/${name}`);
writeFileSync(`${fresh}/compiler/templates.cjs`, precompiledTemplates(`${root}templates`));
const main = `${fresh}/cli/main.js`;
if (existsSync(main)) chmodSync(main, 0o755);
const old = `${fresh}-old`;
if (existsSync(`${root}dist`)) renameSync(`${root}dist`, old);
renameSync(fresh, `${root}dist`);
rmSync(old, { recursive: true, force: true });
