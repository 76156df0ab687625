import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Host } from 'millrace/flow';
import { openMemory, openSqlite, type JournalRow, type Store } from 'millrace/store';
import { NonRetryableError, silentLogger } from 'millrace/tasks';
import { checkDatabase } from 'millrace/testing';
import { ReactiveSystemRuntime, type ProcessLimits } from './index.ts';
import { anyEvent, anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';

/** A random flow. */
type Node =
  | { readonly do: 'step'; readonly fails: number; readonly undo: boolean }
  | { readonly do: 'broken' }
  | { readonly do: 'sleep' | 'ask' }
  | { readonly do: 'emit' }
  | { readonly do: 'child'; readonly body: readonly Node[] }
  | { readonly do: 'all' | 'map' | 'attempt' | 'branch' | 'race' | 'graph'; readonly body: readonly Node[] };

const { body } = fc.letrec<{ node: Node; body: readonly Node[] }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ do: fc.constant('step' as const), fails: fc.constantFrom(0, 0, 0, 1, 2), undo: fc.boolean() }),
    fc.record({ do: fc.constantFrom('sleep' as const, 'emit' as const, 'ask' as const) }),
    fc.record({
      do: fc.constantFrom(
        'all' as const,
        'map' as const,
        'attempt' as const,
        'branch' as const,
        'race' as const,
        'graph' as const,
        'child' as const,
      ),
      body: tie('body'),
    }),
    fc.record({ do: fc.constant('broken' as const) }),
  ),
  body: fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
}));

const work = anyTask('work', { retry: { attempts: 3, delay: '1ms', backoff: 'fixed' } });
const back = anyTask('back');
const noted = anyEvent('noted');

async function perform(host: Host, nodes: readonly Node[]): Promise<string> {
  let value = '';
  for (const [index, node] of nodes.entries()) {
    const id = `${node.do}${index}`;
    switch (node.do) {
      case 'step':
        value += await host.step(id, () => work({ fails: node.fails, id, undo: node.undo }), at);
        if (node.undo) host.undo(id, () => back(id), at);
        break;
      case 'broken':
        await host.step(id, () => work({ fails: 9, id }), at);
        break;
      case 'sleep':
        await host.sleep(id, '1ms', at);
        break;
      case 'ask': {
        const said = await host.approve(id, at);
        value += said.by;
        break;
      }
      case 'emit':
        await host.emit(id, () => noted({ run: host.runId, id }), at);
        break;
      case 'child':
        value += await host.child(id, () => ({ contract: inner.contract, input: node.body }), at);
        break;
      case 'all': {
        const both = await host.all(
          id,
          { a: (h) => perform(h, node.body), b: (h) => perform(h, node.body.slice(1)) },
          at,
        );
        value += `${both.a}|${both.b}`;
        break;
      }
      case 'map':
        value += (
          await host.map(
            id,
            () => [1, 2, 3],
            (h) => perform(h, node.body),
            { ...at, concurrency: 2 },
          )
        ).join();
        break;
      case 'attempt':
        value += await host.attempt(
          id,
          (h) => perform(h, node.body),
          async (_, error) => `caught ${error.message}`,
          at,
        );
        break;
      case 'graph': {
        const policy = node.body.length % 2 === 0 ? 'failFast' : 'continueIndependent';
        value += JSON.stringify(
          await host.graph(
            id,
            (g) =>
              g
                .node('a', () => work({ fails: 1, id: 'a' }), at)
                .node('b', ({ a }) => work({ fails: 0, id: `b${a}` }), { ...at, needs: ['a'] })
                .node('c', () => ({ contract: inner.contract, input: node.body }), at)
                .node('d', ({ b, c }) => work({ fails: 0, id: `d${b}${String(c)}` }), { ...at, needs: ['b', 'c'] }),
            { ...at, concurrency: 1 + (node.body.length % 3), onFailure: policy },
          ),
        );
        break;
      }
      case 'race':
        value += JSON.stringify(await host.race(id, racing(node.body), at));
        break;
      case 'branch':
        value += await host.branch(
          id,
          () => nodes.length % 2 === 0,
          { true: (h) => perform(h, node.body), false: (h) => perform(h, node.body) },
          at,
        );
        break;
    }
  }
  return value;
}

