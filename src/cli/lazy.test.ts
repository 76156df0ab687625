import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** The packages and rooms that importing a module of this room loads. */
function loadedBy(path: string): readonly string[] {
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = new Set();
    registerHooks({ load: (url, context, next) => (loaded.add(url), next(url, context)) });
    await import(${JSON.stringify(new URL(path, import.meta.url).href)});
    console.log(JSON.stringify([...loaded].filter((url) => url.startsWith('file:'))));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const names = (JSON.parse(stdout) as string[]).map(
    (url) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? /\/src\/([^/]+)/.exec(url)?.[1] ?? url,
  );
  return [...new Set(names)].toSorted();
}

test('an unchanged compile loads no package at all', () => {
  // Of the room of migrations only the question whether one was interrupted.
  expect(loadedBy('commands/compile/unchanged.ts')).toEqual(['cli', 'compiler', 'core', 'migrate', 'project']);
});

test('help loads commander, and no other room', () => {
  // Of the room of projects only what a failure is.
  expect(loadedBy('program.ts')).toEqual(['cli', 'commander', 'core', 'project']);
});

test('compiling loads neither the schema library nor the engine', () => {
  const loaded = loadedBy('commands/compile/run.ts');
  for (const absent of ['zod', 'ts-morph', 'runtime', 'store', 'tasks', 'tsx']) expect(loaded).not.toContain(absent);
});
