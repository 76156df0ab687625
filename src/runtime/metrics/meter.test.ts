import { expect, it } from 'vitest';
import { NonRetryableError, silentLogger } from 'millrace/tasks';
import { metricsContentType, ReactiveSystemRuntime } from '../index.ts';
import { anyFlow, anyTask, at, bind, code } from '../fixtures/bind.ts';
import { Counter, gauge, Sizing } from './families.ts';

const work = anyTask('work', { retry: { attempts: 3, delay: '1ms', backoff: 'fixed' } });
const flow = anyFlow('flow', (host, fails: number) => host.step('x', () => work(fails), at));
const system = bind({
  flows: [flow],
  tasks: [
    code(work, (fails: number, { attempt }) => {
      if (fails > 5) throw new NonRetryableError('no', { code: 'NO' });
      if (attempt <= fails) throw new Error('not yet');
      return 1;
    }),
  ],
});

it('counts runs, attempts, retries and commits, as data and as text', async () => {
  const runtime = new ReactiveSystemRuntime(system, { db: ':memory:', logger: silentLogger, metrics: true });
  for (const fails of [0, 2, 9]) await runtime.executeFlow('flow', fails);
  const { runs, attempts, retries, steps, commits, told } = runtime.engineMetrics();
  expect(runs).toMatchObject({
    byStatus: { completed: 2, failed: 1 },
    inMemory: 0,
    started: 3,
    ended: [
      { target: 'flow', status: 'completed', count: 2 },
      { target: 'flow', status: 'failed', count: 1 },
    ],
    duration: [{ target: 'flow', spans: { count: 3 } }],
  });
  expect(attempts).toEqual([
    { task: 'work', outcome: 'completed', count: 2 },
    { task: 'work', outcome: 'failed', count: 3 },
  ]);
  expect(retries).toEqual([{ task: 'work', count: 2 }]);
  expect(steps).toEqual({ completed: 2, failed: 1 });
  expect(commits.duration.count).toBeGreaterThan(5);
  expect(commits.units.max).toBeGreaterThanOrEqual(1);
  expect(commits.duration.p99).toBeGreaterThanOrEqual(commits.duration.p50);
  expect(told).toMatchObject({ 'run.started': 3, 'run.completed': 2, 'attempt.started': 5 });
  const text = runtime.metricsText();
  expect(text).toContain('millrace_runs{status="completed"} 2\n');
  expect(text).toContain('millrace_runs_ended_total{target="flow",status="failed"} 1\n');
  expect(text).toContain('millrace_attempt_duration_seconds_bucket{task="work",le="+Inf"} 5\n');
  for (const line of text.trimEnd().split('\n'))
    expect(line).toMatch(/^(?:# (?:HELP|TYPE) millrace_\w+ .+|millrace_\w+(?:\{(?:\w+="[^"]*",?)+\})? -?[\d.e+-]+)$/);
  const names = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(metricsContentType).toContain('version=0.0.4');
  await runtime.close();
});

it('counts as retries what failed, not what was refused its turn', async () => {
  const down = anyTask('down', {
    retry: { attempts: 3, delay: '1ms', backoff: 'fixed' },
    breaker: { failures: 1, reset: '50ms' },
  });
  let made = 0;
  const fails = code(down, () => {
    made++;
    throw new Error('down');
  });
  const runtime = new ReactiveSystemRuntime(bind({ tasks: [fails] }), {
    db: ':memory:',
    logger: silentLogger,
    metrics: true,
  });
  const refused: string[] = [];
  runtime.on((event) => {
    if (event.type === 'step.retrying') refused.push(event.error.code);
  });
  await runtime.executeTask('down', 0);
  expect(refused).toEqual(['MR3100', 'MR3120']);
  expect(made).toBe(2);
  expect(runtime.engineMetrics().retries).toEqual([{ task: 'down', count: 1 }]);
  await runtime.close();
});

it('counts from the first time that it is asked for', async () => {
  const runtime = new ReactiveSystemRuntime(system, { db: ':memory:', logger: silentLogger });
  await runtime.executeFlow('flow', 0);
  expect(runtime.engineMetrics().runs).toMatchObject({ started: 0, byStatus: { completed: 1 } });
  await runtime.executeFlow('flow', 0);
  expect(runtime.engineMetrics().runs.started).toBe(1);
  await runtime.close();
});

it('escapes what it writes, adds buckets up, and has only so many labels', () => {
  const counter = new Counter('c', 'a\\b\nc', ['l']);
  counter.add('say "hi"\\\n');
  expect(counter.text()).toBe('# HELP c a\\\\b\\nc\n# TYPE c counter\nc{l="say \\"hi\\"\\\\\\n"} 1\n');
  for (let n = 0; n < 1000; n++) counter.add(String(n));
  expect(counter.values.size).toBeLessThanOrEqual(201);
  expect(counter.data().find(({ labels }) => labels['l'] === 'other')?.value).toBeGreaterThan(700);
  expect(counter.data().reduce((sum, { value }) => sum + value, 0)).toBe(1001);
  const sizing = new Sizing('s', 'h', [], [0.1, 1], 1000);
  for (const ms of [50, 100, 500, 5000]) sizing.add(ms);
  expect(sizing.text()).toBe(
    '# HELP s h\n# TYPE s histogram\ns_bucket{le="0.1"} 2\ns_bucket{le="1"} 3\ns_bucket{le="+Inf"} 4\ns_sum 5.65\ns_count 4\n',
  );
  expect(gauge('g', 'h', [{ value: 2 }, { labels: { a: 'b' }, value: 0.5 }])).toBe(
    '# HELP g h\n# TYPE g gauge\ng 2\ng{a="b"} 0.5\n',
  );
});

it('counts results that are taken instead of made, and work that is shared', async () => {
  const price = anyTask('price', { cache: { ttl: '1h' } });
  const asking = anyFlow('asking', (host) => host.step('x', () => price(1), at));
  const runtime = new ReactiveSystemRuntime(bind({ flows: [asking], tasks: [code(price, () => 7)] }), {
    db: ':memory:',
    logger: silentLogger,
    metrics: true,
    workers: true,
  });
  for (let n = 0; n < 3; n++) await runtime.executeFlow('asking', 1);
  expect(runtime.engineMetrics()).toMatchObject({
    cacheHits: [{ task: 'price', count: 2 }],
    attempts: [{ task: 'price', outcome: 'completed', count: 1 }],
  });
  expect(runtime.metricsText()).toContain('millrace_cache_hits_total{task="price"} 2\n');
  await runtime.close();
});
