import type Anthropic from '@anthropic-ai/sdk';
import type { transformJSONSchema } from '@anthropic-ai/sdk/lib/transform-json-schema';
import type { Message, ModelRequest } from '../../contract.ts';
import { inWords, jsonSchemaOf, strictSchema } from '../../schema/index.ts';
import { optionsOf } from '../common/settings.ts';
import { wellFormed } from '../common/well-formed.ts';

type Body = Anthropic.MessageCreateParamsStreaming;
type Turn = Anthropic.MessageParam;

const optionNames = [
  'top_p',
  'top_k',
  'stop_sequences',
  'metadata',
  'service_tier',
  'thinking',
  'tool_choice',
  'output_config',
  'inference_geo',
  'container',
];

const marked = { cache_control: { type: 'ephemeral' } } as const;

/** What the dialect of a provider is made with: the SDK's own function, handed in because it is loaded late. */
export interface BodyMeans {
  readonly provider: string;
  readonly promptCaching: boolean;
  readonly transform: typeof transformJSONSchema;
}

/** A request in the words of the Messages API. */
export function messagesBody(asked: ModelRequest, { provider, promptCaching, transform }: BodyMeans): Body {
  const request = wellFormed(asked);
  const about = { provider, model: request.model };
  const options = optionsOf(request, provider, optionNames);
  const tools = (request.tools ?? []).map(({ name, description, input }): Anthropic.Tool => {
    const schema = jsonSchemaOf(input, about);
    return { name, description, input_schema: { ...schema, type: 'object' } };
  });
  const last = tools.at(-1);
  // The mark covers all that comes before it: tools, then the system text. Neither changes from call to call.
  if (promptCaching && last !== undefined && request.system === undefined)
    tools[tools.length - 1] = { ...last, ...marked };
  const messages = turns(request.messages);
  // A conversation that goes on will go on further: the next turn reads all of this one from the cache.
  if (promptCaching && messages.length > 1) markLast(messages);
  const shape = request.output === undefined ? undefined : jsonSchemaOf(request.output, about);
  // What its dialect cannot say (any members, any value) would come out empty: that is asked for in words.
  const said = shape !== undefined && strictSchema(shape) !== undefined;
  const format =
    shape === undefined || !said
      ? {}
      : {
          output_config: {
            ...(options['output_config'] as Anthropic.OutputConfig | undefined),
            format: { type: 'json_schema' as const, schema: transform(shape) },
          },
        };
  const system: Anthropic.TextBlockParam[] = [
    ...(request.system === undefined
      ? []
      : [{ type: 'text' as const, text: request.system, ...(promptCaching ? marked : {}) }]),
    ...(shape === undefined || said ? [] : [{ type: 'text' as const, text: inWords(shape) }]),
  ];
  return {
    ...options,
    model: request.model,
    max_tokens: request.maxOutputTokens,
    ...(system.length === 0 ? {} : { system }),
    ...(tools.length === 0 ? {} : { tools }),
    messages,
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...format,
    stream: true,
  };
}

// Results of tools are said by the user, all of one turn together.
function turns(messages: readonly Message[]): Turn[] {
  const made: Turn[] = [];
  for (const message of messages) {
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const content = blocks(message);
    // Whoever said nothing is left out: the API refuses a turn that is empty.
    if (content.length === 0) continue;
    const before = made.at(-1);
    if (message.role === 'tool' && before?.role === role && Array.isArray(before.content))
      made[made.length - 1] = { role, content: [...before.content, ...content] };
    else made.push({ role, content });
  }
  return made;
}

function blocks(message: Message): Anthropic.ContentBlockParam[] {
  if (message.role === 'tool')
    return [
      {
        type: 'tool_result',
        tool_use_id: message.callId,
        content: message.text,
        ...(message.failed === true ? { is_error: true } : {}),
      },
    ];
  const text: Anthropic.ContentBlockParam[] = message.text.trim() === '' ? [] : [{ type: 'text', text: message.text }];
  if (message.role === 'user') return text;
  return [
    ...text,
    ...(message.toolCalls ?? []).map(({ id, name, input }) => ({ type: 'tool_use' as const, id, name, input })),
  ];
}

function markLast(messages: Turn[]): void {
  const turn = messages.at(-1);
  if (turn?.role !== 'user' || typeof turn.content === 'string') return;
  const block = turn.content.at(-1);
  if (block?.type !== 'text' && block?.type !== 'tool_result') return;
  messages[messages.length - 1] = { role: 'user', content: [...turn.content.slice(0, -1), { ...block, ...marked }] };
}
