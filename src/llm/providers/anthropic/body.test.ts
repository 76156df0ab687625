import { expect, test } from 'vitest';
import { messagesBody } from './body.ts';

test('an answer that says nothing is no turn: the API refuses one that is empty', () => {
  const { messages } = messagesBody(
    {
      model: 'm',
      maxOutputTokens: 9,
      messages: [
        { role: 'user', text: 'Where?' },
        { role: 'assistant', text: ' \n' },
        { role: 'user', text: 'That is no JSON.' },
      ],
    },
    { provider: 'p', promptCaching: false, transform: (schema) => schema as never },
  );
  expect(messages).toEqual([
    { role: 'user', content: [{ type: 'text', text: 'Where?' }] },
    { role: 'user', content: [{ type: 'text', text: 'That is no JSON.' }] },
  ]);
});
