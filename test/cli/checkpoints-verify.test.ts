import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { project } from './dsl.ts';

const files = {
  'dsl.config.ts': `export default { db: 'run.db', resources: { books: { file: 'books.db' } } };\n`,
  'report.dsl.ts': `import { event, flow, resource, system, task } from 'millrace';
import { z } from 'zod';

export default system('report', { version: '1.0.0' });

const folder = 'out';
export const books = resource('books', { kind: 'database' });
export const exportReport = task('exportReport', {
  input: z.object({ month: z.string() }),
  output: z.object({ file: z.string(), code: z.int() }),
  timeout: '10s',
  totalTimeout: '1m',
  heartbeat: '5s',
  evidence: [
    { fileExists: { path: ({ output }) => output.file, type: 'file' } },
    { fileExists: { path: () => folder, type: 'directory' } },
    { name: 'the exporter was content', exitCode: { actual: ({ output }) => output.code } },
    { row: { resource: books, table: 'exported', where: ({ input }) => ({ month: input.month }), values: { ok: true } } },
  ],
  evidenceRule: { atLeast: 4 },
});
export const monthly = flow('monthly', { input: z.object({ month: z.string() }), output: z.string() }, (f) => f
  .step('report', ({ input }) => exportReport(input))
  .returns(({ report }) => report.file));

export const released = event('released', { payload: z.object({ month: z.string() }) });
export const release = flow('release', { input: z.object({ month: z.string() }), output: z.string() }, (f) => f
  .step('report', ({ input }) => exportReport(input))
  .waitFor('word', released, { match: { month: ({ input }) => input.month }, timeout: '9d' })
  .returns(({ report }) => report.file));
`,
  'tasks/export-report.ts': `import { writeFileSync } from 'node:fs';
import { implement } from 'millrace/tasks';
import { exportReport } from '../generated/report/contracts.ts';

export default implement(exportReport, async ({ month }, { heartbeat, checkpoint }) => {
  heartbeat({ month });
  await checkpoint({ month });
  writeFileSync('out/report.csv', month);
  return { file: 'out/report.csv', code: 0 };
});
`,
};

test('looks at evidence again, says what fails, and changes nothing', async () => {
  using it = project(files);
  const rows = new DatabaseSync(join(it.root, 'books.db'));
  rows.exec(`CREATE TABLE exported (month TEXT, ok INTEGER); INSERT INTO exported VALUES ('may', 1)`);
  mkdirSync(join(it.root, 'out'));
  const run = await it.dsl(['run', 'report.dsl.ts', 'monthly', '--input', '{"month":"may"}', '--id', 'r1', '--json']);
  expect(JSON.parse(run.stdout)).toMatchObject({ status: 'completed', output: 'out/report.csv' });

  const verify = async (...more: string[]) => {
    const { code, stdout } = await it.dsl(['checkpoints', 'verify', 'r1', '--json', ...more]);
    return {
      code,
      ...(JSON.parse(stdout) as { ok: boolean; checkpoints: { path: string; items: { ok: boolean }[] }[] }),
    };
  };
  expect(await verify()).toMatchObject({
    code: 0,
    ok: true,
    checkpoints: [{ path: 'report', items: [{ ok: true }, { ok: true }, { ok: true }, { ok: true }] }],
  });
  const journal = async () => (await it.dsl(['runs', 'show', 'r1', '--json'])).stdout;
  const before = await journal();
  rmSync(join(it.root, 'out/report.csv'));
  rows.exec('UPDATE exported SET ok = 0');
  rows.close();
  expect(await verify()).toMatchObject({
    code: 1,
    ok: false,
    checkpoints: [{ items: [{ ok: false }, { ok: true }, { ok: true }, { ok: false }] }],
  });
  const shown = await it.dsl(['checkpoints', 'verify', 'r1']);
  expect(shown).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/fails .*report .*2 of 4 hold, 4 must/) as string,
  });
  expect(await journal()).toBe(before);
  expect((await it.dsl(['checkpoints', 'list', 'r1', '--json'])).stdout).toContain('"verified"');

  writeFileSync(join(it.root, 'out/report.csv'), 'may');
  const other = new DatabaseSync(join(it.root, 'other.db'));
  other.exec(`CREATE TABLE exported (month TEXT, ok INTEGER); INSERT INTO exported VALUES ('may', 1)`);
  other.close();
  expect(await verify('--resource', 'books=other.db')).toMatchObject({ code: 0 });
  expect(await it.dsl(['checkpoints', 'verify', 'r1', '--resource', 'books'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('NAME=FILE') as string,
  });
  expect(await it.dsl(['checkpoints', 'verify', 'r1', '--resource', 'book=other.db'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/MR2003: --resource names 'book'[^]*Did you mean books/) as string,
  });
  expect(await it.dsl(['checkpoints', 'verify', 'nobody'])).toMatchObject({
    stderr: expect.stringContaining('MR2013') as string,
  });
});

test('a run whose evidence is gone goes back to before its step, and loses no event, over kill -9', async () => {
  using it = project(files);
  const rows = new DatabaseSync(join(it.root, 'books.db'));
  rows.exec(`CREATE TABLE exported (month TEXT, ok INTEGER); INSERT INTO exported VALUES ('may', 1)`);
  rows.close();
  mkdirSync(join(it.root, 'out'));
  const report = join(it.root, 'out/report.csv');
  const running = it.start(['run', 'report.dsl.ts', 'release', '--input', '{"month":"may"}', '--id', 'r1', '--json']);
  const status = async (): Promise<unknown> => {
    const { stdout } = await it.dsl(['runs', 'list', '--json']);
    return stdout === '' ? undefined : (JSON.parse(stdout) as { runs?: { status: string }[] }).runs?.[0]?.status;
  };
  await expect.poll(status, { timeout: 10_000 }).toBe('waiting');
  running.kill('SIGKILL');
  await running.done;
  rmSync(report);
  const sent = await it.dsl(['send', 'report.dsl.ts', 'released', '--payload', '{"month":"may"}', '--json']);
  expect(sent.code).toBe(0);
  expect(await status()).toBe('completed');
  expect(existsSync(report)).toBe(true);
  const { stdout } = await it.dsl(['runs', 'show', 'r1', '--json']);
  const { journal } = JSON.parse(stdout) as { journal: { kind: string; path: string }[] };
  expect(
    journal
      .filter(({ kind }) => kind === 'rewound' || kind === 'completed' || kind === 'received')
      .map(({ kind, path }) => `${kind} ${path}`),
  ).toEqual(['completed report', 'received word', 'rewound report', 'completed report', 'received word']);
  expect(await it.dsl(['checkpoints', 'verify', 'r1'])).toMatchObject({ code: 0 });
});
