import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { openMemory } from 'millrace/store';
import { NonRetryableError, silentLogger, type Logger } from 'millrace/tasks';
import { SimulatedClock } from 'millrace/testing';
import { ReactiveSystemRuntime, type RuntimeEvent, type RuntimeEventType } from './index.ts';
import { anyEvent, anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';
import { Bus } from './bus.ts';

const work = anyTask('work', { retry: { attempts: 3, delay: '1ms', backoff: 'fixed' } });
const placed = anyEvent('placed');

type Node =
  | 'step'
  | 'retried'
  | 'broken'
  | 'passed'
  | 'sleep'
  | 'emit'
  | 'wait'
  | 'approve'
  | 'child'
  | 'graph'
  | 'race'
  | 'repeat';
const kinds: readonly Node[] = [
  'step',
  'retried',
  'broken',
  'passed',
  'sleep',
  'emit',
  'wait',
  'approve',
  'child',
  'graph',
  'race',
  'repeat',
];

const flow = anyFlow('f', async (host, nodes: readonly Node[]) => {
  for (const [n, kind] of nodes.entries()) {
    const id = `${kind}${n}`;
    const call = (fails: number) => () => work({ fails });
    if (kind === 'step') await host.step(id, call(0), at);
    if (kind === 'retried') await host.step(id, call(2), at);
    if (kind === 'broken') await host.step(id, call(9), at);
    if (kind === 'passed') await host.step(id, call(9), { ...at, onFailure: 'continue' });
    if (kind === 'sleep') await host.sleep(id, '1ms', at);
    if (kind === 'emit') await host.emit(id, () => placed({ n }), at);
    if (kind === 'wait') await host.receive(id, placed, { ...at, timeout: '2ms', onTimeout: 'continue' });
    if (kind === 'approve') await host.approve(id, { ...at, timeout: '3ms', onTimeout: 'continue' });
    if (kind === 'child') await host.child(id, () => ({ contract: inner.contract, input: n }), at);
    if (kind === 'graph')
      await host.graph(id, (g) => g.node('a', call(0), at).node('b', call(0), { ...at, needs: ['a'] }), at);
    if (kind === 'race')
      await host.race(id, { a: (h) => h.step('x', call(0), at), b: (h) => h.sleep('y', '1h', at) }, at);
    if (kind === 'repeat')
      await host.repeat(
        id,
        (h) => h.step('x', call(0), at),
        (_, i) => i === 2,
        { ...at, max: 5 },
      );
  }
});
const inner = anyFlow('inner', (host) => host.step('x', () => work({ fails: 0 }), at));
const parts = {
  events: [placed],
  flows: [flow, inner],
  tasks: [
    code(work, ({ fails }: { fails: number }, { attempt }) => {
      if (attempt <= fails) throw fails > 5 ? new NonRetryableError('no', { code: 'NO' }) : new Error('not yet');
      return attempt;
    }),
  ],
};

const terminal = new Set<RuntimeEventType>(['run.completed', 'run.failed', 'run.cancelled']);
const stepEnds = new Set<RuntimeEventType>(['step.completed', 'step.failed', 'step.cancelled', 'step.skipped']);

function wellFormed(told: readonly RuntimeEvent[]): void {
  expect(told.map(({ seq }) => seq)).toEqual(told.map((_, n) => n + 1));
  for (const [n, { at: time }] of told.entries()) expect(time).toBeGreaterThanOrEqual(told[n - 1]?.at ?? 0);
  const runs = new Map<string, RuntimeEvent[]>();
  for (const event of told) {
    if (!('runId' in event) || event.runId === undefined) continue;
    runs.set(event.runId, [...(runs.get(event.runId) ?? []), event]);
  }
  for (const events of runs.values()) {
    const types = events.map(({ type }) => type);
    expect(types[0]).toBe('run.started');
    expect(types.filter((type) => terminal.has(type))).toHaveLength(1);
    expect(terminal.has(types.at(-1) as RuntimeEventType)).toBe(true);
    const begun = new Set<string>();
    const over = new Set<string>();
    const trying = new Set<string>();
    let checkpoint = 0;
    for (const event of events) {
      if (event.type === 'step.started') begun.add(event.step);
      if (stepEnds.has(event.type) && 'step' in event) {
        expect(over).not.toContain(event.step);
        over.add(event.step);
      }
      if (event.type === 'attempt.started') {
        expect(begun).toContain(event.step);
        trying.add(`${event.step} ${event.attempt}`);
      }
      if (event.type === 'attempt.completed' || event.type === 'attempt.failed' || event.type === 'attempt.cancelled')
        expect(trying.delete(`${event.step} ${event.attempt}`)).toBe(true);
      if (event.type === 'checkpoint.created') {
        expect(event.checkpoint).toBeGreaterThan(checkpoint);
        checkpoint = event.checkpoint;
        expect(over).toContain(event.step);
      }
    }
    expect([...trying]).toEqual([]);
    expect([...begun].filter((step) => !over.has(step))).toEqual([]);
  }
}

it('tells of random flows in order, with each beginning before its end and one end of each run', async () => {
  const seen = new Set<RuntimeEventType>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...kinds), { maxLength: 5 }),
      fc.boolean(),
      fc.integer({ min: 0, max: 3 }),
      async (nodes, cancel, after) => {
        const clock = new SimulatedClock();
        const runtime = new ReactiveSystemRuntime(bind(parts), { db: ':memory:', logger: silentLogger, clock });
        const told: RuntimeEvent[] = [];
        runtime.on((event) => told.push(event));
        await runtime.start('f', nodes, { id: 'r' });
        for (let n = 0; n < 40 && runtime.active().length > 0; n++) {
          await runtime.idle();
          const [open] = runtime.reader.decisions();
          if (open !== undefined && n % 2 === 0)
            await runtime.decide(open.runId, open.step, { approved: true, by: 'ada' });
          if (cancel && n === after && runtime.status('r')?.endedAt === undefined) await runtime.cancel('r');
          await clock.advance(1);
        }
        expect(runtime.active()).toEqual([]);
        await runtime.close();
        wellFormed(told);
        for (const { type } of told) seen.add(type);
      },
    ),
    { numRuns: Number(process.env['BUS_RUNS'] ?? 120) },
  );
  for (const type of [
    'step.retrying',
    'step.waiting',
    'approval.asked',
    'approval.decided',
    'graph.progress',
    'run.cancelled',
    'run.waiting',
    'run.stopping',
    'event.published',
    'event.unhandled',
  ] as const)
    expect(seen).toContain(type);
});

