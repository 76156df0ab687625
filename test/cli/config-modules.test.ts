/** A config is found and loaded however the project writes modules: by a process of its own, as users have it. */
import { expect, test } from 'vitest';
import { project } from './dsl.ts';

const lib = "export const out: string = 'made';\n";
const esm =
  "import { defineConfig } from 'millrace';\nimport { out } from './lib/out.ts';\nexport default defineConfig({ out });\n";
const bell =
  "import { event, system } from 'millrace';\nimport { z } from 'zod';\nexport default system('bell', { version: '1.0.0' });\nexport const rung = event('rung', { payload: z.string() });\n";

const settings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'an ES module': { 'package.json': '{ "type": "module" }', 'dsl.config.ts': esm, 'lib/out.ts': lib },
  'a package that does not say': { 'package.json': '{}', 'dsl.config.ts': esm, 'lib/out.ts': lib },
  'an ES module in a CommonJS package': {
    'package.json': '{ "type": "commonjs" }',
    'dsl.config.mts': esm.replace('out.ts', 'out.mts'),
    'lib/out.mts': lib,
  },
  CommonJS: {
    'package.json': '{ "type": "commonjs" }',
    'dsl.config.js':
      "const { defineConfig } = require('millrace');\nconst { out } = require('./lib/out.js');\nmodule.exports = defineConfig({ out });\n",
    'lib/out.js': "exports.out = 'made';\n",
  },
  'syntax that is not erased': { 'dsl.config.ts': `${esm}enum Unused {\n  one,\n}\nvoid Unused;\n`, 'lib/out.ts': lib },
  'path aliases': {
    'dsl.config.ts': esm.replace('./lib/out.ts', '@lib/out.ts'),
    'tsconfig.json': '{\n  // a comment\n  "extends": "./base/tsconfig.json",\n}\n',
    'base/tsconfig.json': '{ "compilerOptions": { "paths": { "@lib/*": ["../lib/*"], "@lib/other": ["./gone.ts"] } } }',
    'lib/out.ts': "import { name } from '@lib/name';\nexport const out: string = name;\n",
    'lib/name.ts': "export const name = 'made';\n",
  },
};

test.each(Object.entries(settings))('%s', async (_, files) => {
  using made = project({ ...files, 'bell.dsl.ts': bell });
  expect(await made.dsl(['compile'])).toEqual({
    code: 0,
    stdout: 'bell 1.0.0  2 of 2 files written to made/bell\n',
    stderr: expect.not.stringMatching(/Warning|error/),
  });
});

test('a monorepo: the nearest config counts, and aliases start where theirs is written', async () => {
  using made = project({
    'tsconfig.json': '{ "compilerOptions": { "paths": { "@shared/*": ["./shared/*"] } } }',
    'shared/out.ts': lib,
    'dsl.config.ts': 'export default { out: 1 };\n',
    'packages/bells/package.json': '{ "type": "module" }',
    'packages/bells/dsl.config.ts': esm.replace('./lib/out.ts', '@shared/out.ts'),
    'packages/bells/src/bell.dsl.ts': bell,
  });
  const done = await made.dsl(['compile'], { cwd: `${made.root}/packages/bells/src` });
  expect(done.stdout).toBe('bell 1.0.0  2 of 2 files written to ../made/bell\n');
});

test('what cannot be found is told with the line of the config, and never with one of ours', async () => {
  using made = project({ 'dsl.config.ts': esm.replace('./lib/out.ts', '@gone/out.ts'), 'bell.dsl.ts': bell });
  const { code, stderr } = await made.dsl(['compile']);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^error MR2004: dsl\.config\.ts:\d+: the config cannot be loaded: Cannot find package '@gone\/out\.ts'/,
  );
});
