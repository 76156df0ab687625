import { expect, test } from 'vitest';
import { startWireServer } from '../../../src/testing/wire-server/index.ts';
import { answering, answers, filesOf, shop } from './project.ts';

/** More on demand: KILLS=100 npx vitest run test/cli/gen-task/kill.test.ts */
const kills = Number(process.env['KILLS'] ?? 2);
const moments = [
  'writes it',
  'tries whether its cases',
  'writes it',
  'tries it in the sandbox',
  'writes it',
  'asks the model',
];
const args = ['gen-task', 'shop.dsl.ts', 'priceBasket', '--yes'];

test('killed at any moment, each file is as before or complete, and the next command finishes it', async () => {
  await using server = await answering(answers.price);
  using clean = shop();
  expect((await clean.dsl(args, server)).code).toBe(0);
  const whole = filesOf(clean);
  const done = Object.keys(whole).filter((name) => name.startsWith('tasks/'));
  expect(done).toHaveLength(3);

  for (let n = 0; n < kills; n++) {
    using it = shop();
    const before = filesOf(it);
    const running = it.start(args, server);
    const moment = moments[n % moments.length] ?? '';
    await running.says(moment);
    await new Promise((resolve) => setTimeout(resolve, (n * 7) % 23));
    running.kill('SIGKILL');
    await running.done;
    for (const [name, text] of Object.entries(filesOf(it))) {
      if (name in before) expect([moment, name, text]).toEqual([moment, name, before[name]]);
      // On its way, under a name that nothing reads: gone after the next command.
      else if (name.endsWith('.tmp')) continue;
      // What is known of the file has the time in it.
      else if (name.endsWith('.json')) expect(JSON.parse(text)).toMatchObject({ task: 'priceBasket' });
      else expect([moment, name, text]).toEqual([moment, name, whole[name]]);
    }
    expect(await it.dsl(args, server)).toMatchObject({ code: 0 });
    const after = filesOf(it);
    expect(Object.keys(after)).toEqual(Object.keys(whole));
    for (const name of done.filter((one) => !one.endsWith('.json'))) expect(after[name]).toBe(whole[name]);
  }
}, 300_000);

test('Ctrl-C while a model answers: nothing is written, and the exit code says so', async () => {
  await using server = await startWireServer({ answer: answers.price, pieceMs: 60_000 });
  using it = shop();
  const before = filesOf(it);
  const env = { ANTHROPIC_BASE_URL: server.baseURL('messages') };
  const running = it.start([...args, '--json'], { env });
  await running.says('asks the model');
  while (server.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  running.kill('SIGINT');
  const done = await running.done;
  expect(done.code).toBe(130);
  expect(JSON.parse(done.stdout)).toMatchObject({ ok: false, tasks: [{ task: 'priceBasket', ok: false }] });
  expect(filesOf(it)).toEqual(before);
});
