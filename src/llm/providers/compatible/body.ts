import type { OpenAI } from 'openai';
import type { Message, ModelRequest } from '../../contract.ts';
import { inWords, jsonSchemaOf } from '../../schema/index.ts';
import { optionsOf } from '../common/settings.ts';
import { wellFormed } from '../common/well-formed.ts';

type Body = OpenAI.Chat.ChatCompletionCreateParamsStreaming;
type Turn = OpenAI.Chat.ChatCompletionMessageParam;

const optionNames = [
  'top_p',
  'top_k',
  'min_p',
  'stop',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'repetition_penalty',
  'logit_bias',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning_effort',
  'user',
  'metadata',
  'service_tier',
  'keep_alive',
  'chat_template_kwargs',
];

/** How a server is told the shape of an answer: as a schema that it may enforce, or in words only. */
export type Structured = 'schema' | 'words';

/** A request in the words of chat completions. */
export function chatBody(asked: ModelRequest, provider: string, structured: Structured): Body {
  const request = wellFormed(asked);
  const about = { provider, model: request.model };
  const options = optionsOf(request, provider, optionNames);
  const tools = (request.tools ?? []).map(({ name, description, input }): OpenAI.Chat.ChatCompletionTool => ({
    type: 'function',
    function: { name, description, parameters: { ...jsonSchemaOf(input, about) } },
  }));
  const shape = request.output === undefined ? undefined : jsonSchemaOf(request.output, about);
  const system = [request.system, structured === 'words' && shape !== undefined ? inWords(shape) : undefined]
    .filter((text) => text !== undefined)
    .join('\n\n');
  return {
    ...options,
    model: request.model,
    max_tokens: request.maxOutputTokens,
    messages: [...(system === '' ? [] : [{ role: 'system' as const, content: system }]), ...request.messages.map(turn)],
    ...(tools.length === 0 ? {} : { tools }),
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(shape === undefined || structured === 'words'
      ? {}
      : { response_format: { type: 'json_schema' as const, json_schema: { name: 'answer', schema: { ...shape } } } }),
    stream: true,
    stream_options: { include_usage: true },
  };
}

function turn(message: Message): Turn {
  if (message.role === 'user') return { role: 'user', content: message.text };
  if (message.role === 'tool') {
    const content = message.failed === true ? `The tool failed: ${message.text}` : message.text;
    return { role: 'tool', tool_call_id: message.callId, content };
  }
  const calls = (message.toolCalls ?? []).map(({ id, name, input }) => ({
    id,
    type: 'function' as const,
    function: { name, arguments: JSON.stringify(input) },
  }));
  return {
    role: 'assistant',
    content: message.text === '' && calls.length > 0 ? null : message.text,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}
