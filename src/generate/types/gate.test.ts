import { mkdirSync, mkdtempSync, readdirSync, rmdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { goodCode, strict, testProject, type TestProject } from '../fixtures/project.ts';
import { subjectOf } from '../subject/subject.ts';
import { typeEscapes } from './escapes.ts';
import { openTypeGate, type TypeGate } from './gate.ts';

// `tsc` takes its time where others work, too.
vi.setConfig({ testTimeout: 120_000 });

let made: TestProject;
let gate: TypeGate;
beforeAll(async () => {
  made = await testProject();
  gate = await openTypeGate(made.places);
});
afterAll(() => made[Symbol.dispose]());

const judge = (code: string, task = 'priceBasket') => gate.judge(code, subjectOf(made.system, task, made.places));
const told = async (code: string) =>
  (await judge(code)).problems.map(({ code, line, message }) => `${code} ${line} ${message.split('\n')[0]}`);

const escapes = (code: string) => typeEscapes(code, 'tasks/price-basket.ts').map(({ code, line }) => `${code} ${line}`);

describe('the gate of types', () => {
  test('takes what fits the contract, and leaves nothing behind', async () => {
    const before = made.files();
    const place = mkdtempSync(join(tmpdir(), 'millrace-empty-'));
    vi.stubEnv('TMPDIR', place);
    expect(await judge(goodCode)).toMatchObject({ gate: 'types', ok: true, problems: [] });
    vi.unstubAllEnvs();
    expect(made.files()).toEqual(before);
    expect(readdirSync(place)).toEqual([]);
    rmdirSync(place);
  });

  test('says where the code does not fit, as the file that it is meant for', async () => {
    const { ok, problems } = await judge(goodCode.replace('total: net - discount', "total: '1'"));
    expect(ok).toBe(false);
    expect(problems).toMatchObject([
      { code: 'MR5010', file: 'tasks/price-basket.ts', line: 5, message: expect.stringContaining('TS2345') },
    ]);
  });

  test("judges with the project's own settings", async () => {
    expect(await told(goodCode.replace('const net', 'const unused = 1;\n  const net'))).toEqual([
      expect.stringMatching(/MR5010 8 TS6133/),
    ]);
  });

  test.each([
    ['has no default export', (code: string) => code.replace('export default', 'export const made ='), 'TS1192'],
    [
      'implements another task',
      () =>
        "import { implement } from 'millrace/tasks';\nimport { sayTotal } from '../generated/shop/contracts.ts';\nexport default implement(sayTotal, ({ total }) => ({ text: `${total}` }));\n",
      'no implementation of',
    ],
    ['exports something else', () => 'export default 7;\n', 'no implementation of'],
    ['is no TypeScript', () => 'Here is the code you asked for!', 'TS1'],
    ['imports what is not there', (code: string) => `import 'nowhere';\n${code}`, 'TS2882'],
  ])('does not take code that %s', async (_name, change, message) => {
    const { ok, problems } = await judge(change(goodCode));
    expect(ok).toBe(false);
    expect(problems.map((one) => one.message).join('\n')).toContain(message);
  });

  test.each([
    ['any', goodCode.replace('const net =', 'const net: any ='), 'MR5011 8'],
    ['as', goodCode.replace('return { net, discount', 'return { net: net as number, discount'), 'MR5011 10'],
    ['an assertion in brackets', goodCode.replace('return { net,', 'return { net: <number>net,'), 'MR5011 10'],
    ['!', goodCode.replace('lines.length === 0', 'lines!.length === 0'), 'MR5011 6'],
    ['a switched off line', goodCode.replace('  const net', '  // @ts-ignore\n  const net'), 'MR5011 8'],
    ['a switched off file', `// @ts-nocheck\n${goodCode}`, 'MR5011 1'],
    ['declare', `declare const net: number;\n${goodCode}`, 'MR5011 1'],
    ['declare global', `${goodCode}declare global { interface Array<T> { x: T } }\n`, 'MR5011 12'],
    ['a predicate', `${goodCode}export const is = (x: unknown): x is string => x === 1;\n`, 'MR5011 12'],
    [
      'JSON.parse',
      goodCode.replace('const net =', "const net: number = JSON.parse('1');\n  const other ="),
      'MR5012 8',
    ],
    [
      'JSON.parse, written otherwise',
      goodCode.replace('const net =', "const net: number = (JSON)['parse']('1');\n  const other ="),
      'MR5012 8',
    ],
    ['z.any', `import { z as y } from 'zod';\nconst x = y.any();\n${goodCode}`, 'MR5011 2'],
    ['z.custom', `import { z } from 'zod';\nconst x = z['custom']<number>();\n${goodCode}`, 'MR5011 2'],
    ['a default export of any', "const x: unknown = 1;\nexport default JSON.parse('1');\nexport { x };\n", 'MR5012 2'],
  ])('sees the way around the types: %s', async (_name, code, expected) => {
    expect(escapes(code)).toContainEqual(expect.stringContaining(expected));
  });

  test('is where they are looked for', async () => {
    expect(await told(goodCode.replace('const net =', 'const net: any ='))).toEqual([
      expect.stringContaining('MR5011 8'),
    ]);
  });

  test('takes what only looks so', async () => {
    const fine = goodCode
      .replace(
        '  const net',
        "  const kinds = ['any', '// @ts-ignore', `as any // @ts-nocheck ${lines.length}`, String(/@ts-ignore any/)] as const;\n  const parsed: unknown = JSON.parse(kinds[0]);\n  const net",
      )
      .replace('discount, total', "discount: String(parsed) === '' ? 0 : discount, total");
    expect(await told(fine)).toEqual([]);
  });
});

describe('the project', () => {
  test.each([
    ['has no tsconfig.json', { 'tsconfig.json': undefined }, /no tsconfig\.json above tasks/],
    ['has one that is no JSON', { 'tsconfig.json': '{ "extends": "./nowhere.json" }' }, /cannot be read|nowhere/],
  ])('that %s is told before anything is asked', async (_name, files, message) => {
    using other = await testProject({ ...files, 'tsconfig.json': files['tsconfig.json'] ?? '' });
    if (files['tsconfig.json'] === undefined) (await import('node:fs')).rmSync(other.path('tsconfig.json'));
    const opened = openTypeGate(other.places).then((gate) =>
      gate.contracts(subjectOf(other.system, 'sayTotal', other.places)),
    );
    await expect(opened).rejects.toMatchObject({ message: expect.stringMatching(message) });
    await expect(opened).rejects.toMatchObject({ code: expect.stringMatching(/MR500[24]/) });
  });

  test('whose tsconfig.json only refers to others does not say how code is checked', async () => {
    using other = await testProject();
    other.write('tsconfig.json', '{ "files": [], "references": [{ "path": "./tasks" }] }');
    await expect(openTypeGate(other.places)).rejects.toMatchObject({ code: 'MR5002' });
    other.write('tsconfig.tasks.json', JSON.stringify({ compilerOptions: strict }));
    const gate = await openTypeGate({ ...other.places, tsconfig: other.path('tsconfig.tasks.json') });
    expect((await gate.judge(goodCode, subjectOf(other.system, 'priceBasket', other.places))).problems).toEqual([]);
  });

  test('that is not strict is checked strictly all the same: else a parameter without a type would be any', async () => {
    using other = await testProject();
    other.write('tsconfig.json', JSON.stringify({ compilerOptions: { ...strict, strict: false } }));
    const gate = await openTypeGate(other.places);
    const code = goodCode
      .replace('/** Ten', 'const same = (value) => value;\n\n/** Ten')
      .replace('{ net, discount,', '{ net: same(net), discount,');
    expect((await gate.judge(code, subjectOf(other.system, 'priceBasket', other.places))).problems).toMatchObject([
      { message: expect.stringContaining('TS7006') },
    ]);
  });

  test('whose contracts do not type-check is told, with the place', async () => {
    using other = await testProject();
    const gate = await openTypeGate(other.places);
    const subject = subjectOf(other.system, 'sayTotal', other.places);
    await gate.contracts(subject);
    other.write(
      'generated/shop/contracts.ts',
      `${other.read('generated/shop/contracts.ts')}\nexport const x: string = 1;\n`,
    );
    await expect(gate.contracts(subject)).rejects.toMatchObject({
      code: 'MR5004',
      message: expect.stringMatching(/generated\/shop\/contracts\.ts:\d+:\d+ TS2322/),
    });
  });

  test('may have aliases, imports of its package.json, declarations of its own and packages further up', async () => {
    using other = await testProject();
    other.write('package.json', JSON.stringify({ name: 'p', type: 'module', imports: { '#shared/*': './shared/*' } }));
    other.write('shared/rate.ts', 'export const rate = 10;\n');
    other.write('lib/pieces.ts', 'export const many = 10;\n');
    other.write('env.d.ts', 'declare const SHOP_NAME: string;\n');
    other.write(
      'tsconfig.json',
      JSON.stringify({
        compilerOptions: {
          ...strict,
          rootDir: '.',
          outDir: 'out',
          composite: true,
          declaration: true,
          noEmit: false,
          paths: { '@lib/*': ['./lib/*'] },
        },
        include: ['**/*.ts'],
      }),
    );
    const code = goodCode
      .replace(
        "'millrace/tasks';",
        "'millrace/tasks';\nimport { rate } from '#shared/rate.js';\nimport { many } from '@lib/pieces.js';",
      )
      .replace('>= 10', '>= many')
      .replace('/ 10', '/ rate')
      .replace('The basket is empty.', '${SHOP_NAME}');
    const gate = await openTypeGate(other.places);
    const subject = subjectOf(other.system, 'priceBasket', other.places);
    expect((await gate.judge(code, subject)).problems).toEqual([]);
    const wrong = await gate.judge(
      code.replace('>= many', '>= many.length').replace('/ rate', '/ rate.length'),
      subject,
    );
    expect(wrong.problems).toMatchObject([{ line: 11 }, { line: 11 }]);
    expect(other.read('out')).toBeUndefined();
  });

  test('may be one of a workspace, whose packages lie above it', async () => {
    using outer = await testProject();
    mkdirSync(outer.path('apps/inner'), { recursive: true });
    for (const name of ['shop.dsl.ts', 'generated', 'tsconfig.json'])
      symlinkSync(outer.path(name), outer.path(`apps/inner/${name}`));
    outer.write('apps/inner/package.json', '{ "name": "inner", "type": "module" }');
    const root = outer.path('apps/inner');
    const places = { root, sourcePath: `${root}/shop.dsl.ts`, tasksDir: `${root}/tasks`, outDir: `${root}/gen/shop` };
    outer.write('apps/inner/gen/shop/contracts.ts', outer.read('generated/shop/contracts.ts') ?? '');
    outer.write('apps/inner/gen/shop/shared.ts', outer.read('generated/shop/shared.ts') ?? '');
    const gate = await openTypeGate(places);
    const code = goodCode.replace('../generated/', '../gen/');
    expect((await gate.judge(code, subjectOf(outer.system, 'priceBasket', places))).problems).toEqual([]);
  });
});

describe('what stands in the project', () => {
  test('is checked as it is', async () => {
    using other = await testProject({ 'tasks/price-basket.ts': goodCode, 'tasks/say-total.ts': 'export default 1;\n' });
    const subjects = ['priceBasket', 'sayTotal'].map((task) => subjectOf(other.system, task, other.places));
    const found = await (await openTypeGate(other.places)).standing(subjects);
    expect([...found.values()].map((problems) => problems.map(({ code, file }) => `${code} ${file}`))).toEqual([
      [],
      ['MR5017 tasks/say-total.ts'],
    ]);
  });
});
