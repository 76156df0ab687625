import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWireServer, type WireServer } from '../../testing/wire-server/index.ts';
import { collect } from '../collect.ts';
import type { ModelEvent, ModelRequest, Provider } from '../contract.ts';
import { anthropicProvider } from '../providers/anthropic/index.ts';
import type { ProviderSettings } from '../providers/common/settings.ts';
import { compatibleProvider } from '../providers/compatible/index.ts';
import { openaiProvider } from '../providers/openai/index.ts';
import { cassetteFetch, directoryCassettes, memoryCassettes } from './index.ts';

const key = 'sk-very-secret-key-1234';
let server: WireServer;
beforeAll(async () => {
  server = await startWireServer({ answer: ({ n }) => `answer ${n}` });
});
afterAll(() => server.close());

// Somebody has put the key where it does not belong.
const request: ModelRequest = {
  system: `Your key is ${key}.`,
  model: 'm',
  maxOutputTokens: 50,
  messages: [{ role: 'user', text: 'Where?' }],
};
const never: typeof fetch = () => Promise.reject(new Error('The network was used.'));
const adapters: Readonly<Record<string, (settings: ProviderSettings & { baseURL: string }) => Provider>> = {
  messages: anthropicProvider,
  responses: openaiProvider,
  chat: compatibleProvider,
};

async function eventsOf(provider: Provider, asked = request): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of provider.ask(asked)) events.push(event);
  return events;
}

describe.each(['messages', 'responses', 'chat'] as const)('%s', (protocol) => {
  const make = (baseURL: string, through: typeof fetch): Provider => {
    const adapter = adapters[protocol];
    if (adapter === undefined) throw new Error(protocol);
    return adapter({ apiKey: key, baseURL, fetch: through });
  };

  test('what was recorded is replayed event by event, without network or key', async () => {
    const texts = new Map<string, string>();
    const store = memoryCassettes(texts);
    const recorder = make(server.baseURL(protocol), cassetteFetch({ store, mode: 'record' }));
    const first = await eventsOf(recorder);
    const second = await eventsOf(recorder);
    expect(second).not.toEqual(first);
    // Kept once the last byte has come, a moment after the last event.
    await expect.poll(() => texts.size).toBe(2);
    for (const text of texts.values()) {
      expect(text).not.toContain(key);
      expect(text).toContain('Where?');
    }
    const player = make(
      'http://elsewhere.invalid/v1'.replace(protocol === 'messages' ? '/v1' : '', ''),
      cassetteFetch({ store, mode: 'replay', fetch: never }),
    );
    const calls = server.calls.length;
    expect(await eventsOf(player)).toEqual(first);
    expect(await eventsOf(player)).toEqual(second);
    expect(server.calls).toHaveLength(calls);
  });

  test('a miss is a coded error, and nobody is asked', async () => {
    const player = make(
      server.baseURL(protocol),
      cassetteFetch({ store: memoryCassettes(), mode: 'replay', fetch: never }),
    );
    await expect(collect(player.ask(request))).rejects.toMatchObject({
      code: 'MR4018',
      kind: 'badRequest',
      retryable: false,
      mayHaveCost: false,
    });
  });

  test('failures are replayed as they were', async () => {
    const store = memoryCassettes();
    const asks = (mode: 'record' | 'replay') =>
      collect(make(server.baseURL(protocol, 'rateLimitLong'), cassetteFetch({ store, mode })).ask(request));
    const failure = { kind: 'rateLimit', retryAfterMs: 70_000 };
    await expect(asks('record')).rejects.toMatchObject(failure);
    await expect(asks('replay')).rejects.toMatchObject(failure);
  });
});

test('files: what is missing is recorded, another prompt is another cassette, an answer that broke off is none', async () => {
  const folder = mkdtempSync(`${tmpdir()}/cassettes-`);
  try {
    const store = directoryCassettes(folder);
    const provider = (scenario?: 'cut') =>
      anthropicProvider({
        apiKey: key,
        baseURL: server.baseURL('messages', scenario),
        fetch: cassetteFetch({ store, mode: 'missing' }),
      });
    await expect(collect(provider('cut').ask(request))).rejects.toMatchObject({ kind: 'truncated' });
    expect(readdirSync(folder)).toEqual([]);
    const answer = await collect(provider().ask(request));
    await expect.poll(() => readdirSync(folder)).toHaveLength(1);
    const paid = server.paid();
    expect((await collect(provider().ask(request))).text).toBe(answer.text);
    expect(server.paid()).toBe(paid);
    await collect(provider().ask({ ...request, system: 'Be brief.' }));
    expect(server.paid()).toBe(paid + 1);
    const [file = ''] = readdirSync(folder);
    expect(JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'))).toHaveProperty('request.path', '/v1/messages');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a cassette that is none is a coded error', async () => {
  const texts = new Map<string, string>();
  const store = memoryCassettes(texts);
  const ask = (mode: 'record' | 'replay') =>
    collect(
      openaiProvider({ apiKey: key, baseURL: server.baseURL('responses'), fetch: cassetteFetch({ store, mode }) }).ask(
        request,
      ),
    );
  await ask('record');
  await expect.poll(() => texts.size).toBe(1);
  for (const name of texts.keys()) texts.set(name, '{"status": 200, "he');
  await expect(ask('replay')).rejects.toMatchObject({ code: 'MR4019', kind: 'badRequest' });
});
