import { expect, test, vi } from 'vitest';
import { goodCode, testProject } from './fixtures/project.ts';
import { taskStates } from './task-states.ts';

// `tsc` takes its time where others work, too.
vi.setConfig({ testTimeout: 120_000 });

// What somebody generated or changed is in write-task.test.ts; here the type checker is the real one.
test('says of each task how it stands, and changes nothing', async () => {
  using made = await testProject({
    'tasks/price-basket.ts': goodCode.replace('total: net - discount', "total: 'a lot'"),
    'tasks/say-total.ts':
      "import { implement } from 'millrace/tasks';\nimport { sayTotal } from '../generated/shop/contracts.ts';\nexport default implement(sayTotal, ({ total }) => ({ text: `${total}` }));\n",
  });
  const before = made.files();
  const states = await taskStates(made);
  expect(states).toMatchObject([
    {
      task: 'priceBasket',
      state: 'mismatch',
      origin: 'hand',
      problems: [{ code: 'MR5017', file: 'tasks/price-basket.ts', line: 5 }],
    },
    { task: 'findAddress', state: 'missing', problems: [] },
    { task: 'sayTotal', state: 'current', origin: 'hand', problems: [] },
  ]);
  expect(states.every((one) => !('feedback' in one))).toBe(true);
  expect(made.files()).toEqual(before);
});

test('where nothing is implemented nobody needs a compiler', async () => {
  using made = await testProject();
  (await import('node:fs')).rmSync(made.path('tsconfig.json'));
  expect((await taskStates(made)).map(({ state }) => state)).toEqual(['missing', 'missing', 'missing']);
});
