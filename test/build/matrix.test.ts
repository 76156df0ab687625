/** Every bundler builds the orders example, of which nothing is generated yet, and what it made runs. */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { project, repository, type Project } from '../cli/dsl.ts';
import { bundlers, installed, needed } from './bundlers.ts';

const main = `import { ReactiveSystemRuntime } from 'millrace/runtime';
import { silentLogger } from 'millrace/tasks';
import system from '../generated/orders/index.ts';

const runtime = new ReactiveSystemRuntime(system, { db: ':memory:', logger: silentLogger });
await runtime.sendEvent('orderPlaced', {
  orderId: 'A-1',
  email: 'ada@example.com',
  total: { amount: 2580, currency: 'EUR' },
  lines: [{ sku: 'mug-blue', quantity: 2 }],
});
await runtime.idle();
console.log(JSON.stringify({ state: runtime.get('order', 'A-1')?.state }));
await runtime.close();
`;

let made: Project;
afterEach(() => made[Symbol.dispose]());

/** The sources of the example, and the build of one bundler. */
function open(files: Readonly<Record<string, string>>): string {
  made = project({ ...files, 'src/main.ts': main });
  const { root } = made;
  for (const path of ['orders.dsl.ts', 'tasks', 'shop'])
    cpSync(join(repository, 'dsl-examples/orders', path), join(root, 'dsl-examples/orders', path), { recursive: true });
  for (const name of needed) {
    mkdirSync(dirname(join(root, 'node_modules', name)), { recursive: true });
    symlinkSync(installed(name), join(root, 'node_modules', name), 'dir');
  }
  return root;
}

async function node(
  root: string,
  ...args: readonly string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], SHOP_DIR: join(root, 'world') };
  const flags = ['--no-warnings', '--experimental-import-meta-resolve'];
  const done = promisify(execFile)(process.execPath, [...flags, ...args], { cwd: root, env });
  return await done.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}

describe.each(Object.entries(bundlers))('%s', (name, files) => {
  it('builds the orders from nothing, with generated code only, and they run', async () => {
    const root = open(files);
    const built = await node(root, 'build.mjs');
    expect({ ...built, stdout: '' }).toEqual({ code: 0, stdout: '', stderr: built.stderr });
    expect(built.stderr).not.toMatch(/error/i);
    expect(readdirSync(join(root, 'generated/orders'))).toContain('index.ts');
    const bundle = readFileSync(join(root, 'dist/out/main.mjs'), 'utf8');
    // What was generated is in it; neither the language, nor the compiler, nor the parser of TypeScript.
    expect(bundle).toContain('fulfilOrder');
    for (const absent of ['ts-morph', 'handlebars', 'createSourceFile', 'MR1007', 'MR1655', 'unplugin'])
      expect(bundle, absent).not.toContain(absent);
    console.log(`${name}: the orders with the engine are ${Math.round(bundle.length / 1024)} kB, not minified.`);
    // The example reads two files that lie beside its sources.
    cpSync(join(root, 'dsl-examples/orders/shop/catalogue.json'), join(root, 'dist/out/catalogue.json'));
    cpSync(join(root, 'dsl-examples/orders/shop'), join(root, 'dist/shop'), { recursive: true });
    expect(await node(root, 'dist/out/main.mjs')).toEqual({
      code: 0,
      stdout: '{"state":["fulfilling"]}\n',
      stderr: '',
    });
    expect(existsSync(join(root, 'world/shop.db'))).toBe(true);
  });

  it('fails when a source is broken, with the place, and writes nothing', async () => {
    const root = open(files);
    const source = join(root, 'dsl-examples/orders/orders.dsl.ts');
    const text = readFileSync(source, 'utf8');
    const place = 'on: { orderPlaced: {';
    expect(text).toContain(place);
    writeFileSync(source, text.replace(place, "on: { orderPlacd: 'gone', orderPlaced: {"));
    const built = await node(root, 'build.mjs');
    expect(built.code).not.toBe(0);
    const line = text.slice(0, text.indexOf(place)).split('\n').length;
    const said = `${built.stdout}${built.stderr}`;
    expect(said).toMatch(/MR1311: .*'orderPlacd'/);
    expect(said).toMatch(new RegExp(`orders\\.dsl\\.ts\\D{1,2}${line}:`));
    // What a bundler adds of its own is not ours to take away.
    expect(said).not.toMatch(/^ +at .*(?:dist|src).unplugin/m);
    expect(said).toContain("orderPlacd: 'gone'");
    expect(existsSync(join(root, 'dist/out/main.mjs'))).toBe(false);
  });

  it('fails when code imports the source, with what to import', async () => {
    const root = open(files);
    writeFileSync(
      join(root, 'src/main.ts'),
      "import system from '../dsl-examples/orders/orders.dsl.ts';\nconsole.log(system);\n",
    );
    const built = await node(root, 'build.mjs');
    expect(built.code).not.toBe(0);
    expect(`${built.stdout}${built.stderr}`.replaceAll(/\s+│?\s*/g, ' ')).toMatch(
      /MR5101: src\/main\.ts imports '\.\.\/dsl-examples\/orders\/orders\.dsl\.ts', .* Import generated\/orders\/index\.ts/,
    );
  });
});
