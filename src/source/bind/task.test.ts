import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { compileSystem } from '../../compiler/index.ts';
import { loadSystemFromDsl } from '../index.ts';

const source = `import { resource, system, task } from 'millrace';
import { z } from 'zod';
export default system('s', { version: '1.0.0' });
const suffix = '.csv';
export const books = resource('books', { kind: 'database', env: ['DB'], options: { file: 'a.db', tries: 2 } });
export const report = task('report', {
  input: z.object({ month: z.string() }),
  output: z.object({ file: z.string() }),
  totalTimeout: '1m',
  heartbeat: '5s',
  cache: { ttl: '1h' },
  evidence: [
    { fileExists: { path: ({ output }) => output.file + suffix, type: 'file' } },
    { name: 'booked', row: { resource: books, table: 'exported', where: ({ input }) => ({ month: input.month }) } },
  ],
  evidenceRule: { atLeast: 2 },
  needs: { net: ['a.test'], fs: ['out/**'], resources: [books] },
});
`;

const declared = {
  net: ['a.test'],
  fs: ['out/**'],
  resources: [{ name: 'books', type: 'database', env: ['DB'], options: { file: 'a.db', tries: 2 } }],
};

it('gives a task its policy and its evidence with living lambdas', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bind-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/millrace'));
  symlinkSync(join(root, 'node_modules/zod'), join(folder, 'node_modules/zod'));
  writeFileSync(join(folder, 's.dsl.ts'), source);
  const { tasks } = await loadSystemFromDsl(join(folder, 's.dsl.ts'), { live: true });
  const { policy, evidence, needs } = tasks['report'] ?? {};
  expect(needs).toEqual(declared);
  const model = await loadSystemFromDsl(join(folder, 's.dsl.ts'));
  const places = { outDir: join(folder, 'g'), sourcePath: join(folder, 's.dsl.ts'), tasksDir: join(folder, 'tasks') };
  const { files } = compileSystem(model, { ...places, toolVersion: '0' });
  const printed = files.find(({ path }) => path.endsWith('contracts.ts'))?.text ?? '';
  const [, text] = /needs: (\{[^;]*?\}),\n  source/.exec(printed) ?? [];
  expect(new Function(`return (${text})`)()).toEqual(declared);
  expect(policy).toEqual({ totalTimeout: '1m', heartbeat: '5s', cache: { ttl: '1h' } });
  expect(evidence).toMatchObject({
    atLeast: 2,
    claims: [
      { kind: 'fileExists', options: { type: 'file' } },
      { kind: 'row', name: 'booked', options: { resource: 'books', table: 'exported' } },
    ],
  });
  const scope = { input: { month: 'may' }, output: { file: 'a' } } as never;
  const [file, row] = evidence?.claims ?? [];
  expect(file?.kind === 'fileExists' && typeof file.options.path === 'function' && file.options.path(scope)).toBe(
    'a.csv',
  );
  expect(row?.kind === 'row' && typeof row.options.where === 'function' && row.options.where(scope)).toEqual({
    month: 'may',
  });
});
