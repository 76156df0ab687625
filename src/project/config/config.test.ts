import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from './config.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-config-'));
  mkdirSync(join(root, 'deep/er'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (text: string, name = 'dsl.config.ts'): void => writeFileSync(join(root, name), text);
const failure = async (): Promise<unknown> => await readConfig(root).catch((error: unknown) => error);

test('the nearest config above is found, and its paths start at its folder', async () => {
  write(`const out: string = 'gen';\nexport default { out, maxWarnings: 0 };`);
  expect(await readConfig(join(root, 'deep/er'))).toMatchObject({
    root,
    out: join(root, 'gen'),
    maxWarnings: 0,
    globs: ['**/*.dsl.ts'],
  });
});

test('without a config the defaults hold', async () => {
  expect(await readConfig(root)).toEqual({ root, globs: ['**/*.dsl.ts'], out: join(root, 'generated'), rules: {} });
});

test.each([
  [`export default {\n  out: 'x',\n  glbs: [] };`, 'MR2005', /dsl\.config\.ts:3: there is no setting 'glbs'/],
  [
    `export default {\n  rules: {\n    MR1601: 'off' } };`,
    'MR2005',
    /dsl\.config\.ts:3: MR1601 \(supported\) is an error/,
  ],
  [
    `export default {\n  runtime: {\n    maxLosst: 3 } };`,
    'MR2005',
    /dsl\.config\.ts:3: 'runtime' has no option 'maxLosst'/,
  ],
  [`export default { runtime: { drainMs: '5s' } };`, 'MR2005', /'runtime\.drainMs' should be a whole number from 0 on/],
  [`export default { runtime: [] };`, 'MR2005', /'runtime' should be an object/],
  [`export default { rules: { MR1203: 'warning' } };`, 'MR2005', /cannot be set to 'warning'/],
  [`export default { rules: { MR9999: 'off' } };`, 'MR2005', /no rule has this code/],
  [`export default { rules: { MR1101: 'off' } };`, 'MR2005', /no rule has this code/],
  [`export default { rules: { MR1: 'off' } };`, 'MR2005', /'rules' should be codes/],
  [`export default {\n  out: 3,\n};`, 'MR2005', /dsl\.config\.ts:2: 'out' should be a folder/],
  [
    `export default {\n  engine: 'sqlite' };`,
    'MR2005',
    /dsl\.config\.ts:2: 'engine' should be 'embedded' or 'restate'/,
  ],
  [`export default { restate: { admin: 'ftp://x' } };`, 'MR2005', /'restate' should be addresses of a server/],
  [`export default { restate: { port: 1 } };`, 'MR2005', /'restate' should be addresses of a server/],
  [`export const a = 1;`, 'MR2005', /no default export/],
  [`export default 7;`, 'MR2005', /:1: the config is not an object/],
  [`export default {\n  out: ]\n};`, 'MR2004', /dsl\.config\.ts:\d+: the config cannot be loaded/],
  [`\n\nthrow new Error('boom');`, 'MR2004', /dsl\.config\.ts:3: .*boom/],
])('%j is refused with %s and its line', async (text, code, message) => {
  write(text);
  expect(await failure()).toMatchObject({ code, exitCode: 1, message: expect.stringMatching(message) });
});

test('another engine is one change of the config', async () => {
  write(`export default { engine: 'restate', restate: { admin: 'http://127.0.0.1:9170' } };`);
  expect(await readConfig(root)).toMatchObject({ engine: 'restate', restate: { admin: 'http://127.0.0.1:9170' } });
});

test('warnings may be set to anything, errors stay errors', async () => {
  write(`export default { rules: { MR1212: 'off', MR1501: 'error', MR1203: 'error', MR1209: 'off' } };`);
  expect((await readConfig(root)).rules).toEqual({ MR1212: 'off', MR1501: 'error', MR1203: 'error', MR1209: 'off' });
});

test('a code that is no rule is answered with the nearest', async () => {
  write(`export default { rules: { MR1299: 'off' } };`);
  expect(await failure()).toMatchObject({ hint: expect.stringMatching(/^Did you mean 'MR12\d\d'\? /) });
});
