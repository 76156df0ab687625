import { expect, it } from 'vitest';
import type { ModelRequest } from '../../contract.ts';
import { messagesBody } from '../anthropic/body.ts';
import { chatBody } from '../compatible/body.ts';
import { responsesBody } from '../openai/body.ts';

const half = '\ud83d';
const request: ModelRequest = {
  model: 'm',
  maxOutputTokens: 10,
  system: `be ${half}`,
  messages: [
    { role: 'user', text: `look ${half}` },
    {
      role: 'assistant',
      text: `so ${half}`,
      toolCalls: [{ id: '1', name: 'look', input: { [half]: [half, 1, null] } }],
    },
    { role: 'tool', callId: '1', text: `seen ${half}` },
  ],
};

it.each([
  [
    'anthropic',
    () => messagesBody(request, { provider: 'p', promptCaching: true, transform: (schema) => schema as never }),
  ],
  ['openai', () => responsesBody(request, 'p')],
  ['compatible', () => chatBody(request, 'p', 'schema')],
])('no half character goes out: %s', (_name, body) => {
  const text = JSON.stringify(body());
  expect(text).not.toContain(String.raw`\ud83d`);
  expect(text.split('\ufffd').length).toBe(7);
});
