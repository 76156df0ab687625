import { AsyncLocalStorage } from 'node:async_hooks';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as api from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { expect, it } from 'vitest';
import { openMemory } from 'millrace/store';
import { NonRetryableError, silentLogger } from 'millrace/tasks';
import { SimulatedClock } from 'millrace/testing';
import { ReactiveSystemRuntime, type RuntimeOptions } from '../index.ts';
import { anyFlow, anyTask, at, bind, code } from '../fixtures/bind.ts';
import { placeOf } from './parent.ts';

const work = anyTask('work', { retry: { attempts: 2, delay: '1ms', backoff: 'fixed' } });
const inner = anyFlow('inner', (host, fails: number) => host.step('deep', () => work(fails), at));
const outer = anyFlow('outer', async (host, fails: number) => {
  await host.step('first', () => work(1), at);
  await host.sleep('rest', '5s', at);
  return host.child('child', () => ({ contract: inner.contract, input: fails }), at);
});
const system = bind({
  flows: [inner, outer],
  tasks: [
    code(work, (fails: number, { attempt }) => {
      if (fails > 5) throw new NonRetryableError('never', { code: 'NEVER' });
      if (attempt <= fails) throw new Error('not yet');
      return 'ok';
    }),
  ],
});

function open(options: RuntimeOptions) {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const runtime = new ReactiveSystemRuntime(system, { logger: silentLogger, ...options });
  runtime.traceWith(api, { provider });
  return { runtime, spans: () => exporter.getFinishedSpans() };
}
const traces = (spans: readonly ReadableSpan[]): Set<string> =>
  new Set(spans.map((span) => span.spanContext().traceId));
function tree(spans: readonly ReadableSpan[]): Record<string, string | undefined> {
  const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
  return Object.fromEntries(spans.map((span) => [span.name, names.get(span.parentSpanContext?.spanId ?? '')]));
}

it('makes a tree of runs, steps and attempts, with failures where they happened', async () => {
  const clock = new SimulatedClock();
  const { runtime, spans } = open({ db: ':memory:', clock });
  const { runId } = await runtime.start('outer', 9, { id: 'r' });
  for (let n = 0; n < 10; n++) {
    await runtime.idle();
    await clock.advance('1s');
  }
  await runtime.result(runId);
  expect(tree(spans())).toEqual({
    outer: undefined,
    first: 'outer',
    'work #1': 'deep',
    'work #2': 'first',
    rest: 'outer',
    child: 'outer',
    inner: 'child',
    deep: 'inner',
  });
  expect(traces(spans())).toEqual(new Set([placeOf({ id: 'r', metadata: null }).traceId]));
  const by = (name: string): ReadableSpan => spans().find((span) => span.name === name) as ReadableSpan;
  expect(by('outer').attributes).toMatchObject({
    'millrace.run.id': 'r',
    'millrace.flow': 'outer',
    'millrace.status': 'failed',
  });
  // There is no span above it, and none is to be looked for.
  expect(by('outer').parentSpanContext?.spanId).toBeUndefined();
  expect(by('deep').status).toMatchObject({ code: api.SpanStatusCode.ERROR });
  expect(by('deep').events.map(({ name }) => name)).toEqual(['exception']);
  expect(by('first').attributes).toMatchObject({ 'millrace.status': 'completed', 'millrace.target': 'work' });
  const [seconds] = by('rest').duration;
  expect(seconds).toBe(5);
  await runtime.close();
});

it('keeps the spans of a run in one trace when another process goes on with it', async () => {
  const store = openMemory();
  const clock = new SimulatedClock();
  const first = open({ store, clock });
  await first.runtime.start('outer', 0, { id: 'r' });
  await first.runtime.idle();
  await clock.advance('1ms');
  await first.runtime.idle();
  expect(first.spans().map(({ name }) => name)).toEqual(['work #1', 'work #2', 'first']);
  first.runtime.abandon();
  store.transaction((tx) => tx.owner.release());
  const second = open({ store, clock });
  for (let n = 0; n < 6; n++) {
    await second.runtime.idle();
    await clock.advance('1s');
  }
  expect(await second.runtime.result('r')).toMatchObject({ status: 'completed' });
  const spans = second.spans();
  expect(spans.map(({ name }) => name)).toEqual(['rest', 'work #1', 'deep', 'child', 'inner', 'outer']);
  expect(tree(spans)).toMatchObject({ rest: 'outer', child: 'outer', inner: 'child' });
  expect(traces([...first.spans(), ...spans]).size).toBe(1);
  await second.runtime.close();
});

it('lies below the trace that the metadata of a run names', async () => {
  const { runtime, spans } = open({ db: ':memory:' });
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await runtime.executeFlow('inner', 0, { metadata: { traceparent } });
  const [run] = spans().filter(({ name }) => name === 'inner');
  expect(run?.parentSpanContext).toMatchObject({
    traceId: traceparent.slice(3, 35),
    spanId: traceparent.slice(36, 52),
  });
  await runtime.close();
  for (const bad of ['00-xyz', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, 7])
    expect(placeOf({ id: 'a', metadata: JSON.stringify({ traceparent: bad }) })).toEqual(
      placeOf({ id: 'a', metadata: null }),
    );
});

it('is the active span of the task that it is made for', async () => {
  const current = new AsyncLocalStorage<api.Context>();
  const manager: api.ContextManager = {
    active: () => current.getStore() ?? api.ROOT_CONTEXT,
    with: (context, work, self, ...values) => current.run(context, () => work.call(self as never, ...values)),
    bind: (_, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  api.context.setGlobalContextManager(manager);
  const seen: (string | undefined)[] = [];
  const looking = bind({
    flows: [inner],
    tasks: [
      code(work, async () => {
        await Promise.resolve();
        seen.push(api.trace.getActiveSpan()?.spanContext().spanId);
        return 1;
      }),
    ],
  });
  const exporter = new InMemorySpanExporter();
  const runtime = new ReactiveSystemRuntime(looking, { db: ':memory:', logger: silentLogger });
  const stop = runtime.traceWith(api, {
    provider: new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  });
  await runtime.executeFlow('inner', 0);
  stop();
  await runtime.executeFlow('inner', 0);
  await runtime.close();
  api.context.disable();
  const [attempt] = exporter.getFinishedSpans().filter(({ name }) => name === 'work #1');
  expect(seen).toEqual([attempt?.spanContext().spanId, undefined]);
  expect(exporter.getFinishedSpans()).toHaveLength(3);
});

it('ends what is open when the runtime is closed, and makes no spans after it was ended', async () => {
  const { runtime, spans } = open({ db: ':memory:', clock: new SimulatedClock() });
  await runtime.start('outer', 0);
  await runtime.idle();
  await runtime.close();
  expect(spans().map(({ name }) => name)).toContain('outer');
});

it('is loaded by nobody but the user', () => {
  const root = join(import.meta.dirname, '..', '..');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  );
  expect(files.length).toBeGreaterThan(300);
  for (const file of files)
    expect(readFileSync(join(root, file), 'utf8')).not.toMatch(
      /^(?:import|export|const).*(?:from|import\() ?'@opentelemetry/m,
    );
});
