import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemSchema } from '../model/index.ts';
import { basics, head, lines, modelOf, readText } from './fixtures/read-text.ts';
import { loadSystemFromDsl, readSystem, SourceError } from './index.ts';

describe('files', () => {
  it('a missing file, a directory, a foreign suffix', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-'));
    writeFileSync(join(folder, 'a.js'), '');
    writeFileSync(join(folder, 'types.d.ts'), '');
    const codes = async (path: string) =>
      (await readSystem(path, { cwd: folder })).diagnostics.map(({ code, message }) => `${code} ${message}`);
    expect(await codes('none.dsl.ts')).toEqual(["MR1001 There is no file 'none.dsl.ts'."]);
    expect(await codes('.')).toEqual([expect.stringMatching(/^MR1002 .* is a directory/)]);
    expect(await codes('a.js')).toEqual(["MR1003 A '.js' file cannot be read as a system."]);
    expect(await codes('types.d.ts')).toEqual(["MR1003 A '.d.ts' file cannot be read as a system."]);
    expect(await codes('a.js/b.ts')).toEqual([expect.stringMatching(/^MR1001/)]);
  });

  it('reads .ts, .mts and .json, and says so of what else it is given', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-'));
    writeFileSync(join(folder, 'a.mts'), basics);
    const { system, diagnostics } = await readSystem('a.mts', { cwd: folder });
    expect(diagnostics).toEqual([]);
    writeFileSync(join(folder, 'a.json'), JSON.stringify(system));
    expect(await readSystem('a.json', { cwd: folder })).toMatchObject({ system, diagnostics: [] });
    writeFileSync(join(folder, 'a.yaml'), '');
    expect((await readSystem('a.yaml', { cwd: folder })).diagnostics).toMatchObject([
      { code: 'MR1003', hint: 'Supported are .ts, .mts and .json.' },
    ]);
  });

  it('empty files and files of comments only', async () => {
    for (const text of ['', '\n', '\uFEFF', '// nothing\n', '/* */'])
      expect(lines(await readText(text))).toEqual(["MR1004 1:1 'a.dsl.ts' is empty."]);
  });

  it('what is not text in UTF-8', async () => {
    const random = Uint8Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256);
    for (const bytes of [random, Uint8Array.of(0xff, 0xfe, 0x61, 0), Uint8Array.of(0x61, 0, 0x62)]) {
      expect(lines(await readText({ 'a.dsl.ts': bytes }))).toEqual([
        "MR1005 1:1 'a.dsl.ts' is not a text file in UTF-8.",
      ]);
    }
  });

  it('syntax errors, all of them, each where it is', async () => {
    const result = await readText(
      `${basics}\nexport const x = task('x', { input: z.string() output: z.void() });\nconst = 5;\n`,
    );
    expect(lines(result)).toEqual([
      "MR1006 9:48 ',' expected.",
      'MR1006 10:7 Variable declaration expected.',
      'MR1006 10:9 Variable declaration expected.',
    ]);
  });

  it('a million letters, in a second', async () => {
    const filler = Array.from(
      { length: 2500 },
      (_, index) =>
        `export const t${index} = task('t${index}', { input: z.object({ id: z.string(), n: z.number() }), output: z.object({ a: z.array(z.string()).min(1) }), timeout: '5s', retry: { attempts: 3, backoff: 'linear' }, description: ${JSON.stringify('x'.repeat(230))} });`,
    );
    const text = `${head}${filler.join('\n')}\n`;
    expect(text.length).toBeGreaterThan(1_000_000);
    await modelOf(head);
    const started = performance.now();
    const model = await modelOf(text);
    expect(Object.keys(model.tasks)).toHaveLength(2500);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('nesting deeper than the stack', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    expect(
      lines(await readText(`${head}export const e = event('e', { payload: z.any(), metadata: { deep: ${deep} } });`)),
    ).toEqual(["MR1015 1:1 'a.dsl.ts' is nested too deeply to be read."]);
    const sum = Array.from({ length: 20_000 }, () => '1').join(' + ');
    const result = await readText(
      `${basics}export const f = flow('f', { input: z.any() }, (f) => f.returns(() => ${sum}));`,
    );
    expect(result.diagnostics).toEqual([]);
  });

  it('BOM, CRLF and tabs: the same model, and columns that editors show', async () => {
    const text = `${basics}export const f = flow('f', { input: z.any() }, (f) => f\n\t.step('a', ({ input }) =>\n\t\tcharge({ id: input.id })));\n`;
    const plain = await modelOf(text);
    expect(await modelOf(text.replaceAll('\n', '\r\n'))).toEqual(plain);
    expect(await modelOf(`\uFEFF${text}`)).toEqual(plain);
    expect(plain.flows['f']?.body.steps[0]?.location).toMatchObject({ line: 9, column: 3, endLine: 10, endColumn: 28 });
    expect(lines(await readText('\uFEFFsystem;'))[0]).toMatch(/^MR1007/);
  });
});

