import type { Message, ModelRequest } from '../../contract.ts';

/** The request without half characters, wherever they are from (a text that was cut, a file, an answer): APIs refuse them. */
export function wellFormed(request: ModelRequest): ModelRequest {
  const { system, messages } = request;
  return {
    ...request,
    ...(system === undefined ? {} : { system: system.toWellFormed() }),
    messages: messages.map(mended),
  };
}

function mended(message: Message): Message {
  const text = message.text.toWellFormed();
  if (message.role !== 'assistant' || message.toolCalls === undefined) return { ...message, text };
  return { ...message, text, toolCalls: message.toolCalls.map((call) => ({ ...call, input: whole(call.input) })) };
}

function whole(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(whole);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name.toWellFormed(), whole(member)]));
}
