import { describe, expect, test } from 'vitest';
import { collect } from '../../collect.ts';
import type { ModelEvent, ModelRequest } from '../../contract.ts';
import { scriptedProvider } from './index.ts';

const request: ModelRequest = { model: 'm', maxOutputTokens: 9, messages: [{ role: 'user', text: 'hi' }] };

describe('a scripted provider', () => {
  test('answers turn by turn, fails as the script says, and makes nothing up after its end', async () => {
    const provider = scriptedProvider(['one', { fails: 'rateLimit', retryAfterMs: 70 }, { json: { n: 2 } }]);
    expect(await collect(provider.ask(request))).toMatchObject({ text: 'one', finish: 'stop', usage: { total: 15 } });
    await expect(collect(provider.ask(request))).rejects.toMatchObject({
      kind: 'rateLimit',
      code: 'MR4000',
      retryable: true,
      retryAfterMs: 70,
      mayHaveCost: false,
    });
    expect((await collect(provider.ask(request))).text).toBe('{"n":2}');
    await expect(collect(provider.ask(request))).rejects.toMatchObject({
      code: 'MR4017',
      message: expect.stringContaining('has 3 turns and is asked once more'),
    });
    expect(provider.asked).toHaveLength(4);
  });

  test('streams pieces and fails in the middle', async () => {
    const seen: ModelEvent[] = [];
    const ask = async (): Promise<void> => {
      for await (const event of scriptedProvider([{ text: ['a', 'b'], fails: 'truncated' }]).ask(request))
        seen.push(event);
    };
    await expect(ask()).rejects.toMatchObject({ kind: 'truncated', mayHaveCost: true });
    expect(seen).toEqual([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ]);
  });

  test('tools and a function as script', async () => {
    const call = { id: '1', name: 'look', input: { at: 'it' } };
    const provider = scriptedProvider((asked, at) => (at === 0 ? { toolCalls: [call] } : asked.model), {
      name: 'mine',
    });
    expect(await collect(provider.ask(request))).toMatchObject({ finish: 'toolCalls', toolCalls: [call] });
    expect(await collect(provider.ask(request))).toMatchObject({ text: 'm', provider: 'mine' });
  });

  test('is called off while it waits', async () => {
    const cancel = new AbortController();
    const answer = collect(scriptedProvider([{ text: 'x', delayMs: 60_000 }]).ask(request, { signal: cancel.signal }));
    cancel.abort();
    await expect(answer).rejects.toMatchObject({ kind: 'aborted', retryable: false });
  });
});