describe('where the system is', () => {
  const made = "system('s', { version: '1.0.0' })";
  const top = "import { system } from 'millrace';\n";
  it.each([
    ['the default export', `export default ${made};`],
    ['a constant exported by default', `const s = ${made};\nexport default s;`],
    ['a list of exports', `const s = ${made};\nexport { s as default };`],
    ['a named export', `export const orders = ${made};`],
    ['a create function', `export function createOrders() { return ${made}; }`],
    ['a create lambda', `export const createOrders = () => ${made};`],
    ['a default function', `export default function () { return ${made}; }`],
    ['a default lambda', `export default () => (${made});`],
    ['assertions around', `export default (${made} satisfies object) as unknown;`],
  ])('%s', async (_, text) => {
    expect((await modelOf(`${top}${text}`)).name).toBe('s');
  });

  it('by other names of the function', async () => {
    expect(
      (await modelOf(`import * as mill from 'millrace';\nexport default mill.system('a', { version: '1.0.0' });`)).name,
    ).toBe('a');
    expect(
      (await modelOf(`import { system as sys } from 'millrace';\nexport default sys('b', { version: '1.0.0' });`)).name,
    ).toBe('b');
  });

  it('a file of definitions without one may be a part', async () => {
    const { diagnostics } = await readText(
      `import { event } from 'millrace';\nimport { z } from 'zod';\nexport const e = event('e', { payload: z.string() });`,
    );
    expect(diagnostics).toMatchObject([
      { code: 'MR1007', hint: expect.stringMatching(/may be a part of one: name the file of the system/) as string },
    ]);
  });

  it('none, another thing, or two', async () => {
    expect(lines(await readText('export const a = 1;'))).toEqual(["MR1007 1:1 'a.dsl.ts' exports no system."]);
    expect(lines(await readText(`${top}export default { name: 'x' };`))).toEqual([
      "MR1007 1:1 'a.dsl.ts' exports no system.",
    ]);
    expect(
      lines(await readText(`${top}export default ${made};\nexport const b = system('b', { version: '1.0.0' });`)),
    ).toEqual(['MR1012 3:18 This file declares a second system.']);
    expect(lines(await readText(`export default ${made};`))).toEqual(["MR1007 1:1 'a.dsl.ts' exports no system."]);
  });
});

describe('a misspelt package', () => {
  it('is named', async () => {
    const text = basics.replace("'millrace'", "'millrase'");
    expect(lines(await readText(text))).toEqual([
      "MR1126 1:10 'agent' is imported from 'millrase', which is not 'millrace'.",
    ]);
    const tasks = `import { task } from 'milrace';\nexport const t = task('t', {});\n`;
    const part = {
      'a.dsl.ts': `${head.replace("{ version: '1.0.0' }", "{ version: '1.0.0', parts: [b] }")}import * as b from './b.ts';\n`,
      'b.ts': tasks,
    };
    expect(lines(await readText(part))).toEqual([
      "MR1126 1:10 'task' is imported from 'milrace', which is not 'millrace'.",
    ]);
  });
});

describe('JSON', () => {
  it('reads back what it prints', async () => {
    const model = await modelOf(basics);
    expect(await modelOf({ 'a.json': JSON.stringify(model, null, 2) })).toEqual(model);
  });

  it('points at what is wrong', async () => {
    expect(lines(await readText({ 'a.json': '{\n  "kind": }' }))).toEqual([
      expect.stringMatching(/^MR1009 \d+:\d+ This is not JSON/),
    ]);
    const model = await modelOf(basics);
    const broken = JSON.stringify({ ...model, version: 'two', events: { other: model.events['placed'] } }, null, 1);
    expect(lines(await readText({ 'a.json': broken }))).toEqual([
      "MR1010 5:13 'version' is not as the model demands: expected a version such as 1.2.0",
    ]);
    const misnamed = JSON.stringify({ ...model, events: { other: model.events['placed'] } }, null, 1);
    expect(lines(await readText({ 'a.json': misnamed }))).toEqual([
      expect.stringContaining("MR1010 10:12 'events.other.name' is not as the model demands"),
    ]);
    expect(lines(await readText({ 'a.json': '[]' }))).toEqual([
      expect.stringMatching(/^MR1010 1:1 This is no model: /),
    ]);
  });
});

describe('loadSystemFromDsl', () => {
  it('gives the model of every example', async () => {
    for (const name of ['orders', 'ingest', 'review', 'releases']) {
      const model = await loadSystemFromDsl(
        new URL(`../../dsl-examples/${name}/${name}.dsl.ts`, import.meta.url).pathname,
      );
      expect(systemSchema.parse(model)).toEqual(model);
    }
  });

  it('throws one error with all diagnostics', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-'));
    const path = join(folder, 'a.dsl.ts');
    writeFileSync(path, `${head}export const a = task('a', {});\n`);
    const thrown = await loadSystemFromDsl(path).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(SourceError);
    expect(thrown).toMatchObject({ code: 'MR1016', retryable: false, fault: 'input' });
    expect((thrown as SourceError).diagnostics.map(({ code }) => code)).toEqual(['MR1103', 'MR1103']);
    expect((thrown as SourceError).message).toContain("a.dsl.ts:4:28 MR1103: 'input' is missing in task 'a'.");
  });
});
