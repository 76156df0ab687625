import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { project } from './dsl.ts';

const files = {
  'shop.dsl.ts': `import { flow, system, task } from 'millrace';
import { z } from 'zod';

export default system('shop', { version: '1.0.0' });

export const pack = task('pack', { input: z.object({ ms: z.number() }), output: z.number(), timeout: '60s' });

export const order = flow('order', { input: z.object({ ms: z.number() }), output: z.number() }, (f) => f
  .step('packed', ({ input }) => pack({ ms: input.ms }))
  .returns(({ packed }) => packed));
`,
  'tasks/pack.ts': `import { setTimeout as wait } from 'node:timers/promises';
import { implement } from 'millrace/tasks';
import { pack } from '../generated/shop/contracts.ts';

export default implement(pack, async ({ ms }) => {
  await wait(ms);
  return process.pid;
});
`,
};

test('several processes share the work, one takes over from another, and they end gracefully', async () => {
  using it = project(files);
  const first = it.start(['work', 'shop.dsl.ts', '--standby', '--concurrency', '1', '--json']);
  await first.says('drives the database now');
  const second = it.start(['work', 'shop.dsl.ts', '--standby', '--concurrency', '1', '--json']);
  await second.says('Works for shop, 1 at a time: pack.');
  const runs = await Promise.all(
    ['a', 'b'].map((id) => it.dsl(['run', 'shop.dsl.ts', 'order', '--input', '{"ms":1500}', '--id', id, '--json'])),
  );
  expect(new Set(runs.map(({ stdout }) => (JSON.parse(stdout) as { output: number }).output)).size).toBe(2);

  first.kill('SIGTERM');
  const { code, stdout } = await first.done;
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ claimed: 1, completed: 1, failed: 0, lost: 0, drove: true });
  await second.says('drives the database now');
  const last = await it.dsl(['run', 'shop.dsl.ts', 'order', '--input', '{"ms":1}', '--json']);
  expect(JSON.parse(last.stdout)).toMatchObject({ status: 'completed' });

  // What is under way may end; a second signal does not wait for it.
  const slow = it.start(['run', 'shop.dsl.ts', 'order', '--input', '{"ms":30000}', '--id', 'slow']);
  await second.says('▸ packed (pack) of run slow');
  second.kill('SIGINT');
  await second.says('Ends after what is under way (1)');
  second.kill('SIGINT');
  expect((await second.done).code).toBe(130);
  slow.kill('SIGKILL');
}, 60_000);

test('what makes no sense is refused with a code', async () => {
  using it = project(files);
  const codes = async (...args: readonly string[]): Promise<string | undefined> => {
    const { code, stderr } = await it.dsl(['work', 'shop.dsl.ts', ...args]);
    expect([1, 2]).toContain(code);
    expect(stderr).not.toContain('    at ');
    return /MR\d{4}/.exec(stderr)?.[0];
  };
  expect(await codes('--tasks', 'nothing')).toBe('MR3219');
  expect(await codes('--concurrency', 'many')).toBe('MR2003');
  expect(await codes('--lease', 'long')).toBe('MR3002');
  expect((await it.dsl(['work', 'shop.dsl.ts', '--lease', '1ms'])).stderr).toContain(
    "MR2003: --lease is at least 10ms, not '1ms'",
  );
  expect((await it.dsl(['work', '--help'])).stdout).toContain('$ dsl work shop.dsl.ts --standby');
  const waiting = it.start(['work', 'shop.dsl.ts']);
  await waiting.says('Nobody drives the database yet');
  waiting.kill('SIGTERM');
  expect(await waiting.done).toMatchObject({ code: 0, stdout: '0 completed, 0 failed, 0 lost\n' });
});

test('who drives the database by `work` looks for rows where dsl.config.ts says', async () => {
  using it = project({
    'dsl.config.ts': `export default { resources: { books: { file: 'books.db' } } };\n`,
    'shop.dsl.ts': `import { flow, resource, system, task } from 'millrace';
import { z } from 'zod';

export default system('shop', { version: '1.0.0' });

export const books = resource('books', { kind: 'database' });
export const book = task('book', {
  input: z.object({ id: z.string() }),
  output: z.string(),
  evidence: [{ row: { resource: books, table: 'booked', where: ({ input }) => ({ id: input.id }) } }],
});
export const order = flow('order', { input: z.object({ id: z.string() }), output: z.string() }, (f) => f
  .step('booked', ({ input }) => book({ id: input.id }))
  .returns(({ booked }) => booked));
`,
    'tasks/book.ts': `import { implement } from 'millrace/tasks';
import { book } from '../generated/shop/contracts.ts';

export default implement(book, ({ id }) => id);
`,
  });
  const books = new DatabaseSync(join(it.root, 'books.db'));
  books.exec(`CREATE TABLE booked (id TEXT); INSERT INTO booked VALUES ('a')`);
  books.close();
  const worker = it.start(['work', 'shop.dsl.ts', '--standby']);
  await worker.says('drives the database now');
  const done = await it.dsl(['run', 'shop.dsl.ts', 'order', '--input', '{"id":"a"}', '--json']);
  expect(JSON.parse(done.stdout)).toMatchObject({ status: 'completed', output: 'a' });
  worker.kill('SIGTERM');
  await worker.done;
});

test('`runtime` of dsl.config.ts sets up what drives: a run leaves its attempts to a worker', async () => {
  using it = project({
    ...files,
    'dsl.config.ts': `export default { runtime: { workers: { concurrency: 0 }, drainMs: 5000 } };\n`,
  });
  const running = it.start(['run', 'shop.dsl.ts', 'order', '--input', '{"ms":1}', '--json']);
  await running.says('▸ packed (pack)');
  const worker = it.start(['work', 'shop.dsl.ts', '--json']);
  expect(JSON.parse((await running.done).stdout)).toMatchObject({ status: 'completed' });
  worker.kill('SIGTERM');
  expect(JSON.parse((await worker.done).stdout)).toMatchObject({ claimed: 1, completed: 1, drove: false });
});
