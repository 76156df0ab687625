import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SystemModel, TaskNode } from '../../model/index.ts';
import type { Subject, TaskCase } from '../contract.ts';
import { createVerifier } from './verifier.ts';

const root = fileURLToPath(new URL('../sandbox/fixtures/project', import.meta.url));
const subject: Subject = {
  system: { name: 'sums' } as unknown as SystemModel,
  task: { name: 'add', errors: ['TOO_LARGE'] } as unknown as TaskNode,
  root,
  file: join(root, 'tasks/add.ts'),
  testFile: join(root, 'tasks/add.test.ts'),
  contracts: join(root, 'contracts.ts'),
  contract: 'add',
  imports: ['zod', 'millrace/tasks', '../contracts.ts'],
};
const head = "import { implement, NonRetryableError } from 'millrace/tasks';\nimport { add } from '../contracts.ts';\n";
const codeOf = (body: string, module = ''): string =>
  `${head}${module}export default implement(add, ({ a, b }, ctx) => {\n${body}\n});\n`;
const good = codeOf("if (a > 100) throw new NonRetryableError('no', { code: 'TOO_LARGE' });\nreturn { sum: a + b };");

const example = (a: number, b: number, origin: TaskCase['origin'] = 'generated'): TaskCase => ({
  name: `${a} and ${b}`,
  origin,
  input: { a, b },
  expect: a > 100 ? { error: 'TOO_LARGE' } : { output: { sum: a + b } },
});
const cases = [example(1, 2, 'declared'), example(100, 1), example(101, 5), example(-3, 3)];
const verifier = createVerifier();
const problemsOf = async (code: string, tried = cases): Promise<readonly string[]> =>
  (await verifier.run(code, tried, subject)).flatMap(({ gate, problems }) =>
    problems.map((one) => `${gate} ${one.code} ${one.message}`),
  );

describe('code is run', () => {
  it('through every gate, in their order', async () => {
    const gates = await verifier.run(good, cases, subject);
    expect(gates.map(({ gate, ok, problems }) => [gate, ok, problems])).toEqual([
      ['cases', true, []],
      ['properties', true, []],
      ['stability', true, []],
    ]);
    expect(gates[0]?.details?.['results']).toMatchObject(cases.map(({ name }) => ({ name, pass: true })));
    expect(gates[1]?.details).toMatchObject({ inputs: 40, unsupported: [] });
  });

  it('up to the first that does not hold', async () => {
    const gates = await verifier.run(codeOf('return { sum: a - b };'), cases, subject);
    expect(gates.map(({ gate, ok }) => [gate, ok])).toEqual([['cases', false]]);
  });

  it('and what it does without that a case says so does not hold', async () => {
    const code = codeOf('ctx.emit(added({ sum: 1 }));\nreturn { sum: a + b };').replace('{ add }', '{ add, added }');
    const tried = cases.filter(({ input }) => (input as { a: number }).a <= 100);
    expect(await problemsOf(code, tried)).toEqual([
      expect.stringMatching(/^cases MR5047 .*emits 'added', and no case expects it/),
    ]);
    const said = tried.map((one) => ({ ...one, expect: { ...one.expect, emits: [{ event: 'added' }] } }));
    expect((await problemsOf(code, said)).filter((one) => one.startsWith('cases'))).toEqual([]);
  });

  it('and does not know by heart what the world answers', async () => {
    const fakes = { fetch: [{ url: 'https://sums.test/3', json: { c: 3 } }] };
    const tried = cases.map((one) => ({ ...one, fakes }));
    expect(await problemsOf(good, tried)).toEqual([expect.stringMatching(/^cases MR5047 .*knows them by heart/)]);
  });

  it('each case by itself, also after one that ended the process', async () => {
    const problems = await problemsOf(codeOf('if (a === 100) for (;;);\nreturn { sum: a + b };'));
    expect(problems).toEqual([
      expect.stringMatching(/^cases MR5045 .*took longer than 2000 ms/),
      expect.stringMatching(/^cases MR5046 The generated case '101 and 5' does not hold: gave/),
    ]);
  });

  it.each([
    [
      'an input that the schema takes is answered with what no output is',
      'return { sum: a > 100 ? 0 : a + b, ...(b > 100 ? { note: 5 } : {}) } as never;',
      /^properties MR5051 .*MR3102/,
    ],
    [
      'it fails with what is not declared',
      "if (b > 150) throw new NonRetryableError('x', { code: 'ODD' });\nif (a > 100) throw new NonRetryableError('no', { code: 'TOO_LARGE' });\nreturn { sum: a + b };",
      /^properties MR5051 .*ODD.*does not declare/,
    ],
    [
      'it counts its calls',
      "calls.n += 1;\nif (a > 100) throw new NonRetryableError('no', { code: 'TOO_LARGE' });\nreturn { sum: calls.n > 20 ? 0 : a + b };",
      /^stability MR5048/,
    ],
  ])('%s', async (_name, body, expected) => {
    const declared = cases.map((one) =>
      one.name === '101 and 5' && body.startsWith('return') ? { ...one, expect: { output: { sum: 0 } } } : one,
    );
    expect((await problemsOf(codeOf(body, 'const calls = { n: 0 };\n'), declared)).join('\n')).toMatch(expected);
  });

  it.each([
    [
      'remembers what it was asked first',
      "first ??= a;\nif (a > 100) throw new NonRetryableError('no', { code: 'TOO_LARGE' });\nreturn { sum: a + b, ...(first === 1 ? {} : { note: String(first) }) };",
      'let first: number | undefined;\n',
    ],
    [
      'goes by the zone of the machine',
      "if (a > 100) throw new NonRetryableError('no', { code: 'TOO_LARGE' });\nreturn { sum: a + b, ...(new Date(0).getHours() === 0 ? {} : { note: 'x' }) };",
      '',
    ],
  ])('is not stable when it %s', async (_name, body, module) => {
    expect((await problemsOf(codeOf(body, module))).join('\n')).toMatch(/^stability MR5048 /);
  });
});

