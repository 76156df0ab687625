import { chmodSync, lstatSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { project, stackTrace, type Project } from './dsl.ts';

const sound = `import { event, flow, machine, system, task } from 'millrace';
import { z } from 'zod';
export default system('s', {version:"1.0.0", contexts: { sales: { members: ['paid'] } } });
export const paid = event("paid",\t{ payload: z.object({ id: z.string() }) });  // é 😀
export const charge = task('charge', { input: z.string(), output: z.string(), timeout: '3s' });
export const f = flow('f', { input: z.string() }, (f) => f.step('x', ({ input }) => charge(input)));
export const m = machine('m', { key: 'id', context: z.object({ id: z.string() }), events: { paid } }).states('open', {
  open: { on: { paid: [{ target: "shut", guard: () => 1 > 0 }, 'open'] } },
  shut: { final: true },
});
`;
const broken = sound
  .replace('timeout', 'tiemout')
  .replace('"shut"', '"shutt"')
  .replace("['paid']", "['piad']")
  .replace('charge(input)', 'chrge(input)');
const read = (it: Project, file = 's.dsl.ts'): string => readFileSync(join(it.root, file), 'utf8');

interface Document {
  readonly fixed: readonly { readonly code: string; readonly title: string }[];
  readonly diagnostics: readonly { readonly code: string; readonly severity: string }[];
}

test('misspelt names are mended in place, and nothing else changes', async () => {
  for (const [text, whole] of [
    [broken, sound],
    [`\ufeff${broken.replaceAll('\n', '\r\n')}`, `\ufeff${sound.replaceAll('\n', '\r\n')}`],
  ] as const) {
    using it = project({ 's.dsl.ts': text, 'tasks/charge.ts': '' });
    const done = await it.dsl(['check', '--fix', '--json']);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    const { fixed, diagnostics } = JSON.parse(done.stdout) as Document;
    expect(fixed.map(({ code, title }) => `${code} ${title}`).toSorted()).toEqual([
      "MR1102 Replace 'tiemout' by 'timeout'",
      "MR1115 Replace 'chrge' by 'charge'",
      "MR1216 Replace 'piad' by 'paid'",
      "MR1301 Replace 'shutt' by 'shut'",
    ]);
    expect(diagnostics).toEqual([]);
    expect(read(it)).toBe(whole);
  }
});

test('comments that are no longer needed go, and what remains is reported', async () => {
  using it = project({
    's.dsl.ts': sound.replace('export const charge', '// millrace-ignore MR1221: later\nexport const charge'),
  });
  const done = await it.dsl(['check', '--fix']);
  expect(done.stderr).toBe('fixed MR1224 s.dsl.ts:5:1: Take the comment away.\n');
  expect(done.stdout).toMatch(/warning MR1501/);
  expect(done).toMatchObject({ code: 0 });
  expect(read(it)).toBe(sound);
  expect((await it.dsl(['check', '--fix'])).stderr).toBe('Nothing could be fixed.\n');
});

test('a fix that brings a new error is not made, and the others are', async () => {
  // `tiemout` was meant to be `timeout`, but that is there already.
  const text = sound.replace("'3s'", "'3s', tiemout: '4s'").replace('"shut"', '"shutt"');
  using it = project({ 's.dsl.ts': text, 'tasks/charge.ts': '' });
  const done = await it.dsl(['check', '--fix', '--json']);
  const { fixed, diagnostics } = JSON.parse(done.stdout) as Document;
  expect(done.code).toBe(1);
  expect(diagnostics.map(({ code }) => code)).toEqual(['MR1102', 'MR2031']);
  expect(read(it)).toContain("timeout: '3s', tiemout: '4s'");
  expect(fixed.map(({ code }) => code)).toEqual(['MR1301']);
  expect(read(it)).toContain('"shut"');
});

test('a file keeps its mode, a link stays one, and without --fix nothing is written', async () => {
  using it = project({ 'real/s.txt': broken, 'tasks/charge.ts': '' });
  const file = join(it.root, 'real/s.txt');
  symlinkSync(file, join(it.root, 's.dsl.ts'));
  chmodSync(file, 0o640);
  await it.dsl(['check', 's.dsl.ts']);
  expect(read(it)).toBe(broken);
  expect(await it.dsl(['check', '--fix', 's.dsl.ts'])).toMatchObject({ code: 0 });
  expect(readFileSync(file, 'utf8')).toBe(sound);
  expect(statSync(file).mode & 0o777).toBe(0o640);
  expect(lstatSync(join(it.root, 's.dsl.ts')).isSymbolicLink()).toBe(true);
});

test('what two systems share is mended once, what cannot be read is left', async () => {
  const common = `import { event } from 'millrace';\nimport { z } from 'zod';\nexport const a = event('a', { payload: z.string(), descripton: 'x' });\n`;
  const of = (name: string): string =>
    `import { flow, system } from 'millrace';\nimport { z } from 'zod';\nimport * as common from './common.dsl.ts';\nexport default system('${name}', { version: '1.0.0', parts: [common] });\nexport const f = flow('f', { input: z.string(), on: common.a }, (f) => f.returns(({ input }) => input));\n`;
  using it = project({ 'common.dsl.ts': common, 'one.dsl.ts': of('one'), 'two.dsl.ts': of('two') });
  expect(await it.dsl(['check', '--fix'])).toMatchObject({ code: 0 });
  expect(read(it, 'common.dsl.ts')).toBe(common.replace('descripton', 'description'));
  writeFileSync(join(it.root, 'bad.dsl.ts'), 'export default system(');
  const done = await it.dsl(['check', '--fix', 'bad.dsl.ts']);
  expect(done).toMatchObject({ code: 1 });
  expect(done.stderr).not.toMatch(stackTrace);
  expect(read(it, 'bad.dsl.ts')).toBe('export default system(');
});
