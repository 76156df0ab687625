import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqlite } from '../../src/store/index.ts';
import { startWireServer } from '../../src/testing/wire-server/index.ts';
import { project, stackTrace } from './dsl.ts';

interface Listed {
  readonly asOf: string;
  readonly providers: readonly { name: string; ready: boolean; set?: string; address?: string }[];
  readonly models: readonly { id: string; provider: string; role?: string; usable: boolean }[];
}

test('models list says what there is and who can be asked, and shows no key', async () => {
  using it = project();
  const env = { OPENAI_API_KEY: 'sk-secret' };
  const words = await it.dsl(['models', 'list'], { env });
  expect(words.code).toBe(0);
  expect(words.stdout).toMatch(/✓ +gpt-6-luna +openai/);
  expect(words.stdout).toMatch(/· +claude-haiku-5-5 +anthropic +fast +1M +128k +0\.1 \/ 0\.5 USD/);
  expect(words.stderr).toContain('openai: can be asked with the key in OPENAI_API_KEY');
  expect(words.stderr).toContain('anthropic: cannot be asked: no key: set ANTHROPIC_API_KEY');
  const json = await it.dsl(['models', 'list', '--json', '--role', 'fast', '--usable'], { env });
  const { providers, models } = JSON.parse(json.stdout) as Listed;
  expect(models.length).toBeGreaterThan(0);
  for (const model of models) expect(model).toMatchObject({ provider: 'openai', role: 'fast', usable: true });
  expect(providers.find(({ name }) => name === 'gemini')).toMatchObject({ ready: false, set: 'GEMINI_API_KEY' });
  for (const text of [words.stdout, words.stderr, json.stdout, json.stderr]) expect(text).not.toContain('sk-secret');
});

test('models list takes the policies of the project, and says where they are wrong', async () => {
  using it = project({
    'dsl.config.ts': `import { defineConfig } from 'millrace';\nexport default defineConfig({\n  models: { catalogue: 'models.yaml', budgets: [{ scope: 'day', limit: '20 USD' }], providers: ['ollama'] },\n});\n`,
    'models.yaml': `models:\n  - id: llama3.2\n    provider: ollama\n    role: fast\n    contextTokens: 128000\n    maxOutputTokens: 8192\n    capabilities: { tools: true, structuredOutput: true, streaming: true }\n`,
  });
  const done = await it.dsl(['models', 'list', '--usable']);
  expect(done.stdout).toMatch(/llama3\.2 +ollama +fast +128k +8k +not known/);
  expect(done.stderr).toContain('budget of each day: 20.00 USD');
  using other = project({
    'dsl.config.ts': `export default { models: { catalogue: 'models.yaml' } };\n`,
    'models.yaml': `models:\n  - id: gpt-6-luna\n    rol: fast\n`,
  });
  const refused = await other.dsl(['models', 'list']);
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(/^error MR2050: models\.yaml:3:5: .*has no 'rol'\. Did you mean 'role'\?/);
  const doctor = await other.dsl(['doctor', '--json']);
  expect(doctor.code).toBe(1);
  expect(doctor.stdout).toContain('models.yaml:3:5');
});

test('models check tries who can be asked, at the address of the environment, and pays nothing', async () => {
  await using server = await startWireServer({ key: 'the-key' });
  using it = project();
  const env = { ANTHROPIC_BASE_URL: server.baseURL('messages'), ANTHROPIC_API_KEY: 'the-key' };
  const good = await it.dsl(['models', 'check', '--json'], { env });
  expect(good).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(good.stdout)).toMatchObject({
    ok: true,
    providers: [
      { name: 'anthropic', ready: true, answers: true },
      { name: 'openai', ready: false },
      { name: 'gemini' },
    ],
  });
  const wrong = await it.dsl(['models', 'check'], { env: { ...env, ANTHROPIC_API_KEY: 'sk-wrong' } });
  expect(wrong.code).toBe(1);
  expect(wrong.stdout).toMatch(/✗ anthropic: .*\(MR4003\)/);
  expect(wrong.stdout).not.toContain('sk-wrong');
  expect(server.paid()).toBe(0);
});

test('no provider at all: a code, and what to set', async () => {
  using it = project();
  const done = await it.dsl(['models', 'check']);
  expect(done).toMatchObject({ code: 1, stdout: '' });
  expect(done.stderr).toMatch(/^error MR2052: .*anthropic: no key/);
  expect(done.stderr).toMatch(/hint: Set ANTHROPIC_API_KEY, or OPENAI_API_KEY, or GEMINI_API_KEY/);
  expect(done.stderr).not.toMatch(stackTrace);
  const unknown = await it.dsl(['models', 'check', '--provider', 'antropic']);
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringMatching(/MR2054.*\n.*'anthropic'/) });
});