/** Only `first` can win: the others wait too long, or fail. What they have done by then differs from run to run. */
const racing = (nodes: readonly Node[]) => ({
  last: async (host: Host) => {
    await perform(host, [{ do: 'step', fails: 0, undo: true }]);
    await host.sleep('long', '1h', at);
  },
  first: (host: Host) =>
    host.attempt(
      'try',
      (h) => perform(h, nodes),
      async (_, error) => `caught ${error.message}`,
      at,
    ),
  out: (host: Host) => perform(host, [{ do: 'step', fails: 1, undo: true }, { do: 'broken' }]),
});
const outer = anyFlow('outer', (host, nodes: readonly Node[]) => perform(host, nodes));
const inner = anyFlow('inner', (host, nodes: readonly Node[]) => perform(host, nodes));

class Crash extends Error {}

/** A store whose process dies at its `n`th transaction: before the commit, or after it and before anybody hears of it. */
function dying(store: Store, n: number, when: 'before' | 'after'): Store {
  let count = 0;
  let dead = false;
  return {
    ...store,
    transaction: (run) => {
      if (dead) throw new Crash();
      if (++count < n) return store.transaction(run);
      dead = true;
      if (when === 'before') {
        store.transaction((tx) => {
          run(tx);
          throw new Crash();
        });
      }
      store.transaction(run);
      throw new Crash();
    },
  };
}

interface End {
  readonly status: string;
  readonly output: unknown;
  readonly violations: readonly string[];
  readonly crashed: boolean;
}

async function execute(
  nodes: readonly Node[],
  crashes: readonly { readonly n: number; readonly when: 'before' | 'after' }[],
  store: Store = openSqlite(':memory:'),
  limits: ProcessLimits = {},
): Promise<End> {
  const violations: string[] = [];
  let crashed = false;
  const once = (run: string, step: string): void => {
    if (store.tables.journal.of(run).some((row) => row.path === step && row.kind === 'completed'))
      violations.push(`${step} of ${run} was done again`);
  };
  const system = bind({
    events: [noted],
    flows: [outer, inner],
    tasks: [
      code(work, async ({ fails, id }: { fails: number; id: string }, { attempt, runId, step }) => {
        once(runId, step);
        if (!store.tables.journal.of(runId).some((row) => row.path === step))
          violations.push(`${step} of ${runId} was done before the journal knew`);
        await Promise.resolve();
        if (fails === 9) throw new NonRetryableError(`broken ${id}`);
        if (attempt <= fails) throw new Error('flaky');
        return id;
      }),
      code(back, (_: string, { runId, step }) => once(runId, step)),
    ],
  });
  for (const [index, crash] of [...crashes, undefined].entries()) {
    if (index > 0) store.transaction((tx) => tx.owner.release());
    const runtime = new ReactiveSystemRuntime(system, { store, logger: silentLogger, ...limits });
    if (crash !== undefined) {
      // From here on: taking the file over is not what is tested.
      runtime.abandon();
      store.transaction((tx) => tx.owner.release());
    }
    const mortal =
      crash === undefined
        ? runtime
        : new ReactiveSystemRuntime(system, {
            store: dying(store, crash.n + 1, crash.when),
            logger: silentLogger,
            ...limits,
          });
    // A person who answers whatever is asked, also what was asked before the crash.
    const answer = (): void => {
      for (const { runId, step } of mortal.reader.decisions())
        mortal.decide(runId, step, { approved: true, by: 'ada' }).catch(() => {});
    };
    mortal.on(({ type }) => (type === 'step.waiting' || type === 'run.recovered') && answer());
    setImmediate(answer);
    try {
      const end = await mortal.executeFlow('outer', nodes, { id: 'r' });
      await mortal.idle();
      const { status, output } = end;
      mortal.abandon();
      violations.push(...check(store), ...unsound(store));
      return { status, output, violations, crashed };
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      crashed = true;
    }
    mortal.abandon();
    violations.push(...unsound(store));
  }
  throw new Error('not reached');
}

const unsound = (store: Store): string[] =>
  checkDatabase(store).map(({ at: where, message }) => `${where}: ${message}`);

