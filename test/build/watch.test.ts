/** Bundlers that watch: what is broken is told, what is mended goes on, and what is generated starts no loop. */
import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stripTypeScriptTypes } from 'node:module';
import { setTimeout as wait } from 'node:timers/promises';
import { context } from 'esbuild';
import { watch } from 'rollup';
import { expect, test } from 'vitest';
import { millrace as forEsbuild } from '../../src/unplugin/esbuild.ts';
import { millrace as forRollup } from '../../src/unplugin/rollup.ts';
import { project, type Project } from '../cli/dsl.ts';
import { installed } from './bundlers.ts';

const lamp = (label: string, target = label): string => `import { event, machine, system } from 'millrace';
import { z } from 'zod';

export default system('lamp', { version: '1.0.0' });
export const pressed = event('pressed', { payload: z.object({ room: z.string() }) });
export const lamp = machine('lamp', { key: 'room', context: z.object({}), events: { pressed }, creates: ['pressed'] }).states('off', {
  off: { on: { pressed: '${target}' } },
  ${label}: { on: { pressed: 'off' } },
});
`;

/** What each build said: nothing, or the code of its first problem. */
type Builds = string[];

/** What esbuild says of a build. */
type Result = Readonly<Record<'errors' | 'warnings', readonly { readonly text: string }[]>>;

const codeOf = (text: string | undefined): string => /MR\d{4}/.exec(text ?? '')?.[0] ?? text ?? '';

const watchers: Readonly<Record<string, (root: string, builds: Builds) => Promise<() => Promise<void>>>> = {
  async rollup(root, builds) {
    const plain = {
      name: 'types',
      transform: (code: string, id: string) =>
        id.endsWith('.ts') ? { code: stripTypeScriptTypes(code), map: null } : null,
    };
    const watcher = watch({
      input: join(root, 'main.ts'),
      external: /^millrace/,
      plugins: [forRollup({ root }), plain],
      output: { file: join(root, 'dist/main.mjs') },
    });
    watcher.on('event', (event) => {
      if (event.code === 'BUNDLE_END') builds.push('');
      if (event.code === 'ERROR') builds.push(codeOf(event.error.message));
    });
    return async () => await watcher.close();
  },
  async esbuild(root, builds) {
    const listener = {
      name: 'listener',
      setup: (build: { onEnd(told: (result: Result) => void): void }): void =>
        build.onEnd(({ errors, warnings }) => void builds.push(codeOf([...errors, ...warnings][0]?.text))),
    };
    const building = await context({
      absWorkingDir: root,
      entryPoints: ['main.ts'],
      bundle: true,
      format: 'esm',
      external: ['millrace'],
      outfile: 'dist/main.mjs',
      logLevel: 'silent',
      plugins: [forEsbuild(), listener],
    });
    await building.watch();
    return async () => await building.dispose();
  },
};

test.each(Object.entries(watchers))('%s', async (_, start) => {
  using made: Project = project({
    'lamp.dsl.ts': lamp('lit'),
    'main.ts': "export { lamp } from './generated/lamp/machines/lamp.ts';\n",
  });
  const { root } = made;
  mkdirSync(dirname(join(root, 'node_modules/x')), { recursive: true });
  symlinkSync(installed('esbuild'), join(root, 'node_modules/esbuild'), 'dir');
  const source = join(root, 'lamp.dsl.ts');
  const bundle = (): string => readFileSync(join(root, 'dist/main.mjs'), 'utf8');
  const builds: Builds = [];
  const last = async (code: string): Promise<void> => {
    await expect.poll(() => builds.at(-1), { timeout: 10_000 }).toBe(code);
    // Nobody is so quick that the bundler has not begun to watch yet.
    await wait(400);
  };
  const stop = await start(root, builds);
  try {
    await last('');
    expect(bundle()).toContain('lit');
    writeFileSync(source, lamp('lit', 'lid'));
    await last('MR1301');
    writeFileSync(source, lamp('bright'));
    await last('');
    await expect.poll(bundle).toContain('bright');
    renameSync(source, join(root, 'kept.txt'));
    await last('MR2007');
    writeFileSync(source, lamp('bright'));
    await last('');
    // What was written is watched as well: once it has been looked at there is nothing more to do.
    await wait(1500);
    const count = builds.length;
    await wait(1500);
    expect(builds).toHaveLength(count);
    expect(count).toBeLessThan(12);
  } finally {
    await stop();
  }
});
