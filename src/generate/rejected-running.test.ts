import { afterAll, beforeAll, test } from 'vitest';
import { bad } from './fixtures/bad-answers.ts';
import { testProject, type TestProject } from './fixtures/project.ts';
import { expectCaught } from './fixtures/reject.ts';

// Every part is the real one: the router, the policy, the user's tsc, the sandbox. Only the model is a script.
let made: TestProject;
beforeAll(async () => {
  made = await testProject();
});
afterAll(() => made[Symbol.dispose]());

test.each(bad.filter(([, , stage]) => !['answer', 'policy'].includes(stage)))(
  'caught by checking its types or trying it: %s',
  async (...one) => expectCaught(made, one),
  120_000,
);
