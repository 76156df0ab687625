import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startWireServer, type WireServer } from '../../testing/wire-server/index.ts';
import { collect } from '../collect.ts';
import type { ModelRequest, Provider } from '../contract.ts';
import { askFor } from '../output/index.ts';
import { anthropicProvider } from './anthropic/index.ts';
import { compatibleProvider } from './compatible/index.ts';
import { environmentProviders } from './environment.ts';
import { openaiProvider } from './openai/index.ts';

const key = 'sk-the-right-key';
let server: WireServer;
let providers: Readonly<Record<'anthropic' | 'openai' | 'compatible', Provider>>;
beforeAll(async () => {
  server = await startWireServer({ key, pieceMs: 1 });
});
afterAll(() => server.close());
beforeEach(() => {
  providers = {
    anthropic: anthropicProvider({ apiKey: key, baseURL: server.baseURL('messages') }),
    openai: openaiProvider({ apiKey: key, baseURL: server.baseURL('responses') }),
    compatible: compatibleProvider({ apiKey: key, baseURL: server.baseURL('chat') }),
  };
});
const names = ['anthropic', 'openai', 'compatible'] as const;

const request: ModelRequest = { model: 'm', maxOutputTokens: 50, messages: [{ role: 'user', text: 'Where?' }] };
const tools = [{ name: 'look', description: 'Looks', input: z.object({ at: z.string() }) }];
const talk: ModelRequest = {
  ...request,
  system: 'Be brief.',
  tools,
  messages: [
    { role: 'user', text: 'Where?' },
    {
      role: 'assistant',
      text: 'I look.',
      toolCalls: [
        { id: 'a', name: 'look', input: { at: 'map' } },
        { id: 'b', name: 'look', input: { at: 'sky' } },
      ],
    },
    { role: 'tool', callId: 'a', text: 'here' },
    { role: 'tool', callId: 'b', text: 'clouds', failed: true },
  ],
};
const bodyOf = async (provider: Provider, asked: ModelRequest) => {
  await collect(provider.ask(asked));
  return server.calls.at(-1)?.body;
};

describe('what is sent', () => {
  test('by the Messages API: tool results in one turn, the stable prefix and the end marked', async () => {
    expect(await bodyOf(providers.anthropic, { ...talk, temperature: 0, options: { top_k: 3 } })).toEqual({
      model: 'm',
      max_tokens: 50,
      stream: true,
      temperature: 0,
      top_k: 3,
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
      tools: [{ name: 'look', description: 'Looks', input_schema: expect.objectContaining({ type: 'object' }) }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Where?' }] },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'I look.' },
            { type: 'tool_use', id: 'a', name: 'look', input: { at: 'map' } },
            { type: 'tool_use', id: 'b', name: 'look', input: { at: 'sky' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'a', content: 'here' },
            {
              type: 'tool_result',
              tool_use_id: 'b',
              content: 'clouds',
              is_error: true,
              cache_control: { type: 'ephemeral' },
            },
          ],
        },
      ],
    });
    const plain = anthropicProvider({ apiKey: key, baseURL: server.baseURL('messages'), promptCaching: false });
    expect(JSON.stringify(await bodyOf(plain, talk))).not.toContain('cache_control');
  });

  test('by the Responses API: nothing is stored there', async () => {
    expect(await bodyOf(providers.openai, talk)).toMatchObject({
      model: 'm',
      max_output_tokens: 50,
      stream: true,
      store: false,
      instructions: 'Be brief.',
      tools: [{ type: 'function', name: 'look', strict: false }],
      input: [
        { role: 'user', content: 'Where?' },
        { role: 'assistant', content: 'I look.' },
        { type: 'function_call', call_id: 'a', name: 'look', arguments: '{"at":"map"}' },
        { type: 'function_call', call_id: 'b' },
        { type: 'function_call_output', call_id: 'a', output: 'here' },
        { type: 'function_call_output', call_id: 'b', output: 'The tool failed: clouds' },
      ],
    });
  });

  test('by chat completions', async () => {
    expect(await bodyOf(providers.compatible, talk)).toMatchObject({
      max_tokens: 50,
      stream_options: { include_usage: true },
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Where?' },
        { role: 'assistant', content: 'I look.', tool_calls: [{ id: 'a', function: { name: 'look' } }, { id: 'b' }] },
        { role: 'tool', tool_call_id: 'a', content: 'here' },
        { role: 'tool', tool_call_id: 'b', content: 'The tool failed: clouds' },
      ],
    });
  });

  test('the shape of the answer in words, for servers that know no schemas', async () => {
    const own = compatibleProvider({ baseURL: server.baseURL('chat'), apiKey: key, structured: 'words' });
    const body = await bodyOf(own, { ...request, output: z.object({ city: z.string() }) });
    expect(body).not.toHaveProperty('response_format');
    expect(body).toHaveProperty('messages.0.content', expect.stringContaining('"city":{"type":"string"}'));
  });
});

