import type { OpenAI } from 'openai';
import type { Finish, ModelEvent, ModelRequest, ToolCall, Usage } from '../../contract.ts';
import { ModelError } from '../../errors.ts';
import type { Reader } from '../../stream/answer.ts';
import { toolCallOf, type ToolCallText } from '../common/tool-call.ts';

type Chunk = OpenAI.Chat.ChatCompletionChunk;

/**
 * Reads the chunks of a chat completion. There is no last chunk of its own: the answer is whole when a `finish_reason`
 * has come. Servers that do not count tell no usage: it is estimated then, and says so.
 */
export function chatReader(provider: string, request: ModelRequest): Reader<Chunk> {
  let { model } = request;
  let text = '';
  let refused = '';
  let counted: Usage | undefined;
  let finish: string | undefined;
  const open = new Map<number, ToolCallText>();

  const piece = (delta: OpenAI.Chat.ChatCompletionChunk.Choice.Delta): readonly ModelEvent[] => {
    for (const part of delta.tool_calls ?? []) {
      // Some servers leave the index out where there is one call.
      const index = (part.index as number | undefined) ?? 0;
      const before = open.get(index) ?? { id: '', name: '', text: '' };
      open.set(index, {
        id: before.id === '' ? (part.id ?? '') : before.id,
        name: before.name === '' ? (part.function?.name ?? '') : before.name,
        text: before.text + (part.function?.arguments ?? ''),
      });
    }
    refused += delta.refusal ?? '';
    const more = delta.content ?? '';
    text += more;
    return more === '' ? [] : [{ type: 'text', text: more }];
  };

  return {
    usage: () => counted,
    read(chunk) {
      if (typeof chunk.model === 'string' && chunk.model !== '') ({ model } = chunk);
      if (chunk.usage !== undefined && chunk.usage !== null) counted = usageOf(chunk.usage);
      const choice = (chunk.choices as OpenAI.Chat.ChatCompletionChunk.Choice[] | undefined)?.[0];
      if (choice === undefined) return [];
      finish = choice.finish_reason ?? finish;
      return piece(choice.delta);
    },
    close() {
      if (finish === undefined) return [];
      const about = { provider, model, ...(counted === undefined ? {} : { usage: counted }) };
      if (finish === 'content_filter')
        throw new ModelError(`${provider} (${model}): a filter stopped the answer.`, { kind: 'filtered', ...about });
      if (refused !== '')
        throw new ModelError(`${provider} (${model}): the model refuses to answer: ${refused}`, {
          kind: 'refusal',
          ...about,
        });
      const cut = finish === 'length';
      const calls = cut ? [] : [...open.values()].map((call, at) => toolCallOf(named(call, at), about));
      const usage = counted ?? estimated(request, text, open);
      const why: Finish = cut ? 'length' : calls.length > 0 ? 'toolCalls' : 'stop';
      return [
        ...calls.map((call: ToolCall): ModelEvent => ({ type: 'toolCall', call })),
        { type: 'end', answer: { text, toolCalls: calls, usage, finish: why, provider, model } },
      ];
    },
  };
}

const named = (call: ToolCallText, at: number): ToolCallText => (call.id === '' ? { ...call, id: `call-${at}` } : call);

function usageOf(usage: OpenAI.CompletionUsage): Usage {
  const input = usage.prompt_tokens;
  const output = usage.completion_tokens;
  const cacheRead = usage.prompt_tokens_details?.cached_tokens ?? 0;
  return { input, output, cacheRead, cacheWrite: 0, total: input + output };
}

const charsPerToken = 3.7;

function estimated(request: ModelRequest, text: string, calls: ReadonlyMap<number, ToolCallText>): Usage {
  const asked = [request.system ?? '', ...request.messages.map((message) => message.text)].join('\n');
  const said = text + [...calls.values()].map((call) => call.text).join('');
  const input = Math.max(1, Math.ceil(asked.length / charsPerToken));
  const output = Math.ceil(said.length / charsPerToken);
  return { input, output, cacheRead: 0, cacheWrite: 0, total: input + output, estimated: true };
}