it('tells a new life that goes on with a run from where it is', async () => {
  const store = openMemory();
  const clock = new SimulatedClock();
  const first = new ReactiveSystemRuntime(bind(parts), { store, clock, logger: silentLogger });
  await first.start('f', ['step', 'sleep', 'step'], { id: 'r' });
  await first.idle();
  await first.close();
  const second = new ReactiveSystemRuntime(bind(parts), { store, clock, logger: silentLogger });
  const told: RuntimeEvent[] = [];
  second.on((event) => told.push(event));
  await second.idle();
  await clock.advance(1);
  await second.result('r');
  await second.close();
  expect(told.map(({ type }) => type)).toEqual([
    'run.recovered',
    'step.completed',
    'checkpoint.created',
    'step.started',
    'attempt.started',
    'attempt.completed',
    'step.completed',
    'checkpoint.created',
    'run.completed',
  ]);
  expect(told.map(({ seq }) => seq)).toEqual(told.map((_, n) => n + 1));
});

it('gives how far a graph is after each batch, as a copy', async () => {
  const runtime = new ReactiveSystemRuntime(bind(parts), { db: ':memory:', logger: silentLogger });
  const told: RuntimeEvent[] = [];
  runtime.on((event) => {
    if (event.type !== 'graph.progress') return;
    told.push(structuredClone(event));
    (event.results as Record<string, unknown>)['a'] = 'broken';
  });
  expect(await runtime.executeFlow('f', ['graph'])).toMatchObject({ status: 'completed' });
  expect(told).toMatchObject([
    { step: 'graph0', total: 2, completed: ['a'], failed: [], skipped: [], results: { a: 1 } },
    { step: 'graph0', total: 2, completed: ['a', 'b'], results: { a: 1, b: 1 } },
  ]);
  await runtime.close();
});

it('tells nothing as long as nobody listens', async () => {
  const runtime = new ReactiveSystemRuntime(bind(parts), { db: ':memory:', logger: silentLogger });
  await runtime.executeFlow(
    'f',
    kinds.filter((kind) => !['broken', 'sleep', 'wait', 'approve'].includes(kind)),
  );
  const told: RuntimeEvent[] = [];
  const off = runtime.on((event) => told.push(event));
  await runtime.executeFlow('f', ['step']);
  off();
  await runtime.executeFlow('f', ['step']);
  runtime.on((event) => told.push(event));
  await runtime.executeFlow('f', []);
  expect(told.map(({ seq }) => seq)).toEqual(told.map((_, n) => n + 1));
  expect(told.at(-1)).toMatchObject({ type: 'run.completed' });
  await runtime.close();
});

it('is harmed by no listener that throws, and says so', async () => {
  const errors: string[] = [];
  const logger: Logger = { ...silentLogger, error: (message) => void errors.push(message) };
  const runtime = new ReactiveSystemRuntime(bind(parts), { db: ':memory:', logger });
  const told: string[] = [];
  runtime.on(() => {
    throw new Error('broken listener');
  });
  runtime.on(({ type }) => told.push(type));
  expect(await runtime.executeFlow('f', ['step'])).toMatchObject({ status: 'completed' });
  expect(errors).toHaveLength(told.length);
  expect(told.length).toBeGreaterThan(3);
  await runtime.close();
});

it('keeps so many events for a slow reader, and tells it how many it has missed', async () => {
  const bus = new Bus(() => 7, silentLogger);
  const stream = bus.stream(undefined, 10);
  for (let n = 0; n < 26; n++) bus.tell({ type: 'instance.removed', machine: 'm', instance: String(n) });
  bus.end();
  const read: RuntimeEvent[] = [];
  for await (const event of stream) read.push(event);
  expect(read.length).toBeLessThanOrEqual(11);
  const [lagged, ...rest] = read;
  expect(lagged).toMatchObject({ type: 'stream.lagged', at: 7 });
  expect((lagged as { missed: number }).missed).toBe(lagged?.seq);
  expect(rest.map(({ seq }) => seq)).toEqual(rest.map((_, n) => (lagged?.seq ?? 0) + 1 + n));
  expect(rest.at(-1)?.seq).toBe(26);
});
