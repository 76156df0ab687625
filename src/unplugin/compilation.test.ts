import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { inspect } from 'node:util';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Compilation } from './compilation.ts';
import { checkOptions } from './options.ts';
import { Unit } from './unit.ts';

const hello = (name: string, target = 'done'): string => `import { event, machine, system } from 'millrace';
import { z } from 'zod';
export default system('${name}', { version: '1.0.0' });
export const rung = event('rung', { payload: z.object({ door: z.string() }) });
export const bell = machine('bell', { key: 'door', context: z.object({}), events: { rung }, creates: ['rung'] }).states('still', {
  still: { on: { rung: '${target}' } },
  done: { final: true },
});
`;

let root: string;
let compilation: Compilation;
const at = (path: string): string => join(root, path);
const codes = async (): Promise<readonly string[]> => (await compilation.refresh()).errors.map(({ code }) => code);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-unplugin-'));
  compilation = new Compilation({}, root);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('compiles once; what was compiled is no reason to compile again', async () => {
  writeFileSync(at('hello.dsl.ts'), hello('hello'));
  const first = await compilation.refresh();
  expect(first).toMatchObject({ isNew: true, errors: [] });
  expect(first.folders.get(at('hello.dsl.ts'))).toBe(at('generated/hello'));
  expect(first.files).toContain(at('hello.dsl.ts'));
  const { mtimeMs } = statSync(at('generated/hello/index.ts'));
  expect(await compilation.refresh()).toMatchObject({ isNew: false, errors: [] });
  expect(statSync(at('generated/hello/index.ts')).mtimeMs).toBe(mtimeMs);
  expect(compilation.concerns(at('generated/hello/index.ts'))).toBe(false);
  expect(compilation.concerns(at('hello.dsl.ts'))).toBe(true);
  expect(compilation.concerns(at('tasks/ring.ts'))).toBe(true);
  expect(compilation.concerns('/elsewhere/x.ts')).toBe(false);
});

test('what is broken is told with its place, and what was good stays', async () => {
  writeFileSync(at('hello.dsl.ts'), hello('hello'));
  await compilation.refresh();
  const good = readFileSync(at('generated/hello/machines/bell.ts'), 'utf8');
  writeFileSync(at('hello.dsl.ts'), hello('hello', 'gone'));
  const { isNew, errors } = await compilation.refresh();
  expect(isNew).toBe(true);
  expect(errors).toMatchObject([
    { code: 'MR1301', place: { file: at('hello.dsl.ts'), line: 6, column: 24, length: 6 } },
  ]);
  expect(errors[0]?.place?.frame).toContain("rung: 'gone'");
  expect(readFileSync(at('generated/hello/machines/bell.ts'), 'utf8')).toBe(good);
  // It is still broken, which nobody needs to hear twice.
  expect(await compilation.refresh()).toMatchObject({ isNew: false, errors: [{ code: 'MR1301' }] });
  writeFileSync(at('hello.dsl.ts'), hello('hello'));
  expect(await compilation.refresh()).toMatchObject({ isNew: true, errors: [] });
});

test('what somebody deletes of what was generated is made again', async () => {
  writeFileSync(at('hello.dsl.ts'), hello('hello'));
  await compilation.refresh();
  rmSync(at('generated/hello/machines/bell.ts'));
  expect(compilation.concerns(at('generated/hello/machines/bell.ts'))).toBe(true);
  expect(await compilation.refresh()).toMatchObject({ isNew: true, errors: [] });
  expect(existsSync(at('generated/hello/machines/bell.ts'))).toBe(true);
  rmSync(at('generated'), { recursive: true });
  expect(await compilation.refresh()).toMatchObject({ isNew: true, errors: [] });
  expect(existsSync(at('generated/hello/manifest.json'))).toBe(true);
  expect(await compilation.refresh()).toMatchObject({ isNew: false });
});

test('several looks at a time are one after the other', async () => {
  writeFileSync(at('hello.dsl.ts'), hello('hello'));
  const looks = await Promise.all([1, 2, 3].map(() => compilation.refresh()));
  expect(looks.map(({ isNew }) => isNew)).toEqual([true, false, false]);
});

