import { afterAll, beforeAll, expect, test } from 'vitest';
import { bad } from './fixtures/bad-answers.ts';
import { testProject, type TestProject } from './fixtures/project.ts';
import { expectCaught } from './fixtures/reject.ts';

// Every part is the real one: the router, the policy, the user's tsc, the sandbox. Only the model is a script.
let made: TestProject;
beforeAll(async () => {
  made = await testProject();
});
afterAll(() => made[Symbol.dispose]());

test('there are at least forty bad answers, and each has a name of its own', () => {
  expect(bad.length).toBeGreaterThanOrEqual(40);
  expect(new Set(bad.map(([what]) => what)).size).toBe(bad.length);
});

test.each(bad.filter(([, , stage]) => ['answer', 'policy'].includes(stage)))(
  'caught by reading it: %s',
  async (...one) => expectCaught(made, one),
  120_000,
);
