import { expect, test } from 'vitest';
import { startWireServer, type WireServer } from '../../src/testing/wire-server/index.ts';
import { project, stackTrace, type Project } from './dsl.ts';

const desk = `import { agent, event, flow, machine, system, task } from 'millrace';
import { z } from 'zod';

export default system('desk', { version: '1.0.0' });

export const clerk = agent('clerk', { role: 'fast', system: 'You sort letters.', maxTokens: 200 });

export const sort = task('sort', {
  input: z.object({ text: z.string() }),
  output: z.object({ department: z.string() }),
  model: { agent: clerk, prompt: 'Which department? {{ text }}' },
});

export const sortLetter = flow('sortLetter', { input: z.object({ text: z.string() }), output: z.string() }, (f) =>
  f.step('sorted', ({ input }) => sort({ text: input.text })).returns(({ sorted }) => sorted.department),
);

export const letterCame = event('letterCame', { payload: z.object({ id: z.string(), text: z.string() }) });

export const letter = machine('letter', {
  key: 'id',
  context: z.object({}),
  events: { letterCame },
  creates: ['letterCame'],
  flows: { sortLetter },
}).states('new', {
  new: { on: { letterCame: 'sorting' } },
  sorting: { run: { flow: 'sortLetter', input: () => ({ text: 'Dear Sirs' }), onDone: 'sorted' } },
  sorted: { final: true },
});
`;
const files = { 'desk.dsl.ts': desk };
const at = (server: WireServer): Readonly<Record<string, string>> => ({
  ANTHROPIC_BASE_URL: server.baseURL('messages'),
});
const answer = JSON.stringify({ department: 'sales' });
const input = ['--input', '{"text":"An order"}'] as const;
const runIt = async (it: Project, env: Readonly<Record<string, string>>, ...more: readonly string[]) =>
  await it.dsl(['run', 'desk.dsl.ts', 'sortLetter', '--json', ...more], { env });

test('dsl run: a model performs the task, with no more than an address, and its usage is told', async () => {
  await using server = await startWireServer({ answer });
  using it = project(files);
  const done = await runIt(it, at(server), ...input, '--id', 'r1');
  expect(done.stderr).not.toContain('MR2052');
  expect(done.stderr).toMatch(/claude-haiku-5-5 answered: \d+ tokens in, \d+ out, 0\.\d+ USD/);
  expect(JSON.parse(done.stdout)).toMatchObject({ status: 'completed', output: 'sales' });
  expect(done.code).toBe(0);
  expect(server.paid()).toBe(1);
  const usage = await it.dsl(['usage', '--by', 'task', '--run', 'r1', '--json']);
  expect(JSON.parse(usage.stdout)).toMatchObject({
    all: { calls: 1, cost: [{ currency: 'USD', micros: expect.any(Number) }], unpriced: 0 },
    usage: [{ name: 'sort', calls: 1 }],
  });
  const agents = await it.dsl(['usage', '--by', 'agent']);
  expect(agents.stdout).toMatch(/^clerk +1 /m);
});

