import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import type { ModelSettings } from '../../dsl/index.ts';
import { scriptedProvider } from '../../llm/index.ts';
import type { Config } from '../../project/config/config.ts';
import { readSettings } from './settings.ts';

const root = mkdtempSync(join(tmpdir(), 'millrace-settings-'));
afterAll(() => rmSync(root, { recursive: true }));
const file = join(root, 'dsl.config.ts');
beforeEach(() => writeFileSync(file, 'export default {};\n'));

const of = (models: ModelSettings | string): Config => ({ root, file, globs: [], out: root, rules: {}, models });
const read = (models: unknown) => readSettings(of(models as ModelSettings), root);
/** What is said of a config, whose text is that of the settings as JSON. */
const refused = (models: unknown): string => {
  writeFileSync(file, `export default {\n  models: ${JSON.stringify(models, null, 2)} };\n`);
  try {
    read(models);
  } catch (error) {
    expect(error).toMatchObject({ code: 'MR2050', exitCode: 1 });
    return (error as Error).message;
  }
  throw new Error('It was not refused.');
};

test('a project that says nothing has the shipped catalogue, and no budget', () => {
  const settings = readSettings({ root, globs: [], out: root, rules: {} }, root);
  expect(settings).toMatchObject({ budgets: [], cache: false });
  expect(settings.providers).toBeUndefined();
  expect(settings.catalogue.get('claude-haiku-5-5').provider).toBe('anthropic');
});

test('all of it can be said', () => {
  const own = scriptedProvider(['x'], { name: 'own' });
  const settings = read({
    providers: ['anthropic', { use: 'ollama', baseURL: 'http://10.0.0.7:11434/v1', keyFrom: 'LAB_KEY' }, own],
    catalogue: { models: [{ id: 'gpt-6-luna', role: 'balanced' }] },
    budgets: [{ scope: 'day', limit: '20 USD' }],
    cache: { ttl: '1h' },
  });
  expect(settings.providers).toEqual([
    { use: 'anthropic' },
    { use: 'ollama', baseURL: 'http://10.0.0.7:11434/v1', keyFrom: 'LAB_KEY' },
    own,
  ]);
  expect(settings.catalogue.get('gpt-6-luna').role).toBe('balanced');
  expect(settings).toMatchObject({ budgets: [{ scope: 'day', limit: '20 USD' }], cache: { ttl: '1h' } });
  expect(read({ cache: false }).cache).toBe(false);
  expect(read({ cache: true }).cache).toBe(true);
  expect(read({}).cache).toBe(false);
});

test('files say it, too: one for all, or one for each', () => {
  writeFileSync(join(root, 'all.yaml'), 'providers: [openai]\nbudgets:\n  - { scope: total, limit: 1 USD }\n');
  expect(read('all.yaml')).toMatchObject({ providers: [{ use: 'openai' }], budgets: [{ limit: '1 USD' }] });
  writeFileSync(join(root, 'roles.yml'), 'models:\n  - id: gpt-6-luna\n    role: flagship\n');
  writeFileSync(join(root, 'money.json'), '[{ "scope": "run", "limit": "0.50 USD" }]');
  const settings = read({ catalogue: ['roles.yml', { asOf: '2027-01-01', models: [] }], budgets: 'money.json' });
  expect(settings.catalogue).toMatchObject({ asOf: '2027-01-01' });
  expect(settings.catalogue.get('gpt-6-luna').role).toBe('flagship');
  expect(settings.budgets).toEqual([{ scope: 'run', limit: '0.50 USD' }]);
});