describe('cases', () => {
  it.each<readonly [string, Partial<TaskCase>, RegExp]>([
    ['an input that is none', { input: { a: {} } }, /input does not take: a: .*b: /],
    ['an output that is none', { expect: { output: { sum: 'x' } } }, /is no output of the task: sum/],
    [
      'an event that is none',
      { expect: { output: { sum: 3 }, emits: [{ event: 'gone' }] } },
      /event 'gone', which the system does not have/,
    ],
    [
      'a payload that is none',
      { expect: { output: { sum: 3 }, emits: [{ event: 'added', payload: {} }] } },
      /expects 'added' with/,
    ],
    ['the name of another one', { name: '1 and 2' }, /name of another/],
  ])('are refused for %s', async (_name, change, why) => {
    const problems = await problemsOf(good, [example(1, 2), { ...example(3, 4), ...change }]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^cases MR5047 /);
    expect(problems[0]).toMatch(why);
  });

  it('may expect that an input is refused', async () => {
    const refused: TaskCase = {
      name: 'no number',
      origin: 'declared',
      input: { a: 'x', b: 1 },
      expect: { error: 'MR3101' },
    };
    expect(await problemsOf(good, [...cases, refused])).toEqual([]);
  });

  it('are needed', async () => {
    expect(await problemsOf(good, [])).toEqual([expect.stringContaining('MR5047 There is no case')]);
  });
});

describe('cases are strong', () => {
  const strengthOf = async (code: string, tried: readonly TaskCase[]) => verifier.strength(code, tried, subject);

  it('when they notice mistakes', async () => {
    const [stub, mutation] = await strengthOf(good, cases);
    expect([stub?.ok, mutation?.ok]).toEqual([true, true]);
    const { killed, total, score } = (mutation?.details ?? {}) as Readonly<Record<string, number>>;
    expect(killed).toBe(total);
    expect(total).toBeGreaterThan(5);
    expect(score).toBe(1);
  });

  it('and are refused when they notice few, which are said, the same each time', async () => {
    const weak = await strengthOf(good, [cases[0]!]);
    expect(weak[1]?.problems).toMatchObject([
      { code: 'MR5050', message: expect.stringContaining("line 4: '>' could be '>='") as string },
    ]);
    expect((await strengthOf(good, [cases[0]!]))[1]?.details).toEqual(weak[1]?.details);
  });

  it('only with a case that expects an output, where the task can give one', async () => {
    const [stub, mutation] = await strengthOf(good, [example(101, 5), example(200, 1)]);
    expect(stub?.ok).toBe(true);
    expect(mutation?.problems).toMatchObject([
      { code: 'MR5050', message: expect.stringContaining('Every case expects an error') as string },
    ]);
  });

  it('also for a task that can give one thing only', async () => {
    const code =
      "import { implement } from 'millrace/tasks';\nimport { ping } from '../contracts.ts';\nexport default implement(ping, () => 'pong');\n";
    const one: TaskCase = { name: 'pong', origin: 'generated', input: { a: 1 }, expect: { output: 'pong' } };
    const [, mutation] = await verifier.strength(code, [one], { ...subject, contract: 'ping' });
    expect(mutation).toMatchObject({ ok: true, problems: [], details: { killed: 1, total: 1 } });
  });

  it('and hold for nothing that only throws', async () => {
    const any: TaskCase = {
      name: 'any failure',
      origin: 'generated',
      input: { a: 1, b: 1 },
      expect: { error: 'MR3100' },
    };
    const [stub] = await strengthOf(good, [...cases, any]);
    expect(stub?.problems).toMatchObject([
      { code: 'MR5049', message: expect.stringContaining("'any failure'") as string },
    ]);
  });

  it('for code that spins when it is a little wrong', async () => {
    const code = codeOf(
      'let sum = a;\nlet left = Math.min(b, 20);\nwhile (left > 0) {\n  sum += 1;\n  left -= 1;\n}\nreturn { sum };',
    );
    const [, mutation] = await createVerifier({ timeoutMs: 300 }).strength(
      code,
      [example(1, 2), example(5, 7)],
      subject,
    );
    expect(mutation?.ok).toBe(true);
  });

  it('and not where there was no time to see', async () => {
    const [, mutation] = await createVerifier({ mutationMs: 0 }).strength(good, cases, subject);
    expect(mutation).toMatchObject({ ok: false, details: { total: 0, planned: expect.any(Number) as number } });
  });
});
