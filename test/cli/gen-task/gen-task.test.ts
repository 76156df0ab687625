import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stackTrace } from '../dsl.ts';
import { answering, answers, filesOf, shop, untold } from './project.ts';

interface Told {
  readonly ok: boolean;
  readonly calls: number;
  readonly cost?: { readonly micros: number };
  readonly hint?: string;
  readonly tasks: readonly {
    readonly task: string;
    readonly ok: boolean;
    readonly origin?: string;
    readonly attempts?: number;
    readonly calls?: number;
    readonly files?: readonly { readonly path: string; readonly action: string; readonly diff?: string }[];
    readonly error?: { readonly code: string };
    readonly report?: { readonly attempts: readonly { readonly failedAt?: string }[] };
  }[];
}

test('writes what holds, with its tests, and a second run asks nobody', async () => {
  await using server = await answering(undefined);
  using it = shop();
  const { env } = server;
  const done = await it.dsl(['gen-task', 'shop.dsl.ts', 'priceBasket', '--json'], { env });
  expect(done.stderr).not.toMatch(stackTrace);
  // What it may touch is said before anything is asked, and progress goes to stderr.
  expect(done.stderr).toMatch(/priceBasket may touch nothing outside\.[^]*priceBasket: asks the model/);
  const told = JSON.parse(done.stdout) as Told;
  expect(done.code).toBe(0);
  expect(told).toMatchObject({
    ok: true,
    calls: 1,
    tasks: [{ task: 'priceBasket', ok: true, origin: 'generated', attempts: 1 }],
  });
  expect(told.cost?.micros).toBeGreaterThan(0);
  const files = filesOf(it);
  expect(files['tasks/price-basket.ts']).toBe((JSON.parse(answers.price) as { code: string }).code);
  expect(files['tasks/price-basket.test.ts']).toContain('ten pieces');

  const again = await it.dsl(['gen-task', 'shop.dsl.ts', 'priceBasket'], { env });
  expect(again.code).toBe(0);
  expect(again.stderr).toContain('nobody was asked');
  expect(filesOf(it)).toEqual(files);
  expect(server.paid()).toBe(1);
  const check = await it.dsl(['gen-task', 'shop.dsl.ts', '--check', '--json'], { env });
  expect(JSON.parse(check.stdout)).toMatchObject({
    ok: true,
    tasks: [
      { task: 'priceBasket', state: 'current', origin: 'generated', feedback: 'accepted' },
      { task: 'findCity', state: 'missing' },
    ],
  });
});

test('mends what did not hold, and says what it cost', async () => {
  await using server = await answering(answers.wrongType, answers.failing, answers.price);
  using it = shop();
  const done = await it.dsl(['gen-task', 'shop.dsl.ts', 'priceBasket'], server);
  expect(done.code).toBe(0);
  expect(done.stderr).toMatch(/✓ priceBasket: generated in .*; answer 3 held, 3 calls, 0\.\d+ USD/);
  expect(done.stdout).toContain('+ tasks/price-basket.ts');
  expect(server.paid()).toBe(3);
});

test.each([
  ['wrongType', 'types'],
  ['failing', 'cases'],
  ['forbidden', 'policy'],
  ['weak', 'mutation'],
  ['prose', 'answer'],
] as const)('writes nothing of an answer that is %s: it ends at %s', async (name, stage) => {
  await using server = await answering(answers[name]);
  const task = 'priceBasket';
  using it = shop(name === 'weak' ? { 'shop.dsl.ts': untold } : {});
  const before = filesOf(it);
  const done = await it.dsl(['gen-task', 'shop.dsl.ts', task, '--json'], server);
  expect(done.code).toBe(1);
  const { ok, tasks } = JSON.parse(done.stdout) as Told;
  expect(ok).toBe(false);
  expect(tasks).toMatchObject([{ task, ok: false, files: [] }]);
  const reached = tasks[0]?.report?.attempts.map(({ failedAt }) => failedAt) ?? [];
  expect(reached[0]).toBe(stage);
  expect(tasks[0]?.error?.code).toMatch(/^MR\d{4}$/);
  expect(done.stderr).toContain(`✗ ${task}: `);
  expect(done.stderr).not.toMatch(stackTrace);
  expect(filesOf(it)).toEqual(before);
});

