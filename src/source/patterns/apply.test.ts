import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { validateSystem } from '../../rules/index.ts';
import { readSystem } from '../read-system.ts';
import { editSystem } from '../edit/edit-system.ts';
import { patterns } from './index.ts';

const examples = fileURLToPath(new URL('../../../dsl-examples/', import.meta.url));
let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'millrace-patterns-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const each = {
  'map-reduce': patterns.mapReduce({ name: 'countWords', map: 'countPage', reduce: 'addUp' }),
  pipeline: patterns.pipeline({ name: 'importRows', stages: ['read', 'clean', { id: 'store', run: 'storeRows' }] }),
  approval: patterns.approval({
    name: 'payExpense',
    event: 'expenseDecided',
    ask: 'askBoss',
    perform: 'payOut',
    refuse: 'sayNo',
    input: { 'expense-id': 'integer', who: 'string' },
  }),
  saga: patterns.saga({ name: 'bookTrip', steps: ['flight', { id: 'car', do: 'rentCar', undo: 'returnCar' }] }),
  'retry-until': patterns.retryUntil({ name: 'makeReport', start: 'startReport', check: 'checkReport', every: '1m' }),
};
const all = Object.values(each).flat();

async function sound(path: string): Promise<readonly string[]> {
  const { system, diagnostics } = await readSystem(path);
  if (system === undefined) return ['no system'];
  return [...diagnostics, ...validateSystem(system).issues].map(({ code, message }) => `${code} ${message}`);
}

test.each(Object.entries(each))('%s goes into a system that stands, and changes nothing else', async (_name, edits) => {
  cpSync(`${examples}orders`, folder, { recursive: true });
  const path = join(folder, 'orders.dsl.ts');
  const before = readFileSync(path, 'utf8');
  const was = (await readSystem(path)).system;
  const known = await sound(path);
  const { diagnostics, system, written } = await editSystem(path, edits);
  expect(diagnostics).toEqual([]);
  expect(written).toEqual([path]);
  // Only lines were added.
  const lines = readFileSync(path, 'utf8').split('\n');
  let at = 0;
  for (const line of before.split('\n')) at = lines.indexOf(line, at) + 1 || Number.NaN;
  expect(at).not.toBeNaN();
  expect(await sound(path)).toEqual(known);
  const after = (await readSystem(path)).system;
  expect(Object.keys(after?.tasks ?? {}).slice(0, Object.keys(was?.tasks ?? {}).length)).toEqual(
    Object.keys(was?.tasks ?? {}),
  );
  expect(after?.flows['fulfilOrder']).toEqual(expect.objectContaining({ name: 'fulfilOrder' }));
  expect(Object.keys(after?.flows ?? {})).toEqual(Object.keys(system?.flows ?? {}));
  // A second time it is refused: nothing that stands is overwritten.
  const again = await editSystem(path, edits);
  expect(again.diagnostics.map(({ code }) => code)).toContain('MR1782');
  expect(again.written).toEqual([]);
});

const ping = "export const ping = task('ping', { input: z.void(), output: z.void() });\n";
test.each([
  ["import { system } from 'millrace';\n", ''],
  ["import { system } from 'millrace';\nimport { z } from 'zod';\n", ''],
  ["import { system } from 'millrace';\nimport * as z from 'zod';\n", ''],
  ["import { system, task } from 'millrace';\nimport * as z from 'zod';\n", ping],
])('all patterns go into a small system that begins with %j', async (imports, more) => {
  const path = join(folder, 'a.dsl.ts');
  writeFileSync(path, `${imports}\nexport default system('s', { version: '1.0.0' });\n\n${more}`);
  const { diagnostics } = await editSystem(path, all);
  expect(diagnostics).toEqual([]);
  const unused = more === '' ? [] : [expect.stringContaining("task 'ping'") as string];
  expect((await sound(path)).map((line) => line.toLowerCase())).toEqual(unused);
});

test('a pattern goes into a part', async () => {
  const entry = `import { system } from 'millrace';
import * as more from './more.dsl.ts';

export default system('s', { version: '1.0.0', parts: [more] });
`;
  const part = `import { task } from 'millrace';
import { z } from 'zod';

export const ping = task('ping', { input: z.void(), output: z.void() });
`;
  writeFileSync(join(folder, 'a.dsl.ts'), entry);
  writeFileSync(join(folder, 'more.dsl.ts'), part);
  const edits = patterns.saga({ name: 'bookTrip', steps: ['flight'] }, { file: 'more.dsl.ts' });
  expect((await editSystem(join(folder, 'a.dsl.ts'), edits)).diagnostics).toEqual([]);
  expect(readFileSync(join(folder, 'a.dsl.ts'), 'utf8')).toBe(entry);
  expect(readFileSync(join(folder, 'more.dsl.ts'), 'utf8')).toMatch(/ping[^]*doFlight[^]*undoFlight[^]*bookTrip/);
});
