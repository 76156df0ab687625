import { describe, expect, test } from 'vitest';
import type { ModelEvent } from '../contract.ts';
import type { Reader } from '../stream/answer.ts';
import { estimateRequest } from '../tokens/estimate.ts';
import { messageReader } from './anthropic/reader.ts';
import { chatReader } from './compatible/reader.ts';
import { responseReader } from './openai/reader.ts';

const request = { model: 'm', maxOutputTokens: 9, messages: [{ role: 'user', text: 'x'.repeat(37) }] } as const;

function play<Chunk>(reader: Reader<Chunk>, chunks: readonly object[]): ModelEvent[] {
  const events = chunks.flatMap((chunk) => reader.read(chunk as Chunk));
  return [...events, ...(reader.close?.() ?? [])];
}
const answerOf = (events: readonly ModelEvent[]) => {
  const last = events.at(-1);
  return last?.type === 'end' ? last.answer : undefined;
};

describe('messages', () => {
  const start = (usage: object) => ({ type: 'message_start', message: { model: 'm-1', usage } });
  const stop = (stop_reason: string, usage: object) => [
    { type: 'message_delta', delta: { stop_reason }, usage },
    { type: 'message_stop' },
  ];
  const tool = (json: string) => [
    { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', id: 't', name: 'look', input: {} } },
    { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: json } },
    { type: 'content_block_stop', index: 1 },
  ];

  test('what was read from the cache and written to it is part of the input', () => {
    const counts = {
      input_tokens: 12,
      cache_creation_input_tokens: 100,
      cache_read_input_tokens: 200,
      output_tokens: 1,
    };
    const events = play(messageReader('p', request), [start(counts), ...stop('end_turn', { output_tokens: 5 })]);
    expect(answerOf(events)?.usage).toEqual({ input: 312, output: 5, cacheRead: 200, cacheWrite: 100, total: 317 });
    expect(answerOf(events)?.model).toBe('m-1');
  });

  test('a tool call that was cut at the limit is none, and otherwise an invalid one', () => {
    const cut = play(messageReader('p', request), [start({}), ...tool('{"at":'), ...stop('max_tokens', {})]);
    expect(answerOf(cut)).toMatchObject({ finish: 'length', toolCalls: [] });
    expect(() => play(messageReader('p', request), [start({}), ...tool('{"at":'), ...stop('tool_use', {})])).toThrow(
      expect.objectContaining({ kind: 'invalidOutput' }),
    );
  });

  test('a tool without arguments is called with none', () => {
    const events = play(messageReader('p', request), [start({}), ...tool(''), ...stop('tool_use', {})]);
    expect(answerOf(events)?.toolCalls).toEqual([{ id: 't', name: 'look', input: {} }]);
  });
});

describe('chat completions', () => {
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    choices: [{ index: 0, delta, finish_reason }],
  });
  const call = (id: string, text: string, index?: number) =>
    chunk({
      tool_calls: [{ id, ...(index === undefined ? {} : { index }), function: { name: 'look', arguments: text } }],
    });

  test('are not whole without a reason why they ended', () => {
    expect(play(chatReader('p', request), [chunk({ content: 'a' })])).toEqual([{ type: 'text', text: 'a' }]);
  });

  test('of servers that do not count are estimated, and say so', () => {
    const answer = answerOf(play(chatReader('p', request), [chunk({ content: 'abc' }), chunk({}, 'stop')]));
    const input = estimateRequest(request);
    expect(input).toBeGreaterThan(5);
    expect(answer?.usage).toEqual({ input, output: 1, cacheRead: 0, cacheWrite: 0, total: input + 1, estimated: true });
  });

  test('of Gemini think in the sum alone, and that is paid, too', () => {
    const usage = { prompt_tokens: 21, completion_tokens: 2, total_tokens: 81 };
    const answer = answerOf(
      play(chatReader('p', request), [chunk({ content: 'abc' }), { ...chunk({}, 'stop'), usage }]),
    );
    expect(answer?.usage).toMatchObject({ input: 21, output: 60, total: 81 });
  });

  test.each([
    ['with their indexes', [0, 1]],
    ['without', [undefined, undefined]],
    ['all with the same', [0, 0]],
  ])('calls side by side, %s', (_what, [first, second]) => {
    const chunks = [call('a', '{"n":1', first), call('a', '}', first), call('b', '{"n":2}', second), chunk({}, 'stop')];
    const answer = answerOf(play(chatReader('p', request), chunks));
    expect(answer).toMatchObject({
      finish: 'toolCalls',
      toolCalls: [
        { id: 'a', input: { n: 1 } },
        { id: 'b', input: { n: 2 } },
      ],
    });
  });

  test('that a filter stopped are no answers', () => {
    expect(() => play(chatReader('p', request), [chunk({ content: 'a' }, 'content_filter')])).toThrow(
      expect.objectContaining({ kind: 'filtered', mayHaveCost: true }),
    );
  });
});

describe('responses', () => {
  test('that failed or were filtered are no answers, and say what they used', () => {
    const usage = { input_tokens: 3, output_tokens: 4 };
    const error = { code: 'rate_limit_exceeded', message: 'x' };
    const reader = responseReader('p', request);
    expect(() => play(reader, [{ type: 'response.failed', response: { usage, error } }])).toThrow('x');
    expect(reader.usage()).toEqual({ input: 3, output: 4, cacheRead: 0, cacheWrite: 0, total: 7 });
    const response = { model: 'm', status: 'incomplete', incomplete_details: { reason: 'content_filter' }, usage };
    expect(() => play(responseReader('p', request), [{ type: 'response.incomplete', response }])).toThrow(
      expect.objectContaining({ kind: 'filtered', usage: expect.objectContaining({ total: 7 }) }),
    );
  });
});

describe('gateways that do not count', () => {
  const response = { model: 'm', status: 'completed', output: [] };
  const events: readonly (readonly [string, readonly ModelEvent[]])[] = [
    [
      'messages',
      play(messageReader('p', request), [
        { type: 'message_start', message: { model: 'm' } },
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'abc' } },
        { type: 'message_delta', delta: { stop_reason: 'end_turn' } },
        { type: 'message_stop' },
      ]),
    ],
    [
      'responses',
      play(responseReader('p', request), [
        { type: 'response.output_text.delta', delta: 'abc' },
        { type: 'response.completed', response },
      ]),
    ],
    [
      'chat completions',
      play(chatReader('p', request), [
        { choices: [{ index: 0, delta: { content: 'abc' }, finish_reason: 'stop' }] },
        { choices: [], usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } },
      ]),
    ],
  ];

  test.each(events)('%s are estimated: no answer is for nothing', (_name, all) => {
    const input = estimateRequest(request);
    expect(answerOf(all)).toMatchObject({ text: 'abc', usage: { input, output: 1, estimated: true } });
  });
});
