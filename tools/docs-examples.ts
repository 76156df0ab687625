/**
 * Type-checks every example that a reader may copy: the `ts` blocks of docstrings in `src/` and of README.md, and those
 * blocks of `docs/` that import something (the others are fragments). What they import relatively is that of the project
 * that `dsl init` creates, or the generated code of the examples here.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileSystem, writeOutput } from '../src/compiler/index.ts';
import { readSystem } from '../src/source/index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = `${root}.millrace/docs-examples`;
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

cpSync(`${root}templates/init/hello`, folder, { recursive: true });
const { system } = await readSystem(`${folder}/hello.dsl.ts`);
if (system === undefined) throw new Error('The template hello cannot be read.');
const outDir = `${folder}/generated/hello`;
const settings = { outDir, sourcePath: `${folder}/hello.dsl.ts`, tasksDir: `${folder}/tasks`, toolVersion: '0' };
writeOutput(compileSystem(system, settings), { outDir });

/** Each has an entry of its own in one room. */
const bundlers = ['vite', 'rollup', 'esbuild', 'webpack', 'rspack'];

const origins = new Map<string, string>();

function collect(file: string, text: string, wanted: (code: string) => boolean): void {
  for (const match of text.matchAll(/^```ts\n([\s\S]*?)^```/gm)) {
    const code = (match[1] ?? '')
      .replaceAll(/from '\.\.?\/(?=generated\/hello|tasks\/|hello\.dsl)/g, "from './")
      .replaceAll(/from '\.\.?\/(?=generated\/(?!hello))/g, "from '../../");
    if (!wanted(code)) continue;
    const line = text.slice(0, match.index).split('\n').length;
    const name = `example-${origins.size}.ts`;
    origins.set(name, `${file}:${line}`);
    writeFileSync(`${folder}/${name}`, `${code}\nexport {};\n`);
  }
}

for (const file of globSync('src/**/*.ts', { cwd: root })) {
  if (/\.test(-d)?\.ts$|fixtures/.test(file)) continue;
  // A docstring's lines without their leading ` * `.
  const text = readFileSync(root + file, 'utf8').replace(/^[ \t]*\* ?/gm, '');
  collect(file, text, (code) => code.includes('import '));
}
for (const file of ['README.md', ...globSync('docs/*.md', { cwd: root })]) {
  collect(file, readFileSync(root + file, 'utf8'), (code) => code.includes('import '));
}

writeFileSync(
  `${folder}/tsconfig.json`,
  JSON.stringify({
    extends: '../../tsconfig.json',
    compilerOptions: {
      noUnusedLocals: false,
      // Some examples are pages.
      lib: ['es2024', 'esnext.disposable', 'dom'],
      paths: {
        millrace: ['../../src/dsl/index.ts'],
        ...Object.fromEntries(bundlers.map((name) => [`millrace/${name}`, [`../../src/unplugin/${name}.ts`]])),
        'millrace/*': ['../../src/*/index.ts'],
      },
    },
    include: ['*.ts'],
    exclude: [],
  }),
);
const tsc = spawnSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', folder], {
  encoding: 'utf8',
  cwd: folder,
});
console.log(tsc.stdout.replaceAll(/example-\d+\.ts/g, (name) => `${origins.get(name)} (${name})`) + tsc.stderr);
console.log(`${origins.size} examples ${tsc.status === 0 ? 'compile' : 'checked'}.`);
process.exit(tsc.status ?? 1);