/** What must hold of every finished journal. */
function check(store: Store): string[] {
  const wrong: string[] = [];
  for (const { id, status: own } of store.tables.runs.list({})) {
    if (own !== 'completed' && own !== 'failed' && own !== 'cancelled') wrong.push(`${id} is left ${own}`);
    const rows = store.tables.journal.of(id);
    const done = rows.filter(({ kind }) => kind === 'completed');
    if (new Set(done.map(({ path }) => path)).size !== done.length) wrong.push(`${id} has a step completed twice`);
    wrong.push(...undone(id, own, rows));
  }
  const events = store.tables.events.list({}).map(({ payload, source }) => `${source} ${payload}`);
  if (new Set(events).size !== events.length) wrong.push('an event was published twice');
  if (store.tables.waits.matching('~decision', '').length > 0) wrong.push('decisions are left');
  if (store.tables.runs.list({}).some(({ id }) => store.tables.waits.of(id).length > 0)) wrong.push('waits are left');
  if (store.tables.timers.count() > 0) wrong.push('timers are left');
  return wrong;
}

/** A finished step is undone exactly when its run, or an attempt around it, has failed; the newest first. */
function undone(id: string, status: string, rows: readonly JournalRow[]): string[] {
  const wrong: string[] = [];
  const completed = new Map(rows.filter(({ kind }) => kind === 'completed').map(({ path, seq }) => [path, seq]));
  const caught = rows.filter(({ kind }) => kind === 'caught').map(({ path }) => `${path}/try/`);
  const races = rows.filter(({ kind }) => kind === 'won').map(({ path, data }) => [`${path}/`, `${path}/${data}/`]);
  const lost = (step: string): boolean =>
    races.some(([race = '', winner = '']) => step.startsWith(race) && !step.startsWith(winner));
  for (const { kind, path, data } of rows) {
    if (kind !== 'started' || path.endsWith('~undo') || !completed.has(path)) continue;
    const due =
      (JSON.parse(data ?? '{}') as { undo?: boolean }).undo === true &&
      (status !== 'completed' || caught.some((part) => path.startsWith(part)) || lost(path));
    if (completed.has(`${path}/~undo`) !== due) wrong.push(`${path} of ${id} was ${due ? 'not ' : ''}undone`);
  }
  const stop = rows.find(({ kind }) => kind === 'stopping')?.seq ?? Infinity;
  const order = rows
    .filter(({ kind, path, seq }) => kind === 'started' && path.endsWith('/~undo') && seq > stop)
    .map(({ path }) => completed.get(path.slice(0, -'/~undo'.length)) ?? -1);
  if (order.join() !== [...order].sort((a, b) => b - a).join())
    wrong.push(`${id} was undone in the order ${order.join()}`);
  return wrong;
}

it('ends the same, whatever commit boundary the process dies at', async () => {
  let crashes = 0;
  await fc.assert(
    fc.asyncProperty(body, fc.constantFrom('before' as const, 'after' as const), async (nodes, when) => {
      const reference = await execute(nodes, []);
      expect(reference.violations).toEqual([]);
      // Every boundary of a small flow, a part of those of a big one.
      for (let n = 1; ; n += n < 40 ? 1 : 9) {
        const end = await execute(nodes, [{ n, when }]);
        expect({ n, ...end }).toMatchObject({ status: reference.status, output: reference.output, violations: [] });
        if (!end.crashed) break;
        crashes++;
      }
    }),
    {
      timeout: 5000,
      numRuns: Number(process.env['CRASH_RUNS'] ?? 40),
      ...(process.env['CRASH_SEED'] === undefined ? { seed: 20260821 } : { seed: Number(process.env['CRASH_SEED']) }),
    },
  );
  expect(crashes).toBeGreaterThan(200);
}, 120_000);

it('ends the same when it dies again and again', async () => {
  await fc.assert(
    fc.asyncProperty(
      body,
      fc.array(
        fc.record({ n: fc.integer({ min: 1, max: 6 }), when: fc.constantFrom('before' as const, 'after' as const) }),
        { minLength: 2, maxLength: 6 },
      ),
      // Attempts may have to wait for their turn, for each other or for time.
      fc.constantFrom<ProcessLimits>({}, { concurrency: 1 }, { concurrency: 2, rateLimit: { limit: 3, per: '1ms' } }),
      async (nodes, crashes, limits) => {
        const reference = await execute(nodes, [], openMemory(), limits);
        expect(await execute(nodes, crashes, openMemory(), limits)).toMatchObject({
          status: reference.status,
          output: reference.output,
          violations: [],
        });
      },
    ),
    { timeout: 5000, numRuns: Number(process.env['CRASH_RUNS'] ?? 60), seed: Number(process.env['CRASH_SEED'] ?? 1) },
  );
}, 120_000);
