import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('the question whether anything changed loads no parser, no schema library and no template engine', () => {
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
    await import(${JSON.stringify(new URL('fresh.ts', import.meta.url).href)});
    console.log(JSON.stringify(loaded.filter((url) => url.startsWith('file:'))));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const names = (JSON.parse(stdout) as string[]).map((url) => url.replace(/.*\/src\//, ''));
  expect(names.sort()).toEqual(['compiler/manifest/fresh.ts', 'compiler/manifest/manifest.ts', 'compiler/paths.ts']);
});