test('models check FILE says which task has a model', async () => {
  await using server = await startWireServer();
  const desk = `import { agent, system, task } from 'millrace';
import { z } from 'zod';
export default system('desk', { version: '1.0.0' });
export const clerk = agent('clerk', { role: 'fast' });
export const sage = agent('sage', { model: 'gpt-6-luna' });
export const sort = task('sort', { input: z.string(), output: z.string(), model: { agent: clerk, prompt: 'Sort it.' } });
export const think = task('think', { input: z.string(), output: z.string(), model: { agent: sage, prompt: 'Think.' } });
`;
  using it = project({ 'desk.dsl.ts': desk });
  const env = { ANTHROPIC_BASE_URL: server.baseURL('messages') };
  const some = await it.dsl(['models', 'check', 'desk.dsl.ts'], { env });
  expect(some.code).toBe(1);
  expect(some.stdout).toContain('✓ task sort (clerk: the role fast): anthropic/claude-haiku-5-5');
  expect(some.stdout).toContain('✗ task think (sage: gpt-6-luna): none of its providers can be asked: openai.');
  const all = await it.dsl(['models', 'check', 'desk.dsl.ts', '--json'], {
    env: { ...env, OPENAI_BASE_URL: server.baseURL('responses') },
  });
  expect(JSON.parse(all.stdout)).toMatchObject({
    ok: true,
    tasks: [
      { task: 'sort', models: [expect.any(String), expect.any(String)] },
      { task: 'think', models: ['openai/gpt-6-luna'] },
    ],
  });
  expect((await it.dsl(['models', 'check', 'none.dsl.ts'], { env })).code).toBe(1);
});

test('models play is a provider on this machine', async () => {
  using it = project();
  const playing = it.start(['models', 'play', '--json', '--answer', 'tea']);
  await playing.says('until Ctrl-C');
  const { env } = JSON.parse(playing.said().stdout) as { env: Record<string, string> };
  const check = await it.dsl(['models', 'check', '--json'], { env });
  expect(check.code).toBe(0);
  const { providers } = JSON.parse(check.stdout) as { providers: readonly { answers?: boolean }[] };
  expect(providers.map(({ answers }) => answers)).toEqual([true, true, true]);
  const port = new URL(env['ANTHROPIC_BASE_URL'] ?? '').port;
  const taken = await it.dsl(['models', 'play', '--port', port]);
  expect(taken).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error MR2055: .*EADDRINUSE/) });
  playing.kill('SIGINT');
  expect(await playing.done).toMatchObject({ code: 0, stderr: expect.stringContaining('0 requests') });
});

test('usage adds up what is in the database', async () => {
  using it = project();
  const store = openSqlite(join(it.root, 'shop.db'));
  const call = {
    at: Date.parse('2026-11-20T10:00:00Z'),
    provider: 'openai',
    model: 'gpt-6-luna',
    task: 'summarise',
    agent: 'writer',
    run: 'r1',
    step: 'summary',
    input: 1000,
    output: 100,
    cacheRead: 400,
    cacheWrite: 0,
    estimated: false,
    micros: 12_000,
    currency: 'USD',
  };
  store.transaction((tables) => {
    tables.usage.add({ ...call, id: '1' });
    tables.usage.add({ ...call, id: '2', run: 'r2', at: Date.parse('2026-11-21T10:00:00Z') });
    tables.usage.add({ ...call, id: '3', model: 'own', task: null, agent: null, micros: null, currency: null });
  });
  store.close();
  const usage = async (...args: string[]) =>
    JSON.parse((await it.dsl(['usage', '--db', 'shop.db', '--json', ...args])).stdout) as {
      all: { calls: number };
      usage: readonly { name: string | null; calls: number }[];
    };
  const all = await usage();
  expect(all).toEqual({
    by: 'model',
    all: {
      calls: 3,
      input: 3000,
      output: 300,
      cacheRead: 1200,
      cacheWrite: 0,
      total: 3300,
      cost: [{ micros: 24_000, currency: 'USD' }],
      unpriced: 1,
    },
    usage: [
      expect.objectContaining({
        name: 'gpt-6-luna',
        calls: 2,
        cost: [{ micros: 24_000, currency: 'USD' }],
        unpriced: 0,
      }),
      expect.objectContaining({ name: 'own', calls: 1, cost: [], unpriced: 1 }),
    ],
    budgets: [],
  });
  const names = async (...args: string[]) => (await usage(...args)).usage.map(({ name, calls }) => [name, calls]);
  expect(await names('--by', 'day')).toEqual([
    ['2026-11-20', 2],
    ['2026-11-21', 1],
  ]);
  expect(await names('--by', 'run', '--task', 'summarise')).toEqual([
    ['r1', 1],
    ['r2', 1],
  ]);
  expect(await names('--by', 'agent', '--run', 'r1')).toEqual([
    [null, 1],
    ['writer', 1],
  ]);
  expect((await usage('--since', '2026-11-21')).all.calls).toBe(1);
  const words = await it.dsl(['usage', '--db', 'shop.db', '--by', 'task']);
  expect(words.stdout).toMatch(/summarise +2 +2,000 +200 +800 +0\.024 USD/);
  expect(words.stdout).toMatch(/\(none\) +1 .*without a known price/);
  expect(await it.dsl(['usage', '--db', 'shop.db', '--since', 'soon'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^error MR2003: --since/),
  });
  const unknown = await it.dsl(['usage', '--db', 'shop.db', '--task', 'sumarise']);
  expect(unknown).toMatchObject({ code: 0, stdout: '' });
  expect(unknown.stderr).toContain("No model was asked for the task 'sumarise'. There are calls of summarise.");
  expect(await it.dsl(['usage', '--db', 'none.db'])).toMatchObject({ code: 1, stdout: '' });
});
