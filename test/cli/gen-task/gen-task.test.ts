import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stackTrace } from '../dsl.ts';
import { answering, answers, filesOf, shop, type Told } from './project.ts';

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
}, 300_000);

test('mends what did not hold, and says what it cost', async () => {
  await using server = await answering(answers.wrongType, answers.failing, answers.price);
  using it = shop();
  const done = await it.dsl(['gen-task', 'shop.dsl.ts', 'priceBasket'], server);
  expect(done.code).toBe(0);
  expect(done.stderr).toMatch(
    /✓ priceBasket: generated in .* by anthropic\/claude-\S+; answer 3 held, 3 calls, 0\.\d+ USD/,
  );
  expect(done.stderr).toMatch(/priceBasket: answer 1 does not hold at 'types': TS\d+: .*\n/);
  expect(done.stderr).toMatch(/priceBasket: answer 2 does not hold at 'cases': The declared case/);
  expect(done.stdout).toContain('+ tasks/price-basket.ts');
  expect(server.paid()).toBe(3);
}, 300_000);

test('a file that somebody has changed is not overwritten', async () => {
  await using server = await answering(undefined);
  using it = shop({ 'tasks/price-basket.ts': '// mine\n' });
  const done = await it.dsl(['gen-task', 'shop.dsl.ts', 'priceBasket'], server);
  expect(done.code).toBe(0);
  const files = filesOf(it);
  expect(files['tasks/price-basket.ts']).toBe('// mine\n');
  expect(files['tasks/price-basket.ts.new']).toContain('EMPTY_BASKET');
  expect(done.stdout).toMatch(/\? tasks\/price-basket\.ts was changed by somebody[^]*-\/\/ mine/);
  expect(done.stderr).toMatch(
    /the code in use is what it was\. Take tasks\/price-basket\.ts\.new over, or delete it\./,
  );
}, 300_000);

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
}, 300_000);

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
}, 300_000);

test('--accept says of code that was mended by hand that it is right, and of none that is not', async () => {
  await using server = await answering(undefined);
  using it = shop();
  await it.dsl(['gen-task', 'shop.dsl.ts', 'priceBasket'], server);
  const tests = filesOf(it)['tasks/price-basket.test.ts'];
  const source = filesOf(it)['shop.dsl.ts'] ?? '';
  const code = filesOf(it)['tasks/price-basket.ts'] ?? '';
  const write = (name: string, text: string) => writeFileSync(join(it.root, name), text);
  write('shop.dsl.ts', source.replace('ten per cent off', 'five per cent off').replace('total: 891', 'total: 940'));
  write('tasks/price-basket.ts', `${code}// mine\n`);
  const check = ['gen-task', 'shop.dsl.ts', 'priceBasket', '--check'];
  const stale = await it.dsl(check);
  expect([stale.code, stale.stderr]).toEqual([
    1,
    expect.stringContaining('`dsl gen-task shop.dsl.ts priceBasket --accept` tries it and says so'),
  ]);
  const accept = ['gen-task', 'shop.dsl.ts', 'priceBasket', '--accept'];
  const wrong = await it.dsl(accept);
  expect([wrong.code, wrong.stderr]).toEqual([
    1,
    expect.stringContaining("The declared case 'ten pieces' does not hold"),
  ]);
  expect((await it.dsl(check)).code).toBe(1);
  write('tasks/price-basket.ts', `${code.replace('net * 9 / 10', 'net * 95 / 100')}// mine\n`);
  const right = await it.dsl(accept);
  expect([right.code, right.stdout]).toEqual([0, expect.stringContaining('✓ priceBasket: accepted as it stands')]);
  expect(right.stderr).not.toContain('asks the model');
  const after = await it.dsl(check);
  expect([after.code, after.stdout]).toEqual([0, expect.stringMatching(/fits its contract +generated, edited/)]);
  expect(filesOf(it)['tasks/price-basket.test.ts']).toBe(tests);
  expect((await it.dsl([...accept, '--check'])).code).toBe(2);
  expect(server.paid()).toBe(1);
}, 300_000);