test('a shape that a dialect cannot say is asked for in words, or as a hint', async () => {
  const asked = { ...request, system: 'Be brief.', output: z.object({ by: z.record(z.string(), z.unknown()) }) };
  const body = await bodyOf(providers.anthropic, asked);
  expect(body).not.toHaveProperty('output_config');
  expect(body).toHaveProperty('system.1.text', expect.stringContaining('additionalProperties'));
  expect(await bodyOf(providers.openai, asked)).toHaveProperty('text.format.strict', false);
});

describe.each(names)('%s', (name) => {
  test('gives pieces, a whole answer and what it used', async () => {
    const texts: string[] = [];
    for await (const event of providers[name].ask(request)) {
      if (event.type === 'text') texts.push(event.text);
      if (event.type === 'end')
        expect(event.answer).toMatchObject({
          text: 'hello',
          finish: 'stop',
          provider: name,
          model: 'm',
          usage: { output: 2, cacheRead: 0, cacheWrite: 0, total: event.answer.usage.input + 2 },
        });
    }
    expect(texts).toEqual(['hel', 'lo']);
  });

  test('asks for a value in its own dialect', async () => {
    const output = z.object({
      city: z.string(),
      nick: z.string().optional(),
      at: z.array(z.object({ lat: z.number(), kind: z.enum(['a', 'b']) })),
    });
    const { value, calls } = await askFor(providers[name], { ...request, output });
    expect({ value, calls }).toMatchObject({ value: { city: 'text', at: [{ lat: 1, kind: 'a' }] }, calls: 1 });
  });

  test('ends the request when it is called off, and when the loop is left', async () => {
    const cancel = new AbortController();
    const before = server.paid();
    const asked = (async () => {
      for await (const event of providers[name].ask(request, { signal: cancel.signal }))
        if (event.type === 'text') cancel.abort(new Error('enough'));
    })();
    await expect(asked).rejects.toMatchObject({ kind: 'aborted', code: 'MR4008', mayHaveCost: true });
    for await (const event of providers[name].ask(request)) if (event.type === 'text') break;
    await expect(collect(providers[name].ask(request, { signal: AbortSignal.abort() }))).rejects.toMatchObject({
      kind: 'aborted',
      mayHaveCost: false,
    });
    expect(server.paid() - before).toBe(2);
  });

  test('is checked without a paid call, and a wrong key is told as such', async () => {
    const before = server.calls.length;
    await providers[name].check();
    const baseURL = server.baseURL(name === 'anthropic' ? 'messages' : 'chat');
    const wrong = { anthropic: anthropicProvider, openai: openaiProvider, compatible: compatibleProvider }[name];
    await expect(wrong({ apiKey: 'sk-wrong', baseURL }).check()).rejects.toMatchObject({
      kind: 'auth',
      code: 'MR4003',
    });
    expect(server.calls).toHaveLength(before);
  });

  test.each([
    ['no messages', { messages: [] }, 'MR4004'],
    ['no room for the answer', { maxOutputTokens: 0 }, 'MR4004'],
    ['no model', { model: '' }, 'MR4004'],
    ['a slip in an option', { options: { top_pp: 1 } }, 'MR4016'],
    ['a schema that JSON cannot have', { output: z.object({ at: z.date() }) }, 'MR4004'],
  ])('refuses %s before anything is sent', async (_what, wrong, code) => {
    const before = server.calls.length;
    const failed = collect(providers[name].ask({ ...request, ...wrong }));
    await expect(failed).rejects.toMatchObject({ kind: 'badRequest', code, retryable: false, mayHaveCost: false });
    expect(server.calls).toHaveLength(before);
  });
});

