/** What machines weigh: the smallest one in a browser bundle, with its library, and one with seven regions. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { root } from '../process.ts';
import { compared, type Row } from '../table.ts';

interface Size {
  readonly minified: number;
  readonly compressed: number;
}

/** Bytes of a browser bundle. Without the library: of the module alone. */
async function bundleSize(folder: string, contents: string, withLibrary = true): Promise<Size> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder, loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    ...(withLibrary ? {} : { external: ['millrace/*'] }),
  });
  const bundle = outputFiles[0]?.contents ?? new Uint8Array();
  return { minified: bundle.length, compressed: gzipSync(bundle, { level: 9 }).length };
}

const states = "{ off: { on: { toggled: 'on' } }, on: { on: { toggled: 'off' } } }";
const peers = {
  'XState 5': `import { createActor, createMachine } from 'xstate';
    export const lamp = createActor(createMachine({ initial: 'off', states: ${states} }));`,
  'XState 6 alpha': `import { createActor, createMachine } from 'xstate-next';
    export const lamp = createActor(createMachine({ initial: 'off', states: ${states} }));`,
  robot3: `import { createMachine, interpret, state, transition } from 'robot3';
    export const lamp = interpret(
      createMachine({ off: state(transition('toggled', 'on')), on: state(transition('toggled', 'off')) }), () => {});`,
};

/** The rows of the table. `folder` holds the compiled machines. */
export async function sizes(folder: string): Promise<readonly Row[]> {
  const kilobyte = { name: '1 kB', value: 1024 };
  const rows: Row[] = [];
  const lamp = "export { lamp } from './machines/lamp.ts';";
  const { compressed } = await bundleSize(folder, lamp);
  rows.push(compared('hello world, min + gzip', compressed, 'B', kilobyte, '<= 1'));
  const actor = await bundleSize(folder, `${lamp} export { createActor } from 'millrace/machine';`);
  rows.push(compared('hello world with its actor', actor.compressed, 'B', kilobyte));
  for (const [name, code] of Object.entries(peers)) {
    const peer = await bundleSize(root, code);
    rows.push(compared(`hello world, ${name}`, peer.compressed, 'B', kilobyte));
  }
  const panel = "export { panel } from './machines/panel.ts';";
  const tenKilobytes = { name: '10 kB', value: 10_240 };
  const source = statSync(join(folder, 'machines/panel.ts')).size;
  rows.push(compared('7 regions x 3 leaves, the module as printed', source, 'B', tenKilobytes));
  const alone = await bundleSize(folder, panel, false);
  rows.push(compared('7 regions x 3 leaves, minified', alone.minified, 'B', tenKilobytes, '<= 1'));
  const whole = await bundleSize(folder, panel);
  rows.push(compared('7 regions x 3 leaves, with the library, min + gzip', whole.compressed, 'B', tenKilobytes));
  return rows;
}
