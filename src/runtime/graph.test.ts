import { describe, expect, it } from 'vitest';
import type { AnyFlow, GraphNodes, GraphOptions } from 'millrace/flow';
import { openSqlite, type Store } from 'millrace/store';
import { NonRetryableError } from 'millrace/tasks';
import { connect, ReactiveSystemRuntime } from './index.ts';
import { silentLogger } from 'millrace/tasks';
import { anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';

const job = anyTask('job');
const gate = anyTask('gate');
type Graph = (g: GraphNodes<{}>) => GraphNodes<unknown>;

/** A flow of one graph. */
const graphFlow = (nodes: Graph, options: Partial<GraphOptions> = {}) =>
  anyFlow('f', (host) => host.graph('g', nodes, { ...at, ...options }));

/** Jobs note when they begin and end; `gate` waits until it is let go. */
function setup(flow: ReturnType<typeof graphFlow>, store: Store = openSqlite(':memory:')) {
  const seen: string[] = [];
  const gates = new Map<string, () => void>();
  const runtime = new ReactiveSystemRuntime(
    bind({
      flows: [flow],
      tasks: [
        code(job, async ({ name, ms = 0, fails = false }: { name: string; ms?: number; fails?: boolean }) => {
          seen.push(`>${name}`);
          await new Promise((resolve) => setTimeout(resolve, ms));
          if (fails) throw new NonRetryableError(`${name} broke`, { code: 'BROKE' });
          seen.push(`<${name}`);
          return name.toUpperCase();
        }),
        code(
          gate,
          ({ name }: { name: string }, { signal }) =>
            new Promise((resolve, reject) => {
              seen.push(`>${name}`);
              gates.set(name, () => resolve(name));
              signal.addEventListener('abort', () => reject(new Error('stop')));
            }),
        ),
      ],
    }),
    { store, logger: silentLogger },
  );
  const steps = (run: string) =>
    Object.fromEntries(runtime.reader.steps(run).map(({ path, status }) => [path, status]));
  return { runtime, seen, gates, store, steps };
}
const lines = (store: Store, run: string) => store.tables.journal.of(run).map(({ kind, path }) => `${kind} ${path}`);

describe('graph', () => {
  it('runs batch after batch in the order declared, and gives each node what it needs', async () => {
    const nodes: Graph = (g) =>
      g
        .node('a', () => job({ name: 'a', ms: 20 }), at)
        .node('b', () => job({ name: 'b' }), at)
        .node('c', ({ a, b }) => job({ name: `c(${a},${b})` }), { ...at, needs: ['a', 'b'] })
        .node('d', ({ b }) => job({ name: `d(${b})` }), { ...at, needs: ['b'] })
        .node('e', ({ c, d }) => job({ name: `e(${c},${d})` }), { ...at, needs: ['c', 'd'] });
    const { runtime, seen, store } = setup(graphFlow(nodes));
    const { output } = await runtime.executeFlow('f', undefined, { id: 'r' });
    expect(output).toEqual({ a: 'A', b: 'B', c: 'C(A,B)', d: 'D(B)', e: 'E(C(A,B),D(B))' });
    expect(Object.keys(output as object)).toEqual(['a', 'b', 'c', 'd', 'e']);
    // d needs only b, and yet begins with c: a batch ends before the next one begins.
    expect(seen.filter((what) => what.startsWith('>'))).toEqual(['>a', '>b', '>c(A,B)', '>d(B)', '>e(C(A,B),D(B))']);
    const said = lines(store, 'r').filter((line) => !line.startsWith('completed'));
    expect(said).toEqual([
      'opened g',
      'started g/a',
      'started g/b',
      'started g/c',
      'started g/d',
      'started g/e',
      'closed g',
    ]);
    expect(runtime.reader.steps('r')[0]).toMatchObject({
      path: 'g',
      kind: 'graph',
      status: 'completed',
      output: { failed: [], skipped: [] },
    });
    await runtime.close();
  });

  it('runs at most as many at a time as it may', async () => {
    const many: Graph = (g) =>
      'abcdefg'.split('').reduce((all, name) => all.node(name, () => job({ name, ms: 5 }), at) as never, g);
    const { runtime, seen } = setup(graphFlow(many, { concurrency: 2 }));
    expect((await runtime.executeFlow('f')).success).toBe(true);
    let now = 0;
    const most = Math.max(...seen.map((what) => (now += what.startsWith('>') ? 1 : -1)));
    expect(most).toBe(2);
    expect(seen.filter((what) => what.startsWith('>')).join('')).toBe('>a>b>c>d>e>f>g');
    await runtime.close();
  });

  const broken: Graph = (g) =>
    g
      .node('a', () => job({ name: 'a' }), at)
      .node('b', () => job({ name: 'b', ms: 10, fails: true }), at)
      .node('slow', () => gate({ name: 'slow' }), at)
      .node('c', ({ b }) => job({ name: `c ${b}` }), { ...at, needs: ['b'] })
      .node('d', ({ c }) => job({ name: `d ${c}` }), { ...at, needs: ['c'] })
      .node('e', ({ a }) => job({ name: `e ${a}` }), { ...at, needs: ['a'] });

  it('fails at the first failure: siblings are cancelled, the rest is skipped, what is done stays recorded', async () => {
    const { runtime, steps } = setup(graphFlow(broken));
    const { status, error } = await runtime.executeFlow('f', undefined, { id: 'r' });
    expect(status).toBe('failed');
    expect(error).toMatchObject({ code: 'BROKE', message: 'b broke', details: { run: 'r', step: 'g/b' } });
    expect(steps('r')).toEqual({
      g: 'failed',
      'g/a': 'completed',
      'g/b': 'failed',
      'g/slow': 'cancelled',
      'g/c': 'skipped',
      'g/d': 'skipped',
      'g/e': 'skipped',
    });
    await runtime.close();
  });

  it('can go on with what does not need the failed node', async () => {
    const { runtime, gates, seen, steps } = setup(graphFlow(broken, { onFailure: 'continueIndependent' }));
    const done = runtime.executeFlow('f', undefined, { id: 'r' });
    await expect.poll(() => seen).toContain('>slow');
    gates.get('slow')?.();
    expect(await done).toMatchObject({
      status: 'completed',
      partial: true,
      success: false,
      output: { a: 'A', slow: 'slow', e: 'E A' },
      errors: [{ path: 'g/b', error: { message: 'b broke' } }],
    });
    expect(steps('r')).toMatchObject({
      g: 'completed',
      'g/b': 'failed',
      'g/c': 'skipped',
      'g/d': 'skipped',
      'g/e': 'completed',
    });
    await runtime.close();
  });

  it('can run also what needs it, without its result', async () => {
    const { runtime, gates, seen, steps } = setup(graphFlow(broken, { onFailure: 'skip' }));
    const done = runtime.executeFlow('f', undefined, { id: 'r' });
    await expect.poll(() => seen).toContain('>slow');
    gates.get('slow')?.();
    expect(await done).toMatchObject({ output: { c: 'C UNDEFINED', d: 'D C UNDEFINED', e: 'E A' }, partial: true });
    expect(Object.values(steps('r'))).not.toContain('skipped');
    await runtime.close();
  });

  it.each<[string, Graph, string]>([
    [
      'two of one name',
      (g) => g.node('a', () => job(1), at).node('a' as 'b', () => job(1), at),
      "it has two nodes 'a'",
    ],
    [
      'a need that is not there',
      (g) => g.node('a', () => job(1), { ...at, needs: ['x' as never] }),
      "'a' needs 'x', which it does not have",
    ],
    [
      'needs in a circle',
      (g) =>
        g
          .node('z', () => job(1), { ...at, needs: ['a' as never] })
          .node('a', () => job(1), { ...at, needs: ['b' as never] })
          .node('b', () => job(1), { ...at, needs: ['a'] }),
      "its nodes need each other ('a' → 'b' → 'a'), so these would wait for ever: 'z', 'a', 'b'",
    ],
  ])('fails before anything runs when it has %s', async (_, nodes, why) => {
    const { runtime, seen } = setup(graphFlow(nodes));
    expect(await runtime.executeFlow('f')).toMatchObject({
      status: 'failed',
      error: { code: 'MR3236', message: `The graph 'g' cannot run: ${why}.` },
    });
    expect(seen).toEqual([]);
    await runtime.close();
  });

  it('is cancelled with its run, and takes no more nodes then', async () => {
    const { runtime, seen, steps, store } = setup(
      graphFlow((g) =>
        g.node('s', () => gate({ name: 's' }), at).node('t', () => job({ name: 't' }), { ...at, needs: ['s'] }),
      ),
    );
    await runtime.start('f', undefined, { id: 'r' });
    await expect.poll(() => seen).toContain('>s');
    await runtime.cancel('r');
    expect(await runtime.result('r')).toMatchObject({ status: 'cancelled' });
    expect(steps('r')).toMatchObject({ 'g/s': 'cancelled' });
    expect(store.tables.waits.of('r')).toEqual([]);
    await runtime.close();
  });

  it('runs child flows as nodes', async () => {
    const child = anyFlow('child', async (host, n: number) => host.step('s', () => job({ name: `in ${n}` }), at));
    const flow = anyFlow('f', (host) =>
      host.graph(
        'g',
        (g) =>
          g
            .node('a', () => ({ contract: child.contract as AnyFlow, input: 1 }), at)
            .node('b', ({ a }) => job({ name: String(a) }), { ...at, needs: ['a'] }),
        at,
      ),
    );
    const runtime = new ReactiveSystemRuntime(
      bind({ flows: [flow, child], tasks: [code(job, ({ name }: { name: string }) => name.toUpperCase())] }),
      { db: ':memory:', logger: silentLogger },
    );
    expect((await runtime.executeFlow('f', undefined, { id: 'r' })).output).toEqual({ a: 'IN 1', b: 'IN 1' });
    expect(runtime.status('r/g/a')?.status).toBe('completed');
    await runtime.close();
  });
});

describe('a node that is added', () => {
  const one: Graph = (g) => g.node('s', () => gate({ name: 's' }), at);
  const refusal = (asked: Promise<unknown>): Promise<unknown> =>
    asked.then(
      () => 'taken',
      (error: { code: string; message: string }) => `${error.code} ${error.message}`,
    );

  it('runs when what it needs has ended; the graph waits for it', async () => {
    const { runtime, seen, gates, steps } = setup(graphFlow(one));
    const done = runtime.executeFlow('f', undefined, { id: 'r' });
    await expect.poll(() => seen).toContain('>s');
    expect(await runtime.enqueue('r', 'g', { node: 'x', task: 'job', input: { name: 'x' }, needs: ['s'] })).toEqual({
      runId: 'r',
      step: 'g/x',
    });
    await runtime.enqueue('r', 'g', { node: 'y', task: 'job', input: { name: 'y' }, needs: ['x'] });
    await runtime.enqueue('r', 'g', { node: 'free', task: 'job', input: { name: 'free' } });
    gates.get('s')?.();
    expect(await done).toMatchObject({ success: true, output: { s: 's' } });
    expect(seen.filter((what) => what.startsWith('>'))).toEqual(['>s', '>x', '>free', '>y']);
    expect(steps('r')).toEqual({
      g: 'completed',
      'g/s': 'completed',
      'g/x': 'completed',
      'g/free': 'completed',
      'g/y': 'completed',
    });
    await runtime.close();
  });

  it('is refused when the graph has ended, is none, or cannot take it', async () => {
    const { runtime, seen, gates } = setup(graphFlow(one));
    const done = runtime.executeFlow('f', undefined, { id: 'r' });
    await expect.poll(() => seen).toContain('>s');
    const add = (node: object, step = 'g', run = 'r') =>
      refusal(runtime.enqueue(run, step, { node: 'x', task: 'job', ...node }));
    expect(await add({}, 'g', 'no')).toMatch('MR3208');
    expect(await add({}, 'h')).toMatch('MR3237');
    expect(await add({ node: 's' })).toMatch(
      "MR3238 's' cannot be added to graph 'g' of run 'r': there is such a node already.",
    );
    expect(await add({ node: 'a/b' })).toMatch('MR3238');
    expect(await add({ needs: ['x'] })).toMatch('it needs itself');
    expect(await add({ needs: ['q'] })).toMatch("it needs 'q', which is not there. There are: s");
    expect(await add({ task: 'jib' })).toMatch("the system has no task 'jib'. It has: job, gate");
    expect(await add({ input: { n: Number.NaN } })).toMatch('its input is not valid');
    expect(await add({ input: { name: 'x', fails: true }, needs: ['s'] })).toBe('taken');
    expect(await add({ input: {} })).toMatch('there is such a node already');
    gates.get('s')?.();
    expect(await done).toMatchObject({ status: 'failed', error: { code: 'BROKE' } });
    expect(await add({ node: 'late' })).toMatch('MR3237');
    await runtime.close();
  });

  it('survives a restart, also one that was added while nobody drove the run', async () => {
    const store = openSqlite(':memory:');
    const first = setup(graphFlow(one), store);
    await first.runtime.start('f', undefined, { id: 'r' });
    await expect.poll(() => first.seen).toContain('>s');
    await first.runtime.enqueue('r', 'g', { node: 'x', task: 'job', input: { name: 'x' } });
    first.runtime.abandon();
    store.transaction((tx) => tx.owner.release());
    const second = setup(graphFlow(one), store);
    await expect.poll(() => second.seen).toContain('>s');
    second.gates.get('s')?.();
    expect(await second.runtime.result('r')).toMatchObject({ output: { s: 's' } });
    expect(second.steps('r')).toEqual({ g: 'completed', 'g/s': 'completed', 'g/x': 'completed' });
    await second.runtime.close();
  });

  it('is not lost when it comes in the moment in which the graph ends', async () => {
    let taken = 0;
    for (let round = 0; round < 30; round++) {
      const { runtime, seen, gates, steps } = setup(graphFlow(one));
      const done = runtime.executeFlow('f', undefined, { id: 'r' });
      await expect.poll(() => seen, { interval: 1 }).toContain('>s');
      gates.get('s')?.();
      for (let turns = round % 6; turns > 0; turns--) await Promise.resolve();
      if (round % 3 === 1) await new Promise((resolve) => setImmediate(resolve));
      const said = await refusal(runtime.enqueue('r', 'g', { node: 'x', task: 'job', input: { name: 'x' } }));
      expect(await done).toMatchObject({ success: true });
      expect(steps('r')['g/x']).toBe(said === 'taken' ? 'completed' : undefined);
      if (said === 'taken') taken++;
      await runtime.close();
    }
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(30);
  });

  it('can be added from another process', async () => {
    const { mkdtempSync } = await import('node:fs');
    const db = `${mkdtempSync('/tmp/graph-')}/g.db`;
    const { runtime, seen, gates, steps } = setup(graphFlow(one), openSqlite(db));
    const done = runtime.executeFlow('f', undefined, { id: 'r' });
    await expect.poll(() => seen).toContain('>s');
    const client = connect(bind({}), { db });
    expect(client.role).toBe('client');
    await client.enqueue('r', 'g', { node: 'x', task: 'job', input: { name: 'x' }, needs: ['s'] });
    gates.get('s')?.();
    await done;
    expect(steps('r')).toMatchObject({ 'g/x': 'completed' });
    await client.close();
    await runtime.close();
  });
});