test.each(['anthropic', 'openai'] as const)('%s counts tokens without a paid call', async (name) => {
  const before = server.paid();
  expect(await providers[name].countTokens?.(talk)).toBeGreaterThan(50);
  expect(server.paid()).toBe(before);
});

describe('readiness', () => {
  test.each([
    ['no key', anthropicProvider({ apiKey: undefined }), 'no key: set ANTHROPIC_API_KEY'],
    ['an empty key', openaiProvider({ apiKey: ' ' }), 'no key: set OPENAI_API_KEY'],
    ['no key of a preset', compatibleProvider({ preset: 'gemini' }), 'no key: set GEMINI_API_KEY'],
    ['a key with a line in it', openaiProvider({ apiKey: 'sk\nx' }), 'characters that no key has'],
    ['an address that is none', anthropicProvider({ apiKey: 'k', baseURL: 'localhost:1' }), 'is not an address'],
  ])('%s: asks nobody and says why', async (_what, provider, reason) => {
    expect(provider.readiness).toEqual({ ready: false, reason: expect.stringContaining(reason) });
    const failure = { kind: 'auth', code: 'MR4014', message: expect.stringContaining(reason), mayHaveCost: false };
    await expect(collect(provider.ask(request))).rejects.toMatchObject(failure);
    await expect(provider.check()).rejects.toMatchObject(failure);
  });

  test('keys and addresses of an environment', async () => {
    const environment = { OPENAI_API_KEY: key, OPENAI_BASE_URL: server.baseURL('responses'), GEMINI_API_KEY: '' };
    const all = environmentProviders(environment);
    expect(all.map(({ name, readiness }) => [name, readiness.ready])).toEqual([
      ['anthropic', false],
      ['openai', true],
      ['gemini', false],
    ]);
    await all[1]?.check();
  });

  test('an address is enough, as for the commands: a server of your own may need no key', () => {
    const ready = (environment: Record<string, string>) =>
      environmentProviders(environment).flatMap(({ name, readiness }) => (readiness.ready ? [name] : []));
    expect(ready({ ANTHROPIC_BASE_URL: 'http://127.0.0.1:4010' })).toEqual(['anthropic']);
    expect(ready({ OLLAMA_BASE_URL: 'http://127.0.0.1:1/v1', OPENAI_BASE_URL: ' ' })).toEqual(['ollama']);
    expect(ready({ VLLM_BASE_URL: 'http://a/v1', LLAMACPP_BASE_URL: 'http://b/v1' })).toEqual(['vllm', 'llamaCpp']);
    expect(ready({})).toEqual([]);
  });

  test('servers of your own need no key', () => {
    expect(compatibleProvider({ preset: 'vllm' }).readiness).toEqual({ ready: true });
  });

  test('nobody listens: a network failure that cost nothing', async () => {
    const nobody = compatibleProvider({ baseURL: 'http://127.0.0.1:9/v1' });
    // A look at the provider is about no model, and what was said at each turn is one sentence.
    await expect(nobody.check()).rejects.toMatchObject({
      message: expect.stringMatching(/^compatible: [^.]*: fetch failed/),
    });
    await expect(collect(nobody.ask(request))).rejects.toMatchObject({
      kind: 'network',
      code: 'MR4006',
      retryable: true,
    });
  });

  test('a slip in a setting is told with the nearest name', () => {
    const slip = { apiKey: 'k', baseUrl: 'http://x' };
    expect(() => openaiProvider(slip)).toThrow(/'baseUrl'.*'baseURL'/);
  });
});

test('importing the room loads no SDK', () => {
  const index = fileURLToPath(new URL('../index.ts', import.meta.url));
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
    await import(${JSON.stringify(index)});
    console.log(JSON.stringify(loaded.filter((url) => /node_modules\\/(openai|@anthropic-ai)/.test(url))));`;
  const args = ['--input-type=module', '--no-warnings', '-e', script];
  expect(execFileSync(process.execPath, args, { encoding: 'utf8' }).trim()).toBe('[]');
});
