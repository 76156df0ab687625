import { expect, test } from 'vitest';
import { project } from './dsl.ts';

const desk = `import { agent, system, task } from 'millrace';
import { z } from 'zod';
export default system('desk', { version: '1.0.0' });
export const clerk = agent('clerk', { role: 'fast' });
export const sort = task('sort', { input: z.string(), output: z.string(), model: { agent: clerk, prompt: 'Sort it.' } });
/** Counts the letters of a word. */
export const count = task('count', { input: z.string(), output: z.int() });
`;
const env = { OLLAMA_BASE_URL: 'http://127.0.0.1:9/v1' };
const snippet = /provider: 'ollama'.*contextTokens: .*inputPerMTok: 0/;

test('a server of your own, of which the catalogue has no model, is told with what to write', async () => {
  using it = project({ 'desk.dsl.ts': desk });
  const check = await it.dsl(['models', 'check', 'desk.dsl.ts'], { env });
  expect(check.code).toBe(1);
  expect(check.stdout).toMatch(snippet);
  expect(check.stderr).toMatch(/no model of ollama/);
  const json = await it.dsl(['models', 'check', '--json'], { env });
  const { providers } = JSON.parse(json.stdout) as { providers: readonly object[] };
  expect(providers).toContainEqual(expect.objectContaining({ name: 'ollama', models: 0 }));
  const none = await it.dsl(['models', 'check'], { env: {} });
  expect(none.stderr).toMatch(/MR2052[^]*OLLAMA_BASE_URL[^]*models\.catalogue[^]*dsl models play/);
});

test('gen-task refuses a model that could not be asked, before anything is begun', async () => {
  using it = project({ 'desk.dsl.ts': desk });
  const ask = ['gen-task', 'desk.dsl.ts', 'count', '--yes'];
  const slip = await it.dsl([...ask, '--model', 'gpt-6-lunar'], { env });
  expect(slip).toMatchObject({ code: 1, stdout: '' });
  expect(slip.stderr).toMatch(/^error MR4074: .*Did you mean 'gpt-6-luna'\?.*id: 'gpt-6-lunar'/);
  const away = await it.dsl([...ask, '--model', 'gpt-6-luna'], { env });
  expect(away.stderr).toMatch(/^error MR4040: .*openai/);
  const own = await it.dsl(ask, { env });
  expect(own.stderr).toMatch(snippet);
  // With nobody at all there is a beginning; a name that is none is one all the same.
  expect((await it.dsl([...ask, '--model', 'gpt-6-lunar'])).stderr).toMatch(/^error MR4074/);
});
