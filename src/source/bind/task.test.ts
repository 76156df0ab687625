import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { loadSystemFromDsl } from '../index.ts';

const source = `import { resource, system, task } from 'millrace';
import { z } from 'zod';
export default system('s', { version: '1.0.0' });
const suffix = '.csv';
export const books = resource('books', { kind: 'database' });
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
});
`;

it('gives a task its policy and its evidence with living lambdas', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bind-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/millrace'));
  symlinkSync(join(root, 'node_modules/zod'), join(folder, 'node_modules/zod'));
  writeFileSync(join(folder, 's.dsl.ts'), source);
  const { tasks } = await loadSystemFromDsl(join(folder, 's.dsl.ts'), { live: true });
  const { policy, evidence } = tasks['report'] ?? {};
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