test('--all does what has no code yet, several at a time, with one budget', async () => {
  await using server = await answering(undefined);
  using it = shop({ 'tasks/find-city.ts': `export default null;\n` });
  const all = ['gen-task', 'shop.dsl.ts', '--all', '--json', '--yes'];
  const done = await it.dsl(all, server);
  expect(JSON.parse(done.stdout)).toMatchObject({ ok: true, tasks: [{ task: 'priceBasket' }], calls: 1 });
  const none = await it.dsl(all, server);
  expect(JSON.parse(none.stdout)).toEqual({ ok: true, tasks: [], calls: 0 });
  expect(server.paid()).toBe(1);

  using other = shop();
  const both = await other.dsl(['gen-task', 'shop.dsl.ts', '--all'], server);
  expect(both.code).toBe(0);
  expect(both.stderr).toContain('findCity may touch the host customers.example.');
  expect(both.stderr).toMatch(/2 of 2 tasks; 2 calls, 0\.\d+ USD\./);
  expect(Object.keys(filesOf(other))).toEqual(
    expect.arrayContaining(['tasks/find-city.ts', 'tasks/find-city.test.ts', 'tasks/price-basket.ts']),
  );

  // What one answer may cost is more than there is: nobody is asked.
  const paid = server.paid();
  using poor = shop();
  const before = filesOf(poor);
  const refused = await poor.dsl(['gen-task', 'shop.dsl.ts', '--all', '--max-cost', '0.000001', '--json'], server);
  expect(refused.code).toBe(1);
  const { tasks } = JSON.parse(refused.stdout) as Told;
  for (const { ok, error } of tasks) expect([ok, error?.code]).toEqual([false, expect.stringMatching(/^MR40[78]\d$/)]);
  expect(tasks).toHaveLength(2);
  expect(server.paid()).toBe(paid);
  expect(filesOf(poor)).toEqual(before);
});

test('a file that somebody has changed is not overwritten', async () => {
  await using server = await answering(undefined);
  using it = shop({ 'tasks/price-basket.ts': '// mine\n' });
  const done = await it.dsl(['gen-task', 'shop.dsl.ts', 'priceBasket'], server);
  expect(done.code).toBe(0);
  const files = filesOf(it);
  expect(files['tasks/price-basket.ts']).toBe('// mine\n');
  expect(files['tasks/price-basket.ts.new']).toContain('EMPTY_BASKET');
  expect(done.stdout).toMatch(/\? tasks\/price-basket\.ts was changed by somebody[^]*-\/\/ mine/);
});

test('without a key there is a beginning, and a line that says what to do', async () => {
  using it = shop({ 'tasks/find-city.ts': '// mine\n' });
  const done = await it.dsl(['gen-task', 'shop.dsl.ts', 'priceBasket', 'findCity', '--json']);
  expect(done.code).toBe(0);
  expect(JSON.parse(done.stdout)).toMatchObject({
    ok: true,
    calls: 0,
    hint: expect.stringMatching(/No model can be asked.*ANTHROPIC_API_KEY/) as string,
    tasks: [
      { task: 'priceBasket', ok: true, origin: 'scaffold' },
      { task: 'findCity', ok: true, kept: true },
    ],
  });
  const files = filesOf(it);
  expect(files['tasks/price-basket.ts']).toContain('NotImplementedError');
  expect(files['tasks/price-basket.test.ts']).toContain('todo');
  expect(files['tasks/find-city.ts']).toBe('// mine\n');
  const check = await it.dsl(['gen-task', 'shop.dsl.ts', 'priceBasket', '--check', '--json']);
  expect(JSON.parse(check.stdout)).toMatchObject({ ok: true, tasks: [{ state: 'stub', origin: 'scaffold' }] });
  // With a key it is replaced: nobody has changed it.
  await using server = await answering(undefined);
  expect((await it.dsl(['gen-task', 'shop.dsl.ts', '--all'], server)).code).toBe(0);
  expect(filesOf(it)['tasks/price-basket.ts']).not.toContain('NotImplementedError');

  using other = shop();
  const before = filesOf(other);
  const required = await other.dsl(['gen-task', 'shop.dsl.ts', '--all', '--require-llm']);
  expect(required).toMatchObject({ code: 1, stdout: '' });
  expect(required.stderr).toMatch(/^error MR2052: .*no provider can be asked/);
  expect(filesOf(other)).toEqual(before);
});

