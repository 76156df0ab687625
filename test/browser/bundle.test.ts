import { fileURLToPath } from 'node:url';
import { compileSystem } from 'millrace/compiler';
import { loadSystemFromDsl } from 'millrace/source';
import { expect, test } from 'vitest';
import { bundleForPage } from './bundle.ts';

const sourcePath = fileURLToPath(new URL('../../bench/machine/machines.dsl.ts', import.meta.url));

/** The smallest machine there is, as `dsl compile` prints it. */
async function lamp(): Promise<string> {
  const settings = { outDir: 'generated', sourcePath, tasksDir: 'tasks', toolVersion: '0' };
  const { files } = compileSystem(await loadSystemFromDsl(sourcePath), settings);
  return files.find(({ path }) => path.endsWith('machines/lamp.ts'))?.text ?? '';
}

test('a machine of its own is a kilobyte', async () => {
  const { size, files } = await bundleForPage(await lamp());
  expect(files).toContain('src/machine/compiled/compiled-machine.ts');
  expect(size).toBeLessThanOrEqual(1024);
});

test.each([
  ['an actor', "export { createActor } from 'millrace/machine';", 1800],
  ['an actor and its parts', "export { createActor, select, isActive } from 'millrace/machine';", 2048],
  ['a host, which restores', "export { createMachineHost } from 'millrace/machine';", 9 * 1024],
])('a machine with %s stays small', async (_, code, most) => {
  const { size } = await bundleForPage(`${await lamp()}\n${code}`);
  expect(size).toBeLessThanOrEqual(most);
});

test.each(['crossing/machines/crossing', 'review/machines/change'])(
  '%s needs neither Node, nor a schema library, nor the engine',
  async (name) => {
    const { files, text } = await bundleForPage(
      `export * from './generated/${name}.ts'; export { createActor, createMachineHost } from 'millrace/machine';`,
    );
    expect(files.filter((file) => !/^(?:src\/(?:core|machine)\/|<stdin>$)/.test(file))).toEqual([
      `generated/${name}.ts`,
    ]);
    expect(text).not.toMatch(/node:|require\(|process\./);
  },
);

test('a machine whose states have contexts of their own brings their schemas, but nothing of Node', async () => {
  const { files } = await bundleForPage("export * from './generated/orders/machines/order.ts';");
  const rooms = files.map((file) => /^(?:src|generated|node_modules)\/[^/]*/.exec(file)?.[0] ?? file);
  expect([...new Set(rooms)].sort()).toEqual([
    'generated/orders',
    'node_modules/zod',
    'src/core',
    'src/flow',
    'src/machine',
  ]);
});

test('a host may have the schema of a context', async () => {
  const { text } = await bundleForPage(`import { createMachineHost } from 'millrace/machine';
import { crossingContext } from './generated/crossing/contracts.ts';
import { crossing } from './generated/crossing/machines/crossing.ts';
export const host = createMachineHost({ machines: [{ module: crossing, context: crossingContext }] });`);
  expect(text).not.toMatch(/node:/);
});
