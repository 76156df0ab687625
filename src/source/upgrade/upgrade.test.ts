import { globSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Codemod } from './codemod.ts';
import { codemods } from './codemods/index.ts';
import { upgradeSource } from './upgrade-source.ts';
import { upgrade } from './upgrade.ts';

const folder = fileURLToPath(new URL('./fixtures/', import.meta.url));
const pairs = readdirSync(folder);
const fixture = (name: string): string => readFileSync(`${folder}${name}.dsl.ts`, 'utf8');

/** Files that exist only here. */
const files = (map: Readonly<Record<string, string>>) => ({
  cwd: '/project',
  readFile: (path: string): string => {
    const text = map[path.replace('/project/', '')];
    if (text === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' });
    return text;
  },
});
const upgraded = async (text: string) => await upgradeSource(['a.dsl.ts'], files({ 'a.dsl.ts': text }));

test.each(pairs)('%s: before becomes after, after reads without errors and stays', async (name) => {
  const result = await upgraded(fixture(`${name}/before`));
  expect(result.files[0]?.text).toBe(fixture(`${name}/after`));
  expect(result.diagnostics).toEqual([]);
  // What is new is not touched: codemods may run again at any time.
  expect(await upgraded(fixture(`${name}/after`))).toMatchObject({ files: [], diagnostics: [] });
});

test('every codemod has a pair of its own, which needs it', async () => {
  for (const { name } of codemods) {
    const own = await upgraded(fixture(`${name}/before`));
    expect(new Set(own.files[0]?.changes.map(({ codemod }) => codemod)), name).toEqual(new Set([name]));
    const others = codemods.filter((other) => other.name !== name);
    const without = await upgrade(['a.dsl.ts'], others, files({ 'a.dsl.ts': fixture(`${name}/before`) }));
    expect(without.files, name).toEqual([]);
  }
});

test('the reader says of all of it that there is an upgrade, or what is meant', async () => {
  const hints = async (name: string): Promise<readonly (string | undefined)[]> => {
    const { diagnostics } = await upgrade(['a.dsl.ts'], [], files({ 'a.dsl.ts': fixture(`${name}/before`) }));
    expect(diagnostics.length).toBeGreaterThan(0);
    return diagnostics.filter(({ code }) => code !== 'MR1103').map(({ hint }) => hint);
  };
  for (const { name } of codemods) {
    const what = name === 'numbers-are-durations' ? /in quotes, with a unit/ : /`dsl upgrade` rewrites it\.$/;
    for (const hint of await hints(name)) expect(hint, name).toMatch(what);
  }
});

test('the examples and templates are new already', async () => {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const sources = globSync('{dsl-examples,templates/init}/*/*.dsl.ts', { cwd: root });
  expect(sources.length).toBeGreaterThan(8);
  expect(await upgradeSource(sources, { cwd: root })).toMatchObject({ files: [], diagnostics: [] });
});

test('line breaks, tabs, a byte order mark and odd spaces stay', async () => {
  for (const name of pairs) {
    const odd = (text: string): string => `\uFEFF${text.replaceAll('  ', '\t').replaceAll('\n', '\r\n')}// end`;
    const result = await upgraded(odd(fixture(`${name}/before`)));
    expect(result.files[0]?.text, name).toBe(odd(fixture(`${name}/after`)));
  }
});

test('parts and constants of other files come along, also when only the entry is named', async () => {
  const entry = `import { system } from 'millrace';
import * as tasks from './tasks.dsl.ts';
export default system('s', { version: '1.0.0', parts: [tasks] });
`;
  const part = `import { task } from 'millrace';
import { z } from 'zod';
import { slow } from './policies.ts';
export const pack = task('pack', { input: z.void(), output: z.void(), ...slow });
`;
  const map = { 'a.dsl.ts': entry, 'tasks.dsl.ts': part, 'policies.ts': 'export const slow = { timeout: 5000 };\n' };
  for (const paths of [['a.dsl.ts'], ['a.dsl.ts', 'tasks.dsl.ts']]) {
    const result = await upgradeSource(paths, files(map));
    expect(result.diagnostics).toEqual([]);
    expect(result.files).toMatchObject([
      { path: '/project/policies.ts', text: "export const slow = { timeout: '5s' };\n" },
    ]);
  }
});

test('whatever stands in a file: no throw, nothing outside of the changes moves, and a second time changes nothing', async () => {
  const pieces = [
    '/* c */ ',
    '// c\n',
    "'x y': 1, ",
    '...slow, ',
    'cond: x, ',
    'cond, ',
    "type: 'final', ",
    "type: 'atomic', ",
  ];
  pieces.push(
    'guard: () => true, ',
    'retries: 2, ',
    'attempts: 1, ',
    'timeout: 5, ',
    'invoke: [], ',
    'run: [], ',
    'é: `${1}`, ',
  );
  let changed = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...pairs),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 3 }),
      async (name, at, more) => {
        const text = fixture(`${name}/before`);
        const places = [...text.matchAll(/[{,]\s+/g)].map(({ index, 0: { length } }) => index + length);
        const start = places[Math.floor(at * (places.length - 1))] ?? 0;
        const odd = text.slice(0, start) + more.join('') + text.slice(start);
        const result = await upgraded(odd);
        const [file] = result.files;
        if (file === undefined) return;
        changed += 1;
        expect(file.before).toBe(odd);
        expect((await upgraded(file.text)).files).toEqual([]);
        // No error is new: what was read before is read afterwards.
        expect(result.diagnostics.map(({ code }) => code)).not.toContain('MR1006');
      },
    ),
    { numRuns: 600 },
  );
  expect(changed).toBeGreaterThan(50);
}, 60_000);

