import type { OpenAI } from 'openai';
import type { Message, ModelRequest } from '../../contract.ts';
import { jsonSchemaOf, strictSchema } from '../../schema/index.ts';
import { optionsOf } from '../common/settings.ts';
import { wellFormed } from '../common/well-formed.ts';

type Body = OpenAI.Responses.ResponseCreateParamsStreaming;
type Item = OpenAI.Responses.ResponseInputItem;

const optionNames = [
  'top_p',
  'reasoning',
  'tool_choice',
  'parallel_tool_calls',
  'metadata',
  'service_tier',
  'text',
  'truncation',
  'user',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'include',
  'store',
  'top_logprobs',
];

/** A request in the words of the Responses API. Nothing is kept by the provider unless `options.store` says so. */
export function responsesBody(asked: ModelRequest, provider: string): Body {
  const request = wellFormed(asked);
  const about = { provider, model: request.model };
  const options = optionsOf(request, provider, optionNames);
  const tools = (request.tools ?? []).map(({ name, description, input }): OpenAI.Responses.FunctionTool => ({
    type: 'function',
    name,
    description,
    parameters: { ...jsonSchemaOf(input, about) },
    strict: false,
  }));
  return {
    store: false,
    ...options,
    model: request.model,
    max_output_tokens: request.maxOutputTokens,
    ...(request.system === undefined ? {} : { instructions: request.system }),
    input: request.messages.flatMap(items),
    ...(tools.length === 0 ? {} : { tools }),
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.output === undefined
      ? {}
      : {
          text: {
            ...(options['text'] as OpenAI.Responses.ResponseTextConfig | undefined),
            format: { type: 'json_schema' as const, name: 'answer', ...dialect(jsonSchemaOf(request.output, about)) },
          },
        }),
    stream: true,
  };
}

/** Enforced where the dialect can say it; else as a hint, and what comes is checked anyway. */
function dialect(schema: Readonly<Record<string, unknown>>): { schema: Record<string, unknown>; strict: boolean } {
  const strict = strictSchema(schema);
  return { schema: { ...(strict ?? schema) }, strict: strict !== undefined };
}

function items(message: Message): Item[] {
  if (message.role === 'user') return [{ role: 'user', content: message.text }];
  if (message.role === 'tool') {
    const output = message.failed === true ? `The tool failed: ${message.text}` : message.text;
    return [{ type: 'function_call_output', call_id: message.callId, output }];
  }
  const text: Item[] = message.text === '' ? [] : [{ role: 'assistant', content: message.text }];
  return [
    ...text,
    ...(message.toolCalls ?? []).map(({ id, name, input }): Item => ({
      type: 'function_call',
      call_id: id,
      name,
      arguments: JSON.stringify(input),
    })),
  ];
}
