import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../config/config.ts';
import { findSystems } from './read.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-places-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** What `dsl check` says of a source: `CODE line:column: the text there`. */
async function said(text: string): Promise<readonly string[]> {
  const entry = join(root, 'part', 'desk.dsl.ts');
  mkdirSync(join(root, 'part'));
  writeFileSync(entry, text);
  const models = Object.assign((name: string) => (name === 'big' ? ('unpriced' as const) : undefined), {
    ids: ['big'],
  });
  const { diagnostics } = await findSystems([entry], root, await readConfig(root, entry), {
    models: () => Promise.resolve(models),
  });
  const lines = text.split('\n');
  return diagnostics.map(({ code, line, column, endLine, endColumn }) =>
    line === endLine ? `${code} ${line} ${lines[line - 1]?.slice(column - 1, endColumn - 1)}` : `${code} ${line}`,
  );
}

const head = `import { agent, system, task } from 'millrace';
import { z } from 'zod';
`;

test('rules that tell of a member point to where it is written', async () => {
  const found = await said(`${head}
export default system('desk', {
  version: '1.0.0',
  budget: { run: '1.00 USD', tasks: { sort: '0.10 EUR', nobody: '0.10 USD' } },
});
export const clerk = agent('clerk', {
  model: 'big',
});
const words = 'Sort {{ txt }}';
export const sort = task('sort', {
  input: z.object({ text: z.string() }),
  output: z.object({ to: z.string() }),
  model: {
    agent: clerk,
    context: { show: ['nothing'] },
    prompt: 'Sort it: {{ text.first }}',
  },
});
export const file = task('file', {
  input: z.object({ text: z.string() }),
  output: z.object({ to: z.string() }),
  model: { agent: clerk, prompt: words },
});
`);
  expect(found.filter((one) => !one.startsWith('MR1221'))).toEqual([
    "MR1247 6 '0.10 EUR'",
    "MR1247 6 '0.10 USD'",
    "MR1249 9 'big'",
    "MR1244 17 ['nothing']",
    "MR1244 18 'Sort it: {{ text.first }}'",
    'MR1244 24 words',
  ]);
});

test('of a task whose definition is wrong, nothing is said that may be wrong for that reason', async () => {
  const task = (name: string, model: string) => `export const ${name} = task('${name}', {
  input: z.object({ text: z.string() }),
  output: z.object({ to: z.string() }),
  retry: { attempts: 3 },
  ${model}
});
`;
  const text = `${head}
export default system('desk', { version: '1.0.0' });
export const clerk = agent('clerk', { role: 'fast' });
${task('sort', "model: { agent: clerk, promt: 'Sort it.' },")}${task('keep', '')}`;
  const found = await said(text);
  const ofSort = found.filter((one) => Number(one.split(' ')[1]) < 12);
  expect(ofSort.length).toBeGreaterThan(0);
  expect(ofSort.join('\n')).not.toMatch(/MR1501|MR1212/);
  expect(found.filter((one) => /MR1501|MR1212/.test(one))).toHaveLength(2);
});
