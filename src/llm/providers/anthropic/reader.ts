import type Anthropic from '@anthropic-ai/sdk';
import type { ModelEvent, ModelRequest, ToolCall, Usage } from '../../contract.ts';
import { ModelError } from '../../errors.ts';
import type { Reader } from '../../stream/answer.ts';
import { countedOr, estimatedUsage } from '../common/estimated-usage.ts';
import { toolCallOf, type ToolCallText } from '../common/tool-call.ts';

type Chunk = Anthropic.RawMessageStreamEvent;

/** Reads the events of a message. The last one is `message_stop`. */
export function messageReader(provider: string, request: ModelRequest): Reader<Chunk> {
  let { model } = request;
  let text = '';
  let counted: Usage | undefined;
  let stop: string | null = null;
  const open = new Map<number, ToolCallText>();
  const calls: ToolCall[] = [];
  let broken: unknown;
  const about = () => ({ provider, model, ...(counted === undefined ? {} : { usage: counted }) });

  const closeBlock = (index: number): readonly ModelEvent[] => {
    const block = open.get(index);
    if (block === undefined) return [];
    open.delete(index);
    try {
      const call = toolCallOf(block, about());
      calls.push(call);
      return [{ type: 'toolCall', call }];
    } catch (thrown) {
      // Why the answer ended comes later, and explains it: it was cut at its limit.
      broken = thrown;
      return [];
    }
  };

  const end = (): readonly ModelEvent[] => {
    if (stop === 'refusal')
      throw new ModelError(`${provider} (${model}): the model refuses to answer.`, { kind: 'refusal', ...about() });
    const cut = stop === 'max_tokens' || stop === 'model_context_window_exceeded';
    if (broken !== undefined && !cut) throw broken;
    const finish = cut ? 'length' : calls.length > 0 ? 'toolCalls' : 'stop';
    const usage = countedOr(counted, () =>
      estimatedUsage(request, [text, ...calls.map(({ input }) => JSON.stringify(input))]),
    );
    return [{ type: 'end', answer: { text, toolCalls: calls, usage, finish, provider, model } }];
  };

  return {
    usage: () => counted,
    read(chunk) {
      switch (chunk.type) {
        case 'message_start':
          model = chunk.message.model;
          counted = usageOf(chunk.message.usage as Counts | undefined, undefined);
          return [];
        case 'content_block_start': {
          const block = chunk.content_block;
          if (block.type === 'tool_use') open.set(chunk.index, { id: block.id, name: block.name, text: '' });
          if (block.type !== 'text' || block.text === '') return [];
          text += block.text;
          return [{ type: 'text', text: block.text }];
        }
        case 'content_block_delta': {
          const { delta } = chunk;
          if (delta.type === 'input_json_delta') {
            const block = open.get(chunk.index);
            if (block !== undefined) open.set(chunk.index, { ...block, text: block.text + delta.partial_json });
          }
          if (delta.type !== 'text_delta') return [];
          text += delta.text;
          return [{ type: 'text', text: delta.text }];
        }
        case 'content_block_stop':
          return closeBlock(chunk.index);
        case 'message_delta':
          stop = chunk.delta.stop_reason;
          counted = usageOf(chunk.usage as Counts | undefined, counted);
          return [];
        case 'message_stop':
          return end();
        default:
          // Newer events than this reader knows.
          return [];
      }
    },
  };
}

interface Counts {
  readonly input_tokens?: number | null;
  readonly output_tokens?: number | null;
  readonly cache_read_input_tokens?: number | null;
  readonly cache_creation_input_tokens?: number | null;
}

// Counts of later events are of the whole answer; those that are missing stay as they were. There, `input_tokens` is
// only what was neither read from the cache nor written to it.
function usageOf(counts: Counts = {}, before: Usage | undefined): Usage {
  const cacheRead = counts.cache_read_input_tokens ?? before?.cacheRead ?? 0;
  const cacheWrite = counts.cache_creation_input_tokens ?? before?.cacheWrite ?? 0;
  const fresh = counts.input_tokens ?? (before === undefined ? 0 : before.input - before.cacheRead - before.cacheWrite);
  const input = fresh + cacheRead + cacheWrite;
  const output = counts.output_tokens ?? before?.output ?? 0;
  return { input, output, cacheRead, cacheWrite, total: input + output };
}
