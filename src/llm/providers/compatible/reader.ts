import type { OpenAI } from 'openai';
import type { Finish, ModelEvent, ModelRequest, ToolCall, Usage } from '../../contract.ts';
import { ModelError } from '../../errors.ts';
import type { Reader } from '../../stream/answer.ts';
import { countedOr, estimatedUsage } from '../common/estimated-usage.ts';
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
  let current = 0;

  const piece = (delta: OpenAI.Chat.ChatCompletionChunk.Choice.Delta): readonly ModelEvent[] => {
    for (const part of delta.tool_calls ?? []) {
      const id = part.id ?? '';
      // Some servers leave the index out, or say 0 of each call: there a new id begins a new one.
      const index = (part.index as number | undefined) ?? current;
      const other = id !== '' && (open.get(index)?.id ?? id) !== id;
      current = other ? (placeOf(open, id) ?? open.size) : index;
      const before = open.get(current) ?? { id: '', name: '', text: '' };
      open.set(current, {
        id: before.id === '' ? id : before.id,
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
      const usage = countedOr(counted, () =>
        estimatedUsage(request, [text, ...[...open.values()].map((call) => call.text)]),
      );
      const why: Finish = cut ? 'length' : calls.length > 0 ? 'toolCalls' : 'stop';
      return [
        ...calls.map((call: ToolCall): ModelEvent => ({ type: 'toolCall', call })),
        { type: 'end', answer: { text, toolCalls: calls, usage, finish: why, provider, model } },
      ];
    },
  };
}

const placeOf = (calls: ReadonlyMap<number, ToolCallText>, id: string): number | undefined =>
  [...calls].find(([, call]) => call.id === id)?.[0];

const named = (call: ToolCallText, at: number): ToolCallText => (call.id === '' ? { ...call, id: `call-${at}` } : call);

function usageOf(usage: OpenAI.CompletionUsage): Usage {
  const input = usage.prompt_tokens;
  // Gemini's thinking is in the sum alone, and paid as output.
  const output = Math.max(usage.completion_tokens, ((usage.total_tokens as number | undefined) ?? 0) - input);
  const cacheRead = usage.prompt_tokens_details?.cached_tokens ?? 0;
  return { input, output, cacheRead, cacheWrite: 0, total: input + output };
}