test.each([
  [{ budget: [] }, /^dsl\.config\.ts:3:3: 'models' has no 'budget'\. Did you mean 'budgets'\?/],
  [
    { budgets: [{ scope: 'day', limit: 5 }] },
    /^dsl\.config\.ts:6:7: 'models\.budgets\[0\]\.limit' should be an amount/,
  ],
  [{ budgets: [{ scope: 'day', limit: '5' }] }, /^dsl\.config\.ts:4:5: .*\(MR4070\)/],
  [{ budgets: [{ scope: 'day', limit: '5 USD', off: 1 }] }, /:7:7: 'models\.budgets\[0\]' has no 'off'\. .*'of'/],
  [{ budgets: [{ scope: 'hour', limit: '5 USD' }] }, /:5:7: 'models\.budgets\[0\]\.scope': /],
  [{ budgets: { day: '5 USD' } }, /should be a list of budgets/],
  [
    {
      budgets: [
        { scope: 'day', limit: '5 USD' },
        { scope: 'run', limit: '5 EUR' },
      ],
    },
    /^dsl\.config\.ts:8:5: .*\(MR4071\)/,
  ],
  [{ providers: [] }, /should be a list of providers/],
  [{ providers: ['antropic'] }, /:4:5: 'models\.providers\[0\]\.use' should be one of anthropic, openai/],
  [{ providers: [{ use: 'ollama', url: 'x' }] }, /:6:7: 'models\.providers\[0\]' has no 'url'/],
  [{ providers: [{ use: 'ollama', baseURL: 'ftp://x' }] }, /'models\.providers\[0\]\.baseURL' should be an address/],
  [{ providers: [{ use: 'compatible', name: 'lab' }] }, /needs a 'baseURL'/],
  [{ providers: ['openai', { use: 'openai', baseURL: 'http://x' }] }, /is called 'openai', as one before it/],
  [{ catalogue: { models: [{ id: 'm', provider: 'p' }] } }, /'m'.*[\s\S]*\(MR4073\)/],
  [{ catalogue: { models: [{ id: 'gpt-6-luna', rolle: 'fast' }] } }, /catalogue\.models\[0\]' has no 'rolle'.*'role'/],
  [{ catalogue: { model: [] } }, /has no 'model'\. Did you mean 'models'\?/],
  [{ cache: { ttl: 'a week' } }, /:4:5: 'models\.cache\.ttl' should be a time/],
  [{ cache: 7 }, /'models\.cache'/],
  [
    { route: { limits: { openai: { requestsPerMinut: 3 } } } },
    /:6:9: .*has no 'requestsPerMinut'\. .*'requestsPerMinute'/,
  ],
  [{ route: { retry: { attempts: 0 } } }, /:5:7: 'models\.route\.retry\.attempts': /],
])('%j is refused with its place', (models, message) => {
  expect(refused(models)).toMatch(message);
});

test('all that is wrong is said at once, and places in files are those of the files', () => {
  writeFileSync(join(root, 'money.yaml'), '# Money\n- scope: day\n  limit: 20\n');
  writeFileSync(join(root, 'models.yml'), 'models:\n  - id: gpt-6-luna\n    prices: free\n');
  const said = refused({ providers: ['anthropic', 'bedrock'], budgets: 'money.yaml', catalogue: 'models.yml' });
  expect(said.split('\n')).toEqual([
    expect.stringMatching(/^dsl\.config\.ts:5:5: 'models\.providers\[1\]\.use' should be one of/),
    expect.stringMatching(/^ {2}models\.yml:3:5: 'models\.catalogue\.models\[0\]\.prices': /),
    expect.stringMatching(/^ {2}money\.yaml:3:3: 'models\.budgets\[0\]\.limit' should be an amount/),
  ]);
});

test('a key in the config is refused, and not shown', () => {
  for (const provider of [
    { use: 'anthropic', apiKey: 'sk-ant-secret' },
    { use: 'anthropic', keyFrom: 'sk-ant-secret' },
  ]) {
    const said = refused({ providers: [provider] });
    expect(said).not.toContain('sk-ant-secret');
    expect(said).toMatch(/variable/);
  }
});

test('a file that is not there is another failure', () => {
  expect(() => read({ budgets: 'none.yaml' })).toThrow(expect.objectContaining({ code: 'MR2051' }));
});

test('the files that docs/cli.md shows can be read as they are', () => {
  const page = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8');
  const shown = [...page.matchAll(/^```yaml\n# (\S+): [^]*?^```$/gm)];
  expect(shown.map(([, name]) => name)).toEqual(['catalogue.yaml', 'models.yaml']);
  for (const [text, name = ''] of shown) writeFileSync(join(root, name), text.slice('```yaml\n'.length, -3));
  const { providers, budgets, cache, route, catalogue } = read('models.yaml');
  expect([providers?.length, budgets.length, cache]).toEqual([3, 2, { ttl: '7d' }]);
  expect(route.value).toEqual({ limits: { anthropic: { requestsPerMinute: 50 } } });
  expect(catalogue.get('llama3.2').provider).toBe('ollama');
});
