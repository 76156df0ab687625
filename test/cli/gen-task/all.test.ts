import { expect, test } from 'vitest';
import { atTerminal, ctrlC, ctrlD, hasTerminal } from '../dsl.ts';
import { answering, filesOf, shop, type Told } from './project.ts';

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
}, 300_000);

test('without a key there is a beginning, and a line that says what to do', async () => {
  using it = shop({ 'tasks/find-city.ts': '// mine\n' });
  const done = await it.dsl(['gen-task', 'shop.dsl.ts', 'priceBasket', 'findCity', '--json']);
  expect(done.code).toBe(0);
  expect(JSON.parse(done.stdout)).toMatchObject({
    ok: true,
    calls: 0,
    hint: expect.stringMatching(/No model can be asked, so this is only a beginning: .*ANTHROPIC_API_KEY/) as string,
    tasks: [
      { task: 'priceBasket', ok: true, origin: 'scaffold' },
      { task: 'findCity', ok: true, kept: true },
    ],
  });
  const files = filesOf(it);
  expect(files['tasks/price-basket.ts']).toContain('NotImplementedError');
  expect(files['tasks/price-basket.test.ts']).toContain('todo');
  expect(files['tasks/find-city.ts']).toBe('// mine\n');
  // Nothing of code that stays was begun.
  const kept = await it.dsl(['gen-task', 'shop.dsl.ts', 'findCity']);
  expect(kept.stderr).toMatch(/findCity has code[^]*No model can be asked: set ANTHROPIC_API_KEY/);
  expect(kept.stderr).not.toContain('beginning');
  const check = await it.dsl(['gen-task', 'shop.dsl.ts', 'priceBasket', '--check', '--json']);
  expect(JSON.parse(check.stdout)).toMatchObject({ ok: true, tasks: [{ state: 'stub', origin: 'scaffold' }] });
  // With a key it is replaced: nobody has changed it.
  await using server = await answering(undefined);
  const replaced = await it.dsl(['gen-task', 'shop.dsl.ts', '--all'], server);
  expect([replaced.code, replaced.stdout]).toEqual([0, '~ tasks/price-basket.ts\n~ tasks/price-basket.test.ts\n']);
  expect(filesOf(it)['tasks/price-basket.ts']).not.toContain('NotImplementedError');

  using other = shop();
  const before = filesOf(other);
  const required = await other.dsl(['gen-task', 'shop.dsl.ts', '--all', '--require-llm']);
  expect(required).toMatchObject({ code: 1, stdout: '' });
  expect(required.stderr).toMatch(/^error MR2052: .*no provider can be asked/);
  expect(filesOf(other)).toEqual(before);
}, 300_000);

test.skipIf(!hasTerminal)(
  'at a terminal the person is asked first: no and Ctrl-C have their exit codes',
  async () => {
    await using server = await answering(undefined);
    using it = shop();
    const before = filesOf(it);
    const ask = (key: string) =>
      atTerminal(['gen-task', 'shop.dsl.ts', 'priceBasket'], [key], { cwd: it.root, env: server.env });
    for (const [key, code] of [
      ['n\n', 1],
      [ctrlD, 1],
      [ctrlC, 130],
    ] as const) {
      const done = await ask(key);
      expect(done).toMatchObject({ code, stdout: expect.stringContaining('Nothing was asked, and nothing') as string });
    }
    expect(server.calls).toEqual([]);
    expect(filesOf(it)).toEqual(before);
  },
  300_000,
);

test('a budget that pays only for a lower role is said, with who wrote the code', async () => {
  await using server = await answering(undefined);
  using it = shop();
  const ask = ['gen-task', 'shop.dsl.ts', 'priceBasket'];
  const dry = await it.dsl([...ask, '--dry-run'], server);
  const most = Number(/at most (0\.\d+) USD a call/.exec(dry.stderr)?.[1]);
  const done = await it.dsl([...ask, '--max-cost', `${(most * 0.8).toFixed(6)}`], server);
  expect(done.code).toBe(0);
  expect(done.stderr).toMatch(/▸ priceBasket: claude-haiku-\S+ \(fast\) is asked instead of .*balanced.*: /);
  expect(done.stderr).toMatch(/✓ priceBasket: generated in .* by anthropic\/claude-haiku-/);
}, 300_000);