test('a file that is gone leaves code behind, which is told until it is gone too', async () => {
  writeFileSync(at('hello.dsl.ts'), hello('hello'));
  writeFileSync(at('other.dsl.ts'), hello('other'));
  expect(await codes()).toEqual([]);
  rmSync(at('other.dsl.ts'));
  const { isNew, errors } = await compilation.refresh();
  expect(isNew).toBe(true);
  expect(errors.map(({ text }) => text.replaceAll(/\S*millrace-unplugin-\w+\//g, ''))).toEqual([
    'MR5103: generated/other is left over: it was generated from other.dsl.ts, which is no longer there.\nhint: Delete the folder, or put the file back.',
  ]);
  expect(compilation.concerns(at('generated/other/manifest.json'))).toBe(true);
  rmSync(at('generated/other'), { recursive: true });
  expect(await compilation.refresh()).toMatchObject({ isNew: true, errors: [] });
});

test('a renamed file takes its folder along; a renamed system leaves it behind', async () => {
  writeFileSync(at('hello.dsl.ts'), hello('hello'));
  await compilation.refresh();
  renameSync(at('hello.dsl.ts'), at('bye.dsl.ts'));
  expect(await codes()).toEqual([]);
  expect(readFileSync(at('generated/hello/manifest.json'), 'utf8')).toContain('bye.dsl.ts');
  writeFileSync(at('bye.dsl.ts'), hello('bye'));
  const { errors } = await compilation.refresh();
  expect(errors.map(({ text }) => text)).toEqual([expect.stringMatching(/MR5103.*which makes .*generated\/bye now/)]);
});

test('there is nothing to compile, there are two configs, the config is broken', async () => {
  expect(await codes()).toEqual(['MR2007']);
  writeFileSync(at('hello.dsl.ts'), hello('hello'));
  expect(await codes()).toEqual([]);
  writeFileSync(at('dsl.config.ts'), 'export default {};\n');
  expect(await codes()).toEqual([]);
  writeFileSync(at('dsl.config.mjs'), 'export default {};\n');
  expect(await codes()).toEqual(['MR5102']);
  rmSync(at('dsl.config.mjs'));
  writeFileSync(at('dsl.config.ts'), 'export default { glob: 1 };\n');
  expect(await codes()).toEqual(['MR2005']);
  writeFileSync(at('dsl.config.ts'), "export default { out: 'made' };\n");
  expect((await compilation.refresh()).folders.get(at('hello.dsl.ts'))).toBe(at('made/hello'));
});

test('the options of the plugin', async () => {
  writeFileSync(at('hello.dsl.ts'), hello('hello'));
  compilation = new Compilation({ root, globs: ['*.dsl.ts'], out: 'src/made' }, '/');
  expect((await compilation.refresh()).folders.get(at('hello.dsl.ts'))).toBe(at('src/made/hello'));
  expect(checkOptions(undefined)).toEqual({});
  expect(() => checkOptions({ glob: ['x'] })).toThrow(/no option 'glob'. Did you mean 'globs'/);
  expect(() => checkOptions({ globs: 'x' })).toThrow(/'globs' should be a list/);
  expect(() => checkOptions('x')).toThrow(expect.objectContaining({ code: 'MR5100' }));
});

test('two plugins in one configuration are refused, one in two configurations is not', () => {
  const host = {};
  new Unit({}).open(host, root);
  expect(() => new Unit({}).open(host, root)).toThrow(expect.objectContaining({ code: 'MR5104' }));
  new Unit({ root: 'other' }).open(host, root);
  new Unit({}).open({}, root);
  // Bundlers print the stack, and the rest of an error as an object.
  const thrown = (() => {
    try {
      new Unit({}).open(host, root);
    } catch (error) {
      return inspect(error);
    }
    return '';
  })();
  expect(thrown).toMatch(/MR5104: The plugin of Millrace is there twice/);
  expect(thrown).not.toMatch(/\n/);
});