test('without a provider it says what to set, waits, and goes on when there is one', async () => {
  using it = project(files);
  const stopped = await runIt(it, {}, ...input, '--id', 'r1');
  expect(stopped.code).toBe(1);
  expect(stopped.stderr).toMatch(
    /warning MR2052: The task sort needs a model.* no provider can be asked \(anthropic: no key/,
  );
  expect(stopped.stderr).toContain('Set ANTHROPIC_API_KEY, or OPENAI_API_KEY, or GEMINI_API_KEY');
  expect(stopped.stderr).not.toMatch(stackTrace);
  expect(JSON.parse(stopped.stdout)).toMatchObject({ status: 'blocked', error: { code: 'MR3287' } });
  await using server = await startWireServer({ answer });
  const done = await runIt(it, at(server), '--id', 'r1');
  expect(JSON.parse(done.stdout)).toMatchObject({ id: 'r1', status: 'completed', output: 'sales' });
  expect(server.paid()).toBe(1);
});

test('dsl send and dsl runs retry ask models, too', async () => {
  await using server = await startWireServer({ answer });
  using it = project(files);
  const letter = ['send', 'desk.dsl.ts', 'letterCame', '--payload', '{"id":"a","text":"x"}', '--json'];
  const sent = await it.dsl(letter, { env: at(server) });
  expect(JSON.parse(sent.stdout)).toMatchObject({ handled: true });
  const shown = await it.dsl(['instances', 'show', 'a', '--json']);
  expect(JSON.parse(shown.stdout)).toMatchObject({ state: ['sorted'] });

  await using refusing = await startWireServer({ scenario: 'refusal' });
  const failed = await runIt(it, at(refusing), ...input, '--id', 'r2');
  expect(JSON.parse(failed.stdout)).toMatchObject({ status: 'failed' });
  expect(failed.stderr).toMatch(/claude-haiku-5-5 failed: .*\(MR4010\)/);
  const again = await it.dsl(['runs', 'retry', 'desk.dsl.ts', 'r2', '--json'], { env: at(server) });
  expect(JSON.parse(again.stdout)).toMatchObject({ run: 'r2', status: 'completed' });
});

test('dsl work --standby asks models for whoever sends work', async () => {
  await using server = await startWireServer({ answer });
  using it = project(files);
  const worker = it.start(['work', 'desk.dsl.ts', '--standby'], { env: at(server) });
  await worker.says('drives the database');
  // This one has no provider: the worker does.
  const done = await runIt(it, {}, ...input);
  expect(JSON.parse(done.stdout)).toMatchObject({ status: 'completed', output: 'sales' });
  worker.kill('SIGINT');
  expect((await worker.done).code).toBe(0);
});

test('a budget of the config holds for runs: it is said, and nothing is paid', async () => {
  await using server = await startWireServer({ answer });
  using it = project({
    ...files,
    'dsl.config.ts': `export default { models: { budgets: 'money.yaml' } };\n`,
    'money.yaml': '- { scope: run, limit: 0.000001 USD }\n',
  });
  const done = await runIt(it, at(server), ...input);
  expect(done.code).toBe(1);
  expect(done.stdout).toContain('MR4080');
  expect(server.paid()).toBe(0);
});

test('what the config says wrongly about models is told by whoever needs them, with its place', async () => {
  using it = project({ ...files, 'dsl.config.ts': `export default {\n  models: { cash: true },\n};\n` });
  const done = await it.dsl(['run', 'desk.dsl.ts', 'sortLetter', ...input]);
  expect(done).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/error MR2050: dsl\.config\.ts:2:13: .*'cash'/),
  });
});

test('a provider that is made in the config answers, too', async () => {
  const config = `import { defineConfig } from 'millrace';
import { scriptedProvider } from 'millrace/llm';

const own = scriptedProvider(() => ({ json: { department: 'cellar' } }), { name: 'own' });
const capabilities = { tools: true, structuredOutput: true, streaming: true };
export default defineConfig({
  models: {
    providers: [own],
    catalogue: {
      models: [{ id: 'm', provider: 'own', role: 'fast', contextTokens: 8000, maxOutputTokens: 1000, capabilities }],
    },
  },
});
`;
  using it = project({ ...files, 'dsl.config.ts': config });
  const done = await runIt(it, {}, ...input);
  expect(JSON.parse(done.stdout)).toMatchObject({ status: 'completed', output: 'cellar' });
  const list = await it.dsl(['models', 'list', '--usable']);
  expect(list.stdout).toMatch(/^✓ +m +own +fast +8k +1k +not known$/m);
});

test('answers are kept over processes where the config says so, and not otherwise', async () => {
  await using server = await startWireServer({ answer });
  using it = project({ ...files, 'dsl.config.ts': `export default { models: { cache: { ttl: '1d' } } };\n` });
  await runIt(it, at(server), ...input);
  const again = await runIt(it, at(server), ...input);
  expect(JSON.parse(again.stdout)).toMatchObject({ status: 'completed', output: 'sales' });
  expect(again.stderr).toContain('the answer was paid before');
  expect(server.paid()).toBe(1);
  using other = project(files);
  await runIt(other, at(server), ...input);
  await runIt(other, at(server), ...input);
  expect(server.paid()).toBe(3);
});