test('--dry-run shows what would be asked, and what it would cost at most', async () => {
  await using server = await answering(undefined);
  using it = shop();
  const before = filesOf(it);
  const done = await it.dsl(['gen-task', 'shop.dsl.ts', '--all', '--dry-run'], server);
  expect(done.code).toBe(0);
  expect(done.stdout).toContain("Write the task 'priceBasket' of the system 'shop'");
  expect(done.stderr).toMatch(/priceBasket: about \d+ tokens to read; it may touch nothing outside/);
  expect(done.stderr).toMatch(/claude-.*: at most 0\.\d+ USD a call/);
  const json = await it.dsl(['gen-task', 'shop.dsl.ts', 'findCity', '--dry-run', '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({
    ok: true,
    tasks: [{ task: 'findCity', cached: false, needs: { net: ['customers.example'] } }],
  });
  expect(server.calls).toEqual([]);
  expect(filesOf(it)).toEqual(before);
});

test('--check tells what no longer fits its contract', async () => {
  await using server = await answering(undefined);
  using it = shop();
  await it.dsl(['gen-task', 'shop.dsl.ts', 'priceBasket'], server);
  const source = filesOf(it)['shop.dsl.ts'] ?? '';
  writeFileSync(
    join(it.root, 'shop.dsl.ts'),
    source.replace('{ total: z.int() }', '{ sum: z.int() }').replaceAll('{ total:', '{ sum:'),
  );
  const done = await it.dsl(['gen-task', 'shop.dsl.ts', '--check']);
  expect(done.code).toBe(1);
  expect(done.stdout).toMatch(/✗ +priceBasket +does not fit its contract/);
  expect(done.stderr).toMatch(/price-basket\.ts/);
});

test.each([
  [['shop.dsl.ts'], 2, /error MR2003: .*which tasks/],
  [['shop.dsl.ts', 'priceBaskt'], 2, /error MR2017: .*no task 'priceBaskt'[^]*Did you mean 'priceBasket'/],
  [['shop.dsl.ts', 'priceBasket', '--all'], 2, /error MR2003: .*--all/],
  [['shop.dsl.ts', 'priceBasket', '--max-cost', 'much'], 2, /error MR2003: .*amount/],
  [['shop.dsl.ts', 'priceBasket', '--max-cost', '-1'], 2, /error MR2003/],
  [['shop.dsl.ts', 'priceBasket', '--provider', 'antropic'], 2, /error MR2054: .*no provider 'antropic'/],
  [['shop.dsl.ts', 'priceBasket', '--concurrency', '0'], 2, /error MR2003/],
  [['none.dsl.ts', '--all'], 1, /none\.dsl\.ts/],
  [['shop.dsl.ts', 'priceBasket', '--check', '--dry-run'], 2, /error MR2003/],
])('refuses %j', async (args, code, words) => {
  using it = shop();
  const before = filesOf(it);
  const done = await it.dsl(['gen-task', ...args]);
  expect(done.stderr).toMatch(words);
  expect(done).toMatchObject({ code, stdout: '' });
  expect(done.stderr).not.toMatch(stackTrace);
  expect(filesOf(it)).toEqual(before);
});

test('bad surroundings are said before anybody is asked', async () => {
  await using server = await answering(undefined);
  const ask = ['gen-task', 'shop.dsl.ts', 'priceBasket'];
  using without = shop({ 'tsconfig.json': '' });
  const none = await without.dsl(ask, server);
  expect(none.code).toBe(1);
  expect(none.stderr).toMatch(/\(MR50\d\d\)/);
  using broken = shop({ 'shop.dsl.ts': 'export default 1 +;\n' });
  expect((await broken.dsl(ask, server)).code).toBe(1);
  expect(server.calls).toEqual([]);
  await server.close();
  using down = shop();
  const gone = await down.dsl([...ask, '--json'], server);
  expect(gone.code).toBe(1);
  expect(JSON.parse(gone.stdout)).toMatchObject({ ok: false, tasks: [{ ok: false, error: { code: /^MR40/ } }] });
});
