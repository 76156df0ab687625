import * as api from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { expect, it } from 'vitest';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { silentLogger } from 'millrace/tasks';
import { startWireServer } from 'millrace/testing';
import { askingSystem, askingTask } from '../fixtures/asking.ts';
import { anyTask, code } from '../fixtures/bind.ts';
import { wired } from '../fixtures/wired.ts';

const ask = askingTask('ask', { tools: [{ task: 'look', description: 'Looks.' }], maxTokens: 100 });
const system = askingSystem(ask, { tasks: [code(anyTask('look'), () => 1)], budget: { run: '1000 USD' } });

it('spans of calls and tools lie below the attempt that asks, and are named as conventions have it', async () => {
  await using server = await startWireServer({
    answer: '{"text":"x"}',
    scenario: ({ n }) => (n < 3 ? 'toolCall' : 'overloaded'),
  });
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const runtime = new ReactiveSystemRuntime(system, { db: ':memory:', logger: silentLogger, models: wired(server) });
  runtime.traceWith(api, { provider });
  await runtime.executeFlow('f', 1);
  await runtime.executeFlow('f', 2);
  const spans = exporter.getFinishedSpans();
  const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
  expect(spans.map((span) => [span.name, names.get(span.parentSpanContext?.spanId ?? '')])).toEqual([
    ['chat scripted-1', 'ask #1'],
    ['execute_tool look', 'ask #1'],
    ['chat scripted-1', 'ask #1'],
    ['ask #1', 'said'],
    ['said', 'f'],
    ['f', undefined],
    ['chat scripted-1', 'ask #1'],
    ['ask #1', 'said'],
    ['said', 'f'],
    ['f', undefined],
  ]);
  const [called, tool, answered] = spans;
  const common = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'compatible',
    'gen_ai.request.model': 'scripted-1',
    'gen_ai.request.max_tokens': 100,
    'gen_ai.agent.name': 'writer',
    'millrace.step': 'said',
  };
  expect([called?.kind, tool?.kind]).toEqual([api.SpanKind.CLIENT, api.SpanKind.INTERNAL]);
  expect(called?.attributes).toMatchObject({ ...common, 'gen_ai.response.finish_reasons': ['tool_calls'] });
  expect(tool?.attributes).toMatchObject({ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'look' });
  expect(answered?.attributes).toMatchObject({
    ...common,
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.usage.input_tokens': expect.any(Number),
    'gen_ai.usage.output_tokens': 5,
    'millrace.cost.micros': 5_000_000,
    'millrace.cost.currency': 'USD',
  });
  const failed = spans[6];
  expect(failed?.attributes).toMatchObject({ ...common, 'error.type': 'overloaded', 'millrace.error.code': 'MR4001' });
  expect(failed?.status.code).toBe(api.SpanStatusCode.ERROR);
  await runtime.close();
});

it('calls, tokens and costs are counted, those of failures too', async () => {
  await using server = await startWireServer({
    answer: '{"text":"x"}',
    scenario: ({ n }) => (n === 3 ? 'cut' : n < 3 ? 'toolCall' : 'overloaded'),
  });
  const runtime = new ReactiveSystemRuntime(system, {
    db: ':memory:',
    logger: silentLogger,
    models: wired(server),
    metrics: true,
  });
  for (const n of [1, 2, 3]) await runtime.executeFlow('f', n);
  const { models } = runtime.engineMetrics();
  const whom = { provider: 'compatible', model: 'scripted-1' };
  expect(models.calls).toEqual([
    { ...whom, outcome: 'answered', count: 2 },
    { ...whom, outcome: 'truncated', count: 1 },
    { ...whom, outcome: 'overloaded', count: 1 },
  ]);
  expect(models.duration).toEqual([{ ...whom, spans: expect.objectContaining({ count: 4 }) }]);
  // One that was cut off counts as the most that it may have cost.
  const [{ micros } = { micros: 0 }] = models.cost;
  expect(micros).toBe(runtime.reader.budgets().reduce((sum, { spent }) => sum + spent, 0));
  expect(micros).toBeGreaterThanOrEqual(100_000_000);
  expect(models.tokens.map(({ kind }) => kind)).toEqual(['input', 'output', 'cacheRead', 'cacheWrite']);
  const text = runtime.metricsText();
  expect(text).toContain('millrace_model_calls_total{provider="compatible",model="scripted-1",outcome="answered"} 2\n');
  expect(text).toContain(`millrace_model_cost_micros_total{model="scripted-1",currency="USD"} ${micros}\n`);
  expect(text).toContain('millrace_model_call_duration_seconds_count{provider="compatible",model="scripted-1"} 4\n');
  await runtime.close();
});

it('what is kept of calls goes with their run', async () => {
  await using server = await startWireServer({ answer: '{"text":"x"}' });
  const runtime = new ReactiveSystemRuntime(system, { db: ':memory:', logger: silentLogger, models: wired(server) });
  const { runId } = await runtime.start('f', 1);
  await runtime.result(runId);
  const { reader } = runtime;
  expect([reader.usage().length, reader.budgets().length, reader.tools(runId).length]).toEqual([1, 1, 1]);
  await runtime.prune({ keep: 0 });
  expect([reader.usage(), reader.budgets(), reader.tools(runId)]).toEqual([[], [], []]);
  await runtime.close();
});
