import type { WireProtocol } from './scenarios.ts';

/** One event of a stream. */
export interface Frame {
  readonly event?: string;
  readonly data: unknown;
}

/** What is to be said. */
export interface Said {
  readonly model: string;
  readonly text: string;
  readonly tool?: { readonly id: string; readonly name: string; readonly input: unknown };
  readonly input: number;
  readonly output: number;
  readonly stop: 'stop' | 'length' | 'refusal';
}

/** An answer as events: `middle` is where half of the text has been said, `end` where only the last event is missing. */
export interface Frames {
  readonly frames: readonly Frame[];
  readonly middle: number;
  readonly end: number;
  /** What says in the middle of an answer that it failed. */
  readonly failure: Frame;
}

const halves = (text: string): readonly [string, string] => {
  const half = Math.ceil(text.length / 2);
  return [text.slice(0, half), text.slice(half)];
};

/** An answer in the words of a protocol. */
export const framesOf: Readonly<Record<WireProtocol, (said: Said) => Frames>> = { messages, responses, chat };

function messages({ model, text, tool, input, output, stop }: Said): Frames {
  const frame = (data: { readonly type: string }): Frame => ({ event: data.type, data });
  const usage = { input_tokens: input, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model, content: [], stop_reason: null };
  const [first, second] = halves(text);
  const say = (piece: string): Frame =>
    frame(of('content_block_delta', { index: 0, delta: { type: 'text_delta', text: piece } }));
  const block =
    tool === undefined
      ? { type: 'text', text: '' }
      : { type: 'tool_use', id: tool.id, name: tool.name, input: {} as unknown };
  const [json, rest] = halves(JSON.stringify(tool?.input ?? {}));
  const pass = (partial_json: string): Frame =>
    frame(of('content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json } }));
  const reasons = { stop: tool === undefined ? 'end_turn' : 'tool_use', length: 'max_tokens', refusal: 'refusal' };
  const before = [
    frame(of('message_start', { message: { ...message, usage: { ...usage, output_tokens: 1 } } })),
    frame(of('content_block_start', { index: 0, content_block: block })),
    tool === undefined ? say(first) : pass(json),
  ];
  const after = [
    frame(of('ping', {})),
    tool === undefined ? say(second) : pass(rest),
    frame(of('content_block_stop', { index: 0 })),
    frame(of('message_delta', { delta: { stop_reason: reasons[stop] }, usage: { output_tokens: output } })),
  ];
  const failure = of('error', { error: { type: 'overloaded_error', message: 'Overloaded' } });
  return cutUp(before, after, [frame(of('message_stop', {}))], frame(failure));
}

function responses({ model, text, tool, input, output, stop }: Said): Frames {
  let n = 0;
  const frame = (type: string, data: object): Frame => ({ event: type, data: { type, sequence_number: n++, ...data } });
  const refused = stop === 'refusal';
  const part = refused ? { type: 'refusal', refusal: text } : { type: 'output_text', text, annotations: [] };
  const item =
    tool === undefined
      ? { type: 'message', id: 'm_1', role: 'assistant', status: 'completed', content: [part] }
      : {
          type: 'function_call',
          id: 'fc_1',
          call_id: tool.id,
          name: tool.name,
          arguments: JSON.stringify(tool.input),
          status: 'completed',
        };
  const base = { id: 'resp_1', object: 'response', model, error: null, incomplete_details: null, output: [] };
  const usage = {
    input_tokens: input,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + output,
  };
  const at = { item_id: 'm_1', output_index: 0, content_index: 0 };
  const kind = refused ? 'response.refusal.delta' : 'response.output_text.delta';
  const [first, second] = halves(text);
  const before = [
    frame('response.created', { response: { ...base, status: 'in_progress' } }),
    frame('response.output_item.added', { output_index: 0, item: { ...item, status: 'in_progress' } }),
    ...(tool === undefined ? [frame(kind, { ...at, delta: first })] : []),
  ];
  const after = [
    ...(tool === undefined ? [frame(kind, { ...at, delta: second })] : []),
    frame('response.output_item.done', { output_index: 0, item }),
  ];
  const cut = stop === 'length';
  const last = frame(cut ? 'response.incomplete' : 'response.completed', {
    response: {
      ...base,
      status: cut ? 'incomplete' : 'completed',
      ...(cut ? { incomplete_details: { reason: 'max_output_tokens' } } : {}),
      output: [item],
      usage,
    },
  });
  return cutUp(before, after, [last], frame('error', { code: 'server_error', message: 'It broke.', param: null }));
}

function chat({ model, text, tool, input, output, stop }: Said): Frames {
  const chunk = (delta: object, finish: string | null = null): Frame => ({
    data: {
      id: 'chat_1',
      object: 'chat.completion.chunk',
      model,
      choices: [{ index: 0, delta, finish_reason: finish }],
    },
  });
  const [first, second] = halves(text);
  const [json, rest] = halves(JSON.stringify(tool?.input ?? {}));
  const name = stop === 'refusal' ? 'refusal' : 'content';
  const call = { index: 0, id: tool?.id, type: 'function', function: { name: tool?.name, arguments: json } };
  const reasons = { stop: tool === undefined ? 'stop' : 'tool_calls', length: 'length', refusal: 'stop' };
  const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
  const before = [chunk({ role: 'assistant' }), chunk(tool === undefined ? { [name]: first } : { tool_calls: [call] })];
  const after = [
    chunk(tool === undefined ? { [name]: second } : { tool_calls: [{ index: 0, function: { arguments: rest } }] }),
  ];
  const last = [chunk({}, reasons[stop]), { data: { id: 'chat_1', model, choices: [], usage } }, { data: '[DONE]' }];
  const failure = { error: { message: 'The server is overloaded.', type: 'server_error', code: 'overloaded' } };
  return cutUp(before, after, last, { data: failure });
}

const of = <Type extends string>(type: Type, data: object) => ({ type, ...data });

const cutUp = (before: readonly Frame[], after: readonly Frame[], last: readonly Frame[], failure: Frame): Frames => ({
  frames: [...before, ...after, ...last],
  middle: before.length,
  end: before.length + after.length,
  failure,
});
