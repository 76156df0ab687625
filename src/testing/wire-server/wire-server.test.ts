import { expect, test } from 'vitest';
import { z } from 'zod';
import { startWireServer } from './index.ts';
import { sampleOf } from './sample.ts';

const post = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers });

test('speaks in events, counts what would be paid, and knows its key', async () => {
  await using server = await startWireServer({ key: 'k', answer: ({ n }) => `answer ${n}` });
  const url = `${server.baseURL('chat')}/chat/completions`;
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  const asked = { model: 'm', stream: true, messages: [] };
  expect((await post(url, asked)).status).toBe(401);
  const answer = await post(url, asked, { authorization: 'Bearer k' });
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  const text = await answer.text();
  expect(text).toContain('"content":"answ"');
  expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
  expect((await post(url, { ...asked, stream: false }, { authorization: 'Bearer k' })).status).toBe(400);
  expect(server.calls.map(({ n, model, paid }) => [n, model, paid])).toEqual([
    [1, 'm', false],
    [2, 'm', true],
    [3, 'm', false],
  ]);
  expect(server.paid()).toBe(1);
});

test('takes its scenario from the address, or from a function of the call', async () => {
  await using server = await startWireServer({ scenario: ({ n }) => (n === 1 ? 'overloaded' : 'ok') });
  const status = async (url: string) => (await post(`${url}/v1/messages`, { model: 'm', stream: true })).status;
  expect(await status(server.baseURL('messages'))).toBe(529);
  expect(await status(server.baseURL('messages'))).toBe(200);
  expect(await status(server.baseURL('messages', 'contextTooLong'))).toBe(400);
  expect(server.calls.map((call) => call.scenario)).toEqual(['overloaded', 'ok', 'contextTooLong']);
});

test('stands what is no request', async () => {
  await using server = await startWireServer();
  const url = server.baseURL('messages');
  await expect(post(`${url}/v1/messages`, '{"model":')).rejects.toThrow('fetch failed');
  expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
  expect(server.calls).toEqual([]);
});

test('says what fits the schema that is asked for', () => {
  const node = z.object({
    name: z.string().min(6),
    kind: z.enum(['a', 'b']),
    level: z.int().min(3),
    share: z.number().max(0.5),
    done: z.boolean(),
    tags: z.array(z.string()).min(2),
    shape: z.discriminatedUnion('type', [z.object({ type: z.literal('dot') }), z.object({ type: z.literal('line') })]),
    get next() {
      return z.nullable(z.object({ inner: z.string() }));
    },
  });
  expect(node.safeParse(sampleOf(z.toJSONSchema(node))).error).toBeUndefined();
  const tree = z.object({
    name: z.string(),
    get kids() {
      return z.array(tree).optional();
    },
  });
  expect(() => JSON.stringify(sampleOf(z.toJSONSchema(tree)))).not.toThrow();
});
