import type { OpenAI } from 'openai';
import type { ModelEvent, ModelRequest, ToolCall, Usage } from '../../contract.ts';
import { ModelError } from '../../errors.ts';
import type { Reader } from '../../stream/answer.ts';
import { countedOr, estimatedUsage } from '../common/estimated-usage.ts';
import { toolCallOf } from '../common/tool-call.ts';

type Chunk = OpenAI.Responses.ResponseStreamEvent;

/** Reads the events of a response. The last one is `response.completed` or `response.incomplete`. */
export function responseReader(provider: string, request: ModelRequest): Reader<Chunk> {
  let { model } = request;
  let text = '';
  let refused = '';
  let counted: Usage | undefined;
  const calls: ToolCall[] = [];
  let broken: unknown;
  const about = () => ({ provider, model, ...(counted === undefined ? {} : { usage: counted }) });

  const itemDone = (item: OpenAI.Responses.ResponseOutputItem): readonly ModelEvent[] => {
    if (item.type !== 'function_call') return [];
    try {
      const call = toolCallOf({ id: item.call_id, name: item.name, text: item.arguments }, about());
      calls.push(call);
      return [{ type: 'toolCall', call }];
    } catch (thrown) {
      broken = thrown;
      return [];
    }
  };

  const end = (response: OpenAI.Responses.Response): readonly ModelEvent[] => {
    ({ model } = response);
    if (response.usage !== undefined && response.usage !== null) counted = usageOf(response.usage);
    const why = response.incomplete_details?.reason;
    if (why === 'content_filter')
      throw new ModelError(`${provider} (${model}): a filter stopped the answer.`, { kind: 'filtered', ...about() });
    if (refused !== '')
      throw new ModelError(`${provider} (${model}): the model refuses to answer: ${refused}`, {
        kind: 'refusal',
        ...about(),
      });
    const cut = response.status === 'incomplete';
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
        case 'response.output_text.delta':
          text += chunk.delta;
          return chunk.delta === '' ? [] : [{ type: 'text', text: chunk.delta }];
        case 'response.refusal.delta':
          refused += chunk.delta;
          return [];
        case 'response.output_item.done':
          return itemDone(chunk.item);
        case 'response.completed':
        case 'response.incomplete':
          return end(chunk.response);
        case 'response.failed':
          if (chunk.response.usage !== undefined && chunk.response.usage !== null)
            counted = usageOf(chunk.response.usage);
          throw new Failed(chunk.response.error);
        case 'error':
          throw new Failed(chunk);
        default:
          return [];
      }
    },
  };
}

/** As the SDK throws what comes in the middle of an answer: told apart by what it has in `error`. */
class Failed extends Error {
  readonly error: unknown;

  constructor(error: { readonly message: string; readonly code: string | null } | null) {
    super(error?.message ?? 'The response failed.');
    this.error = error ?? {};
  }
}

function usageOf(usage: OpenAI.Responses.ResponseUsage): Usage {
  // Servers that only speak the protocol leave the details out.
  const details: Partial<OpenAI.Responses.ResponseUsage.InputTokensDetails> | undefined = usage.input_tokens_details;
  return {
    input: usage.input_tokens,
    output: usage.output_tokens,
    cacheRead: details?.cached_tokens ?? 0,
    cacheWrite: details?.cache_write_tokens ?? 0,
    total: usage.input_tokens + usage.output_tokens,
  };
}
