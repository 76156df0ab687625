import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from '../../../test/support/type-check.ts';
import { readSystem } from '../read-system.ts';

const entry = `import { system, task } from 'millrace';
import { z } from 'zod';
import * as part from './part.dsl.ts';
export default system('s', { version: '1.0.0', parts: [part] }); // the first
export const first = task('first', { input: z.void(), output: z.void() });
`;
const part = `import { task } from 'millrace';
import { z } from 'zod';
export const second = task('second', { input: z.void(), output: z.void() });
`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concurrent-'));
  writeFileSync(join(folder, 'a.dsl.ts'), entry);
  writeFileSync(join(folder, 'part.dsl.ts'), part);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a piece of code in a process of its own; gives what it prints. `kill` ends it after so many milliseconds. */
async function inProcess(code: string, kill?: number): Promise<string> {
  const source = `import { editSystem } from '${root}/src/source/edit/edit-system.ts';
import { saveSystemToDsl } from '${root}/src/source/save/save-system.ts';
import { readSystem } from '${root}/src/source/read-system.ts';
const path = '${join(folder, 'a.dsl.ts')}';
${code}`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (data: Buffer) => {
    out += data.toString();
    // From the first word on it is at work.
    if (kill !== undefined && out.startsWith('ready')) setTimeout(() => child.kill('SIGKILL'), kill);
  });
  await new Promise((resolve) => child.on('close', resolve));
  return out;
}

test('processes that edit at once lose nothing', async () => {
  const add = (who: string): Promise<string> =>
    inProcess(`for (let n = 0; n < 6; n++) {
  const text = \`task('${who}\${n}', { input: z.void(), output: z.void() })\`;
  const { written, diagnostics } = await editSystem(path, [{ op: 'add', path: \`tasks.${who}\${n}\`, text, file: n % 2 ? 'part.dsl.ts' : 'a.dsl.ts' }]);
  if (written.length !== 1) console.log(JSON.stringify(diagnostics));
}`);
  expect(await Promise.all(['a', 'b', 'c'].map(add))).toEqual(['', '', '']);
  const { system, diagnostics } = await readSystem(join(folder, 'a.dsl.ts'));
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const wanted = ['a', 'b', 'c'].flatMap((who) => Array.from({ length: 6 }, (_, n) => `${who}${n}`));
  expect(Object.keys(system?.tasks ?? {}).toSorted()).toEqual([...wanted, 'first', 'second'].toSorted());
  expect(readdirSync(folder).toSorted()).toEqual(['a.dsl.ts', 'part.dsl.ts']);
}, 60_000);

test('of two that save a model made of the same file, one is told that it is too late', async () => {
  const save = (who: string): Promise<string> =>
    inProcess(`const { system: base } = await readSystem(path);
const { written, diagnostics } = await saveSystemToDsl({ ...base, tags: [...(base.tags ?? []), '${who}'] }, path, { base });
console.log(written.length, diagnostics.map(({ code }) => code).join());`);
  const said = await Promise.all(['a', 'b', 'c', 'd'].map(save));
  const { system } = await readSystem(join(folder, 'a.dsl.ts'));
  const done = said.filter((text) => text === '1 \n');
  expect(done.length).toBeGreaterThan(0);
  expect(said.filter((text) => text !== '1 \n').every((text) => text === '0 MR1772\n')).toBe(true);
  // Who was told that it was saved is in the file: who came later has begun with that.
  expect(system?.tags?.length).toBe(done.length);
}, 60_000);

test('killed at any moment, each file is whole: as it was, or as it should be', async () => {
  const texts = new Set<string>();
  for (let kill = 0; kill < 8; kill++) {
    writeFileSync(join(folder, 'a.dsl.ts'), entry);
    writeFileSync(join(folder, 'part.dsl.ts'), part);
    await inProcess(
      `for (let n = 0; ; n++) {
  await editSystem(path, [
    { op: 'set', path: 'version', value: \`1.0.\${n}\` },
    { op: 'set', path: 'tasks.second.tags', value: ['x'.repeat(10_000 * (n % 3))] },
  ]);
  if (n === ${kill % 3}) console.log('ready');
}`,
      kill * 7,
    );
    const [one, two] = [
      readFileSync(join(folder, 'a.dsl.ts'), 'utf8'),
      readFileSync(join(folder, 'part.dsl.ts'), 'utf8'),
    ];
    expect(one).toBe(entry.replace('1.0.0', /1\.0\.\d+/.exec(one)?.[0] ?? ''));
    expect(two).toMatch(/^import[^]*output: z\.void\(\)(?:, tags: \['x*'\])? \}\);\n$/);
    const { diagnostics } = await readSystem(join(folder, 'a.dsl.ts'));
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    texts.add(one);
    for (const file of readdirSync(folder)) if (file.endsWith('.tmp')) rmSync(join(folder, file));
  }
  expect(texts.size).toBeGreaterThan(1);
}, 60_000);
