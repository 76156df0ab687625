import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { answer } from './fixtures/bad-answers.ts';
import { catalogue, scripted } from './fixtures/models.ts';
import { testProject, type TestProject } from './fixtures/project.ts';
import { writeTask } from './write/write-task.ts';

// Every part is the real one: the router, the policy, the user's tsc, the sandbox. Only the model is a script.
// It is `tsc` and processes that take their time where others work, too.
vi.setConfig({ testTimeout: 120_000 });

let made: TestProject;
beforeAll(async () => {
  made = await testProject();
});
afterAll(() => made[Symbol.dispose]());
beforeEach(() => {
  for (const name of ['tasks', '.millrace']) rmSync(made.path(name), { recursive: true, force: true });
});

const saying = (text: string): string => `import { implement } from 'millrace/tasks';
import { sayTotal } from '../generated/shop/contracts.ts';

export default implement(sayTotal, ({ total }) => ({ text: ${text} }));
`;

test('cases that let mistakes pass are asked for again, the code is not', async () => {
  const code = saying("total > 1000 ? 'dear' : total > 100 ? 'fair' : 'cheap'");
  const one = (total: number, text: string) => ({ name: `${total}`, input: { total }, expect: { output: { text } } });
  const all = [one(1001, 'dear'), one(1000, 'fair'), one(101, 'fair'), one(100, 'cheap')];
  const { models, provider } = scripted([answer(code, [one(5, 'cheap')]), { json: { cases: all } }]);
  const result = await writeTask({ system: made.system, task: 'sayTotal', places: made.places, models, catalogue });
  expect(result.report.attempts).toMatchObject([{ kind: 'sample', failedAt: 'mutation' }, { kind: 'more-cases' }]);
  expect(provider.asked[1]?.messages[2]?.text).toContain('stays as it is');
  expect(result).toMatchObject({ success: true, code, attempts: 2, report: { calls: 2 } });
  expect(result.tests).toContain('1001');
});

test('code that does nothing but fail is found out by the examples of the user', async () => {
  const throwing = `import { implement, NonRetryableError } from 'millrace/tasks';
import { priceBasket } from '../generated/shop/contracts.ts';

export default implement(priceBasket, () => {
  throw new NonRetryableError('no', { code: 'EMPTY_BASKET' });
});
`;
  const { models } = scripted((_request, call) =>
    call === 0
      ? answer(throwing, [{ name: 'x', input: { lines: [] }, expect: { error: 'EMPTY_BASKET' } }])
      : { fails: 'quota' },
  );
  const result = await writeTask({ system: made.system, task: 'priceBasket', places: made.places, models, catalogue });
  expect(result).toMatchObject({ success: false, report: { attempts: [{ failedAt: 'cases' }, {}] } });
});

test('a task with I/O is verified with fakes, and taken when the second answer is right', async () => {
  const finding = (path: string): string => `import { implement, NonRetryableError } from 'millrace/tasks';
import { z } from 'zod';
import { findAddress } from '../generated/shop/contracts.ts';

const Customer = z.object({ street: z.string(), city: z.string() });

/** The address stands in the register of customers. */
export default implement(findAddress, async ({ customer }, { fetch, signal }) => {
  const answer = await fetch(\`https://customers.example/${path}/\${encodeURIComponent(customer)}\`, { signal });
  if (answer.status === 404) throw new NonRetryableError(\`There is no customer '\${customer}'.\`, { code: 'NO_CUSTOMER' });
  if (!answer.ok) throw new Error(\`The register answers with \${answer.status}.\`);
  return Customer.parse(await answer.json());
});
`;
  const asking = (customer: string, exchange: object, expected: object) => ({
    name: customer,
    input: { customer },
    fakes: { fetch: [{ url: `https://customers.example/v1/${customer}`, ...exchange }] },
    expect: expected,
  });
  const cases = [
    asking(
      'ann',
      { json: { street: 'Mill Lane 1', city: 'Bath' } },
      { output: { street: 'Mill Lane 1', city: 'Bath' } },
    ),
    asking('bob', { status: 404 }, { error: 'NO_CUSTOMER' }),
    asking(
      'cem',
      { json: { street: 'Quay 2', city: 'Izmir', extra: 1 } },
      { output: { street: 'Quay 2', city: 'Izmir' } },
    ),
  ];
  const { models, provider } = scripted([answer(finding('v2'), cases), answer(finding('v1'), cases)]);
  const result = await writeTask({ system: made.system, task: 'findAddress', places: made.places, models, catalogue });
  expect(result.error).toBeUndefined();
  expect(result).toMatchObject({ success: true, attempts: 2, report: { calls: 2, cost: { micros: 120 } } });
  expect(result.report.attempts[0]).toMatchObject({ failedAt: 'cases' });
  expect(provider.asked[1]?.messages[2]?.text).toContain('customers.example/v2/ann');
  expect(
    Object.keys(made.files())
      .filter((name) => name.startsWith('tasks/'))
      .sort(),
  ).toEqual(['tasks/.generated/find-address.json', 'tasks/find-address.test.ts', 'tasks/find-address.ts']);
  // The project stays as sound as it was: the tests fit its settings, too.
  const tsc = made.path('node_modules/typescript/bin/tsc');
  const checked = spawnSync(process.execPath, [tsc, '-p', made.root, '--pretty', 'false'], {
    cwd: made.root,
    encoding: 'utf8',
  });
  expect(checked.stdout.split('\n').filter((line) => line.startsWith('tasks/'))).toEqual([]);
});
