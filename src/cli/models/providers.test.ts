import { expect, test } from 'vitest';
import { scriptedProvider } from '../../llm/index.ts';
import { asData, inWords } from './in-words.ts';
import { projectProviders } from './providers.ts';

const ready = (env: Record<string, string>) =>
  projectProviders(undefined, env).flatMap(({ name, readiness }) => (readiness.ready ? [name] : []));

test('a key or an address in the environment is what makes a provider', () => {
  expect(ready({})).toEqual([]);
  expect(ready({ ANTHROPIC_API_KEY: 'k' })).toEqual(['anthropic']);
  expect(ready({ ANTHROPIC_API_KEY: ' ', OPENAI_BASE_URL: '' })).toEqual([]);
  expect(ready({ OPENAI_BASE_URL: 'http://127.0.0.1:1/v1', GEMINI_API_KEY: 'k' })).toEqual(['openai', 'gemini']);
  expect(ready({ OLLAMA_BASE_URL: 'http://127.0.0.1:1/v1' })).toEqual(['ollama']);
  // An address that is none is said to be none.
  const [anthropic] = projectProviders(undefined, { ANTHROPIC_BASE_URL: 'localhost:1' });
  expect(anthropic?.readiness).toEqual({ ready: false, reason: expect.stringContaining('not an address') });
});

test('without a config the three with keys are told, with what to set', () => {
  expect(projectProviders(undefined, {}).map(asData)).toEqual([
    expect.objectContaining({ name: 'anthropic', ready: false, set: 'ANTHROPIC_API_KEY', from: 'environment' }),
    expect.objectContaining({ name: 'openai', ready: false, set: 'OPENAI_API_KEY' }),
    expect.objectContaining({ name: 'gemini', ready: false, set: 'GEMINI_API_KEY' }),
  ]);
});

test('the config says which, in its order, and where their keys are', () => {
  const own = scriptedProvider(['x'], { name: 'own' });
  const choices = [
    own,
    { use: 'openai', keyFrom: 'TEAM_KEY' },
    { use: 'compatible', name: 'lab', baseURL: 'http://10.0.0.7/v1' },
    { use: 'vllm', keyFrom: 'LAB_KEY', baseURL: 'http://10.0.0.8/v1' },
  ] as const;
  const env = { TEAM_KEY: 'sk-team', OPENAI_API_KEY: 'sk-other' };
  const providers = projectProviders(choices, env);
  expect(providers.map(({ name }) => name)).toEqual(['own', 'openai', 'lab', 'vllm']);
  expect(providers.map(inWords)).toEqual([
    'can be asked without a key',
    'can be asked with the key in TEAM_KEY',
    'can be asked at http://10.0.0.7/v1 without a key',
    'cannot be asked: no key: set LAB_KEY',
  ]);
  expect(providers[3]?.provider.readiness).toEqual({ ready: false, reason: 'no key: set LAB_KEY' });
  expect(JSON.stringify(providers.map(asData))).not.toContain('sk-');
});

test('a key that cannot be sent is told by the name of its own variable', () => {
  const [one] = projectProviders([{ use: 'anthropic', keyFrom: 'MINE' }], { MINE: 'two words' });
  expect(one?.readiness).toMatchObject({ ready: false, reason: expect.stringMatching(/characters.*set MINE$/) });
});

test('a password or a key in an address is shown to nobody', () => {
  const env = { OPENAI_BASE_URL: 'http://me:sk-word@10.0.0.7/v1?key=sk-query' };
  const [, openai] = projectProviders(undefined, env);
  expect(openai && inWords(openai)).toBe('can be asked at http://10.0.0.7/v1 without a key');
  expect(JSON.stringify(openai && asData(openai))).not.toContain('sk-');
});
