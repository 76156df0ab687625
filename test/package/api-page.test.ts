import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const textOf = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
/** Of build tools: they have a page of their own. */
const plugins = ['vite', 'rollup', 'esbuild', 'webpack', 'rspack'];

test('docs/api.md says of every entry of the package what it is for', () => {
  const { exports } = JSON.parse(textOf('package.json')) as { readonly exports: Readonly<Record<string, unknown>> };
  const entries = Object.keys(exports).flatMap((name) => (/^\.\/[a-z]+$/.test(name) ? [name.slice(2)] : []));
  const said = [...textOf('docs/api.md').matchAll(/^\| `millrace\/([a-z]+)` \| \S/gm)].map(([, name]) => name);
  expect(said.sort()).toEqual(entries.filter((name) => !plugins.includes(name)).sort());
});

test('docs/api.md has every option of a runtime', () => {
  const [, known = ''] = /const optionNames[^{]*\{([^}]*)\}/.exec(textOf('src/runtime/options.ts')) ?? [];
  const options = [...known.matchAll(/(\w+): true/g)].map(([, name]) => name ?? '');
  expect(options).toContain('models');
  const page = textOf('docs/api.md');
  const table = page.slice(page.indexOf('| option | |'), page.indexOf('Another option is refused'));
  expect(options.filter((name) => !table.includes(`\`${name}\``))).toEqual([]);
});
