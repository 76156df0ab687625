/** What the plugin of Vite makes of the page of the crossing, and what it takes when nothing has changed. */
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { interleaved, root } from '../process.ts';
import { compared, type Row } from '../table.ts';
import { workspace } from '../workspace.ts';

const script = (plugins: string): string => `import { build } from 'vite';
import { millrace } from 'millrace/vite';
await build({ root: 'page', configFile: false, logLevel: 'error', plugins: [${plugins}], build: { outDir: '../dist', emptyOutDir: true } });
`;

export function run(): readonly Row[] {
  using project = workspace();
  const { folder } = project;
  cpSync(join(root, 'dsl-examples/crossing/crossing.dsl.ts'), join(folder, 'crossing.dsl.ts'));
  // Its tsconfig is about the repository.
  const filter = (path: string): boolean => !path.endsWith('tsconfig.json');
  cpSync(join(root, 'dsl-examples/crossing/page'), join(folder, 'page'), { recursive: true, filter });
  const page = join(folder, 'page/main.ts');
  writeFileSync(page, readFileSync(page, 'utf8').replaceAll('../../../generated', '../generated'));
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(join(root, 'node_modules/vite'), join(folder, 'node_modules/vite'), 'dir');
  writeFileSync(join(folder, 'dsl.config.ts'), 'export default {};\n');
  writeFileSync(join(folder, 'with.mjs'), script("millrace({ root: '..' })"));
  writeFileSync(join(folder, 'without.mjs'), script(''));
  const [built = 0, plain = 0] = interleaved(
    [
      { name: 'with', args: ['with.mjs'], cwd: folder },
      { name: 'without', args: ['without.mjs'], cwd: folder },
    ],
    7,
  );
  const assets = join(folder, 'dist/assets');
  const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'));
  const size = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name)), { level: 9 }).length, 0);
  const of = { name: 'vite build without the plugin', value: plain };
  return [
    { name: 'crossing page, script, minified and gzipped', value: size, unit: 'B' },
    { ...of, unit: 'ms' },
    compared('vite build, nothing changed', built, 'ms', of),
  ];
}