test('what cannot be decided stays, and is reported as ever', async () => {
  const text = fixture('invoke-is-run/before')
    .replace("src: 'charge',\n", "src: 'nobody',\n")
    .replace('retry:', 'retry:');
  const { files: changed, diagnostics } = await upgraded(text);
  expect(changed[0]?.text).toContain("invoke: {\n      src: 'nobody'");
  expect(changed[0]?.text).toContain("run: [\n      { flow: 'payment'");
  expect(diagnostics).toMatchObject([{ code: 'MR1102', message: "State 'paying' has no option 'invoke'." }]);

  // A constant of its own may be what a lambda calculates with.
  const shared = fixture('numbers-are-durations/before').replace('timeout: 1500 }', 'timeout: patience }');
  const result = await upgraded(`${shared}const patience = 1500;\n`);
  expect(result.files[0]?.text).toContain('const patience = 1500;');
  expect(result.diagnostics).toMatchObject([{ code: 'MR1104' }]);

  const member = fixture('numbers-are-durations/before').replace('timeout: 30000 }', 'timeout: slow.timeout * 2 }');
  expect((await upgraded(member)).files[0]?.text).toContain('const slow = { timeout: 90_000 } as const;');

  // Two ways to say one thing in one object.
  const both = fixture('all-tries-count/before').replace('maxAttempts: 3', 'attempts: 2, maxAttempts: 3');
  expect((await upgraded(both)).files[0]?.text).toContain('attempts: 2, maxAttempts: 3');
});

test('a name that the file has already is not taken twice', async () => {
  const text = fixture('process-is-machine/before').replace('// Two', 'const machine = 1;\n// Two');
  const { files: changed, diagnostics } = await upgraded(text);
  expect(changed[0]?.text).toContain("import { event, machine as process, system } from 'millrace';");
  expect(diagnostics).toEqual([]);
});

test('a file with a syntax error, one that is not there, and JSON are left alone', async () => {
  const broken = `${fixture('cond-is-guard/before')}const = 1;`;
  const map = { 'broken.dsl.ts': broken, 'model.json': '{"kind":"system","timeout":1}' };
  const result = await upgradeSource(['broken.dsl.ts', 'missing.dsl.ts', 'model.json'], files(map));
  expect(result.files).toEqual([]);
  expect(result.diagnostics.map(({ code }) => code)).toEqual(expect.arrayContaining(['MR1006', 'MR1001', 'MR1010']));
});

const word = (version: string, from: string, to: string): Codemod => ({
  version,
  name: `${from}-${to}`,
  description: '',
  apply: ({ module: { text } }) => {
    const start = text.indexOf(from);
    return start < 0 ? [] : [[{ start, end: start + from.length, text: to }]];
  },
});
const chain = [word('0.3.0', '/*two*/', '/*three*/'), word('0.2.0', '/*one*/', '/*two*/')];
const marked = `/*one*/${fixture('cond-is-guard/after')}`;

test('codemods are planned from the version of the source to the wanted one, and later ones build on earlier ones', async () => {
  const run = async (from?: string, to?: string) => {
    const versions = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
    const { codemods, files: changed } = await upgrade(['a.dsl.ts'], chain, {
      ...files({ 'a.dsl.ts': marked }),
      ...versions,
    });
    return [codemods.map(({ name }) => name).join(' '), changed[0]?.text.slice(0, 9) ?? 'the same'];
  };
  expect(await run()).toEqual(['/*one*/-/*two*/ /*two*/-/*three*/', '/*three*/']);
  expect(await run('0.1.0', '0.2.5')).toEqual(['/*one*/-/*two*/', '/*two*/im']);
  expect(await run('0.3.0')).toEqual(['/*two*/-/*three*/', 'the same']);
  expect(await run('0.4.0', '1.0.0')).toEqual(['', 'the same']);
});

test.each([
  [{ from: 'latest' }, "'latest' is no version"],
  [{ to: '1' }, "'1' is no version"],
  [{ from: '0.2.0', to: '0.1.0' }, 'which is later than 0.1.0'],
])('%j is refused', async (versions, message) => {
  await expect(upgradeSource([], versions)).rejects.toMatchObject({
    code: 'MR1841',
    message: expect.stringContaining(message) as string,
  });
});

test('codemods that undo each other are found out', async () => {
  const endless = [word('0.2.0', '/*one*/', '/*two*/'), word('0.2.0', '/*two*/', '/*one*/')];
  await expect(upgrade(['a.dsl.ts'], endless, files({ 'a.dsl.ts': marked }))).rejects.toMatchObject({ code: 'MR1842' });
});

test('of two rewrites that meet one is made, whole, and the other comes again', async () => {
  const greedy: Codemod = {
    ...word('0.2.0', 'one', 'uno'),
    apply: ({ module: { text } }) =>
      text.startsWith('/*one*/')
        ? [
            [
              { start: 2, end: 5, text: 'ONE' },
              { start: 5, end: 5, text: '!' },
            ],
          ]
        : [],
  };
  const { files: changed } = await upgrade(
    ['a.dsl.ts'],
    [greedy, word('0.2.0', 'one', 'uno')],
    files({ 'a.dsl.ts': marked }),
  );
  expect(changed[0]?.text.slice(0, 8)).toBe('/*ONE!*/');
});

test('docs/cli.md lists every codemod', () => {
  const page = readFileSync(fileURLToPath(new URL('../../../docs/cli.md', import.meta.url)), 'utf8');
  for (const { version, name, description } of codemods)
    expect(page).toContain(`| ${version} | \`${name}\` | ${description} |`);
});
