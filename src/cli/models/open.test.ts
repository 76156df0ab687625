import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { ModelSettings } from '../../dsl/index.ts';
import { scriptedProvider } from '../../llm/index.ts';
import { startWireServer } from '../../testing/wire-server/index.ts';
import type { Config } from '../../project/config/config.ts';
import { mustHaveModels, openProjectModels } from './open.ts';

const root = mkdtempSync(join(tmpdir(), 'millrace-open-'));
afterAll(() => rmSync(root, { recursive: true }));

const config = (models?: ModelSettings): Config => {
  const file = join(root, 'dsl.config.ts');
  writeFileSync(file, `export default {\n  models: ${JSON.stringify(models ?? {}, null, 2)} };\n`);
  return { root, file, globs: [], out: root, rules: {}, ...(models === undefined ? {} : { models }) };
};
const ask = { role: 'fast', messages: [{ role: 'user', text: 'Hi' }], maxOutputTokens: 50 } as const;

test('an address of the environment is enough: no key, no config', async () => {
  await using server = await startWireServer({ answer: 'hi' });
  const { models } = openProjectModels(config(), { cwd: root, env: { OPENAI_BASE_URL: server.baseURL('responses') } });
  const { answer, cost } = (await models?.ask(ask)) ?? {};
  expect(answer).toMatchObject({ text: 'hi', provider: 'openai' });
  expect(cost?.micros).toBeGreaterThan(0);
  expect(server.paid()).toBe(1);
});

test('with nothing set there are no models, and who needs them is told what to set', () => {
  const where = { cwd: root, env: {} };
  expect(openProjectModels(config(), where).models).toBeUndefined();
  expect(() => mustHaveModels(config(), where, 'This')).toThrow(
    expect.objectContaining({ code: 'MR2052', exitCode: 1, hint: expect.stringContaining('Set ANTHROPIC_API_KEY') }),
  );
});

test('who stands first in the config is asked first, whatever it costs; the route says otherwise', async () => {
  const model = (id: string, provider: string, price: number) => ({
    id,
    provider,
    role: 'fast' as const,
    contextTokens: 8_000,
    maxOutputTokens: 1_000,
    capabilities: { tools: true, structuredOutput: true, streaming: true },
    prices: { currency: 'USD', inputPerMTok: price, outputPerMTok: price },
  });
  const settings = {
    providers: [scriptedProvider(() => 'dear', { name: 'dear' }), scriptedProvider(() => 'cheap', { name: 'cheap' })],
    catalogue: { models: [model('one', 'dear', 9), model('two', 'cheap', 1)] },
  };
  const said = async (more: ModelSettings) =>
    (await mustHaveModels(config({ ...settings, ...more }), { cwd: root, env: {} }, 'It').models.ask(ask)).answer.text;
  expect(await said({})).toBe('dear');
  expect(await said({ route: { priorities: { dear: 1 } } })).toBe('cheap');
});

test('a budget of the config holds', async () => {
  const provider = scriptedProvider(() => 'x', { name: 'openai' });
  const { models } = openProjectModels(config({ providers: [provider], budgets: [{ scope: 'run', limit: '0 USD' }] }), {
    cwd: root,
    env: {},
  });
  await expect(models?.ask(ask, { run: 'r' })).rejects.toMatchObject({ code: 'MR4080' });
  expect(provider.asked).toEqual([]);
});

test('a name in the route that nobody has is refused with its place, also without a key', () => {
  const models = { route: { limits: { 'gpt-6-lunar': { concurrency: 2 } } } };
  expect(() => openProjectModels(config(models), { cwd: root, env: {} })).toThrow(
    expect.objectContaining({
      code: 'MR2050',
      message: expect.stringMatching(/^dsl\.config\.ts:4:5: route\.limits: 'gpt-6-lunar' is no.*'gpt-6-luna'/),
    }),
  );
});
