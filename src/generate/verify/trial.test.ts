import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { SystemModel, TaskNode } from '../../model/index.ts';
import { idempotencyKey } from '../../tasks/policy.ts';
import { triedRun } from '../../tasks/tried.ts';
import type { Subject, TaskCase } from '../contract.ts';
import { createVerifier } from './verifier.ts';

const root = fileURLToPath(new URL('../sandbox/fixtures/project', import.meta.url));
const subject: Subject = {
  system: { name: 'sums' } as unknown as SystemModel,
  task: { name: 'add' } as unknown as TaskNode,
  root,
  file: join(root, 'tasks/add.ts'),
  testFile: join(root, 'tasks/add.test.ts'),
  contracts: join(root, 'contracts.ts'),
  contract: 'add',
  imports: [],
};
const usualTime = 1_767_225_600_000;

async function judged(body: string, note?: string, fakes?: TaskCase['fakes']): Promise<readonly string[]> {
  const code = `import { implement } from 'millrace/tasks';\nimport { add } from '../contracts.ts';\nexport default implement(add, ({ a, b }, ctx) => {\n${body}\n});\n`;
  const of = (a: number, b: number): TaskCase => ({
    name: `${a} and ${b}`,
    origin: 'generated',
    input: { a, b },
    ...(fakes === undefined ? {} : { fakes }),
    expect: { output: { sum: a + b, ...(note === undefined ? {} : { note }) } },
  });
  const reports = await createVerifier().run(code, [of(1, 2), of(4, 5)], subject);
  return reports.flatMap(({ gate, problems }) => problems.map(({ code: mr }) => `${gate} ${mr}`));
}

it.concurrent.each([
  ['its run', `if (ctx.runId !== '${triedRun}') return { sum: 0 };`],
  ['its time', `if (ctx.now() !== ${usualTime}) return { sum: 0 };`],
  ['its ids', "if (!ctx.newId().startsWith('00000000')) return { sum: 0 };"],
  ['its key', `if (ctx.idempotencyKey !== '${idempotencyKey(triedRun, 'add')}') return { sum: 0 };`],
  ['its attempt', 'if (ctx.attempt > 1) return { sum: 0 };'],
])('code does not know a trial by %s', async (_by, body) => {
  expect(await judged(`${body}\nreturn { sum: a + b };`)).not.toEqual([]);
});

it.concurrent.each([
  ['an id', '${ctx.newId()}', '00000000-0000-4000-8000-000000000001', undefined],
  ['a short id', '${ctx.newId().slice(0, 8).toUpperCase()}', '00000000', undefined],
  ['the run', '${ctx.runId}', triedRun, undefined],
  ['the key', '${ctx.idempotencyKey}', idempotencyKey(triedRun, 'add'), undefined],
  ['the time that a case says', '${ctx.now()}', '5', { now: 5 }],
])('code may give %s', async (_what, text, note, fakes) => {
  expect(await judged(`return { sum: a + b, note: \`${text}\` };`, note, fakes)).toEqual([]);
});

it('a case that has the time in what it expects, and does not say it, does not hold', async () => {
  expect(await judged('return { sum: a + b, note: String(ctx.now()) };', String(usualTime))).toContain('cases MR5046');
});

it.concurrent.each([
  ['*', true],
  ['https://*', true],
  ['https://*/x', true],
  ['http*://sums.test/x', true],
  ['https://sums.test*', true],
  ['https://sums.test/*', false],
  ['https://*.sums.test/x', false],
])('a fake that answers %s lets a wrong address pass: %s', async (url, isOpen) => {
  const said = await judged('return { sum: a + b };', undefined, { fetch: [{ url, json: 1 }] });
  expect(said.filter((one) => one === 'cases MR5047').length).toBe(isOpen ? 2 : 1);
});
