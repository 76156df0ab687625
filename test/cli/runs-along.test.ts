import { expect, test } from 'vitest';
import { startWireServer } from '../../src/testing/wire-server/index.ts';
import { project } from './dsl.ts';

const desk = (budget = ''): string => `import { agent, flow, system, task } from 'millrace';
import { z } from 'zod';
export default system('desk', { version: '1.0.0'${budget} });
export const clerk = agent('clerk', { role: 'fast', maxTokens: 200 });
export const sort = task('sort', { input: z.string(), output: z.string(), model: { agent: clerk, prompt: 'Sort it.' } });
export const sortLetter = flow('sortLetter', { input: z.string(), output: z.string() }, (f) =>
  f.step('sorted', ({ input }) => sort(input)).returns(({ sorted }) => sorted),
);
`;
const run = (id: string) => ['run', 'desk.dsl.ts', 'sortLetter', '--input', '"x"', '--id', id];

test('a run that lacked something outside says how it goes on, and those that were driven along are told in a line', async () => {
  using it = project({ 'desk.dsl.ts': desk() });
  const waits = await it.dsl(run('r1'));
  expect(waits.stderr).toContain('`dsl runs retry desk.dsl.ts r1` lets it go on');
  await using refused = await startWireServer({ scenario: 'auth' });
  const failed = await it.dsl(run('r2'), { env: { ANTHROPIC_BASE_URL: refused.baseURL('messages') } });
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain('`dsl runs retry desk.dsl.ts r2` lets it go on');
  expect(failed.stderr.match(/another run, r1 \(sortLetter\), (failed|is blocked): .*\(MR\d{4}\)/g)).toHaveLength(1);
  const again = await it.dsl(['run', 'desk.dsl.ts', 'sortLetter', '--id', 'r2']);
  expect(again.stderr).toContain('`dsl runs retry desk.dsl.ts r2`');
});

test('budgets of the config and of the system in two currencies are told with both places', async () => {
  await using server = await startWireServer({ answer: 'x' });
  using it = project({
    'desk.dsl.ts': desk(", budget: { run: '1 EUR' }"),
    'dsl.config.ts': `export default { models: { budgets: [{ scope: 'day', limit: '5 USD' }] } };\n`,
  });
  const both =
    /models\.budgets.* in USD, and those of the system .* in EUR.*\(?MR4071|MR4071.*models\.budgets.* in USD.* in EUR/;
  const env = { ANTHROPIC_BASE_URL: server.baseURL('messages') };
  const check = await it.dsl(['models', 'check', 'desk.dsl.ts'], { env });
  expect(check.code).toBe(1);
  expect(check.stdout).toMatch(both);
  const done = await it.dsl(run('r1'), { env });
  expect(done.code).toBe(1);
  expect(done.stderr).toMatch(both);
  expect(server.paid()).toBe(0);
});
