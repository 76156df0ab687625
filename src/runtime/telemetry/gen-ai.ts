import type { RuntimeEvent } from '../bus.ts';
import type { Facts } from './api.ts';

/** A call goes out to somebody else: `SpanKind.CLIENT` of OpenTelemetry. */
export const client = 2;

type Asked = Extract<RuntimeEvent, { type: 'model.asked' }>;
type Answered = Extract<RuntimeEvent, { type: 'model.answered' | 'model.failed' }>;

/** The name of the span of a call, and what is known when it begins, by the semantic conventions for generative AI. */
export function callSpan({ provider, model, maxOutputTokens, temperature, agent, task, call }: Asked): {
  readonly name: string;
  readonly attributes: Facts;
} {
  return {
    name: `chat ${model}`,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': provider,
      'gen_ai.request.model': model,
      'gen_ai.request.max_tokens': maxOutputTokens,
      ...(temperature === undefined ? {} : { 'gen_ai.request.temperature': temperature }),
      ...(agent === undefined ? {} : { 'gen_ai.agent.name': agent }),
      ...(task === undefined ? {} : { 'millrace.task': task }),
      'millrace.call.id': call,
    },
  };
}

/** What is known of a call when it has ended. Costs have no name there. */
export function callFacts(event: Answered): Facts {
  const { usage, cost } = event;
  return {
    ...(usage === undefined
      ? {}
      : {
          'gen_ai.usage.input_tokens': usage.input,
          'gen_ai.usage.output_tokens': usage.output,
          'gen_ai.usage.cache_read.input_tokens': usage.cacheRead,
          'gen_ai.usage.cache_creation.input_tokens': usage.cacheWrite,
        }),
    ...(cost === undefined ? {} : { 'millrace.cost.micros': cost.micros, 'millrace.cost.currency': cost.currency }),
    ...(event.type === 'model.failed'
      ? { 'error.type': event.error.kind, 'millrace.error.code': event.error.code }
      : event.finish === undefined
        ? {}
        : { 'gen_ai.response.finish_reasons': [reasons[event.finish]] }),
  };
}

const reasons = { stop: 'stop', length: 'length', toolCalls: 'tool_calls' } as const;

/** An attempt of a task that a model has called. */
export function toolFacts(task: string): Facts {
  return { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': task, 'gen_ai.tool.type': 'function' };
}
