import { expect, test } from 'vitest';
import { stackTrace } from '../dsl.ts';
import { answering, answeringUntil, answers, filesOf, shop, untold, type Told } from './project.ts';

// What counts is what is said of the first answer: only the one that is judged at once is given until nobody is asked any
// more. Prose is asked for twice, as it has no shape.
test.each([
  ['wrongType', 'types', 1],
  ['failing', 'cases', 1],
  ['forbidden', 'policy', 6],
  ['weak', 'mutation', 1],
  ['prose', 'answer', 2],
] as const)(
  'writes nothing of an answer that is %s: it ends at %s',
  async (name, stage, times) => {
    await using server = await answeringUntil(times, answers[name]);
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
    expect(server.paid()).toBe(times);
    expect(tasks[0]?.error?.code).toMatch(/^MR\d{4}$/);
    expect(done.stderr).toContain(`✗ ${task}: `);
    expect(done.stderr).not.toMatch(stackTrace);
    expect(filesOf(it)).toEqual(before);
  },
  300_000,
);

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
}, 300_000);
