import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Host } from 'millrace/flow';
import { openMemory, type Store } from 'millrace/store';
import { NonRetryableError, silentLogger } from 'millrace/tasks';
import { checkDatabase, SimulatedClock } from 'millrace/testing';
import { ReactiveSystemRuntime, type ProcessLimits } from './index.ts';
import { anyEvent, anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';

/** A random flow that also waits. */
type Node =
  | { readonly do: 'step'; readonly fails: number; readonly slow: boolean }
  | { readonly do: 'broken' | 'sleep' | 'emit' }
  | { readonly do: 'receive'; readonly timeout: boolean }
  | { readonly do: 'child'; readonly timeout: boolean; readonly body: readonly Node[] }
  | { readonly do: 'all' | 'map' | 'attempt' | 'repeat'; readonly body: readonly Node[] };

const { body } = fc.letrec<{ node: Node; body: readonly Node[] }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ do: fc.constant('step' as const), fails: fc.constantFrom(0, 0, 0, 1, 2), slow: fc.boolean() }),
    fc.record({ do: fc.constantFrom('sleep' as const, 'emit' as const) }),
    fc.record({ do: fc.constant('receive' as const), timeout: fc.boolean() }),
    fc.record({ do: fc.constant('child' as const), timeout: fc.boolean(), body: tie('body') }),
    fc.record({
      do: fc.constantFrom('all' as const, 'map' as const, 'attempt' as const, 'repeat' as const),
      body: tie('body'),
    }),
    fc.record({ do: fc.constant('broken' as const) }),
  ),
  body: fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
}));

/** What is done to a run, after so many turns of the event loop. */
interface Action {
  readonly do: 'kill' | 'close' | 'cancel' | 'cancel child' | 'pause' | 'pause hard' | 'resume' | 'send' | 'time';
  readonly turns: number;
  readonly minutes: number;
}
const action: fc.Arbitrary<Action> = fc.record({
  do: fc.constantFrom(
    ...(['kill', 'close', 'cancel', 'cancel child', 'send', 'time', 'time'] as const),
    ...(['pause', 'pause hard', 'resume'] as const),
  ),
  turns: fc.integer({ min: 0, max: 12 }),
  minutes: fc.constantFrom(1, 30, 61),
});

/** Attempts may have to wait for their turn, for each other or for time. */
const limits: fc.Arbitrary<ProcessLimits> = fc.constantFrom<ProcessLimits>(
  {},
  { concurrency: 1 },
  { concurrency: 2, rateLimit: { limit: 2, per: '10m' } },
);

const work = anyTask('work', { retry: { attempts: 3, delay: '1m', backoff: 'fixed' } });
const back = anyTask('back');
const go = anyEvent('go');

const match = { ...at, match: () => ({ n: 1 }) };

async function perform(host: Host, nodes: readonly Node[]): Promise<void> {
  for (const [index, node] of nodes.entries()) {
    const id = `${node.do}${index}`;
    switch (node.do) {
      case 'step':
        await host.step(id, () => work({ ...node }), at);
        host.undo(id, () => back(id), at);
        break;
      case 'broken':
        await host.step(id, () => work({ fails: 9, slow: false }), at);
        break;
      case 'sleep':
        await host.sleep(id, '1h', at);
        break;
      case 'emit':
        await host.emit(id, () => go({ n: 1 }), at);
        break;
      case 'receive':
        if (node.timeout) await host.receive(id, go, { ...match, timeout: '30m', onTimeout: 'continue' });
        else await host.receive(id, go, match);
        break;
      case 'child':
        await host.child(id, () => ({ contract: inner.contract, input: node.body }), {
          ...at,
          ...(node.timeout ? { timeout: '30m' } : {}),
        });
        break;
      case 'all':
        await host.all(id, { a: (h) => perform(h, node.body), b: (h) => perform(h, node.body.slice(1)) }, at);
        break;
      case 'map':
        await host.map(
          id,
          () => [1, 2, 3],
          (h) => perform(h, node.body),
          { ...at, concurrency: 2 },
        );
        break;
      case 'attempt':
        await host.attempt(
          id,
          (h) => perform(h, node.body),
          (h) => perform(h, node.body.slice(1)),
          at,
        );
        break;
      case 'repeat':
        await host.repeat(
          id,
          (h) => perform(h, node.body),
          () => false,
          { ...at, max: 2, delay: '10m' },
        );
        break;
    }
  }
}
const outer = anyFlow('outer', (host, nodes: readonly Node[]) => perform(host, nodes));
const timedOuter = { ...outer, timeout: '90m' } as const;
const inner = anyFlow('inner', (host, nodes: readonly Node[]) => perform(host, nodes));

const ends = new Set(['completed', 'failed', 'cancelled']);
const turn = () => new Promise((resolve) => setImmediate(resolve));

const expected =
  (code: string) =>
  (error: unknown): void => {
    if (!(error instanceof Error && 'code' in error && error.code === code)) throw error;
  };

async function chaos(
  nodes: readonly Node[],
  actions: readonly Action[],
  resident: number,
  timed: boolean,
  limits: ProcessLimits,
): Promise<string[]> {
  const store = openMemory();
  const wrong: string[] = [];
  const system = bind({
    events: [go],
    flows: [timed ? timedOuter : outer, inner],
    tasks: [
      code(work, async ({ fails, slow }: { fails: number; slow: boolean }, { attempt, runId, step }) => {
        if (store.tables.journal.of(runId).some((row) => row.path === step && row.kind === 'completed'))
          wrong.push(`${step} of ${runId} was done again`);
        if (slow) await new Promise((resolve) => setTimeout(resolve, 1));
        if (fails === 9) throw new NonRetryableError('broken');
        if (attempt <= fails) throw new Error('flaky');
        return 1;
      }),
      code(back, () => undefined),
    ],
  });
  let runtime: ReactiveSystemRuntime;
  const clock = new SimulatedClock({ settle: () => runtime.idle() });
  const open = (): ReactiveSystemRuntime =>
    new ReactiveSystemRuntime(system, { store, clock, logger: silentLogger, resident, ...limits });
  const swallow = (): void => {};
  runtime = open();
  await runtime.start('outer', nodes, { id: 'r' });
  let cancelled = false;
  let paused = false;
  for (const { do: what, turns, minutes } of actions) {
    for (let n = 0; n < turns; n++) await turn();
    wrong.push(...checkDatabase(store).map(({ at: where, message }) => `${where}: ${message}`));
    // Only these two wake it.
    const status = runtime.status('r')?.status;
    if (paused && status !== 'paused') wrong.push(`r was paused and is ${status}`);
    if (['cancel', 'resume'].includes(what)) paused = false;
    switch (what) {
      case 'kill':
        runtime.abandon();
        store.transaction((tx) => tx.owner.release());
        runtime = open();
        break;
      case 'close':
        await runtime.close();
        runtime = open();
        break;
      case 'cancel':
        cancelled = (await runtime.cancel('r')).accepted || cancelled;
        break;
      case 'cancel child': {
        const child = store.tables.runs.list({ parent: 'r' })[0];
        if (child !== undefined) await runtime.cancel(child.id);
        break;
      }
      case 'pause':
      case 'pause hard':
        await runtime.pause('r', { inFlight: what === 'pause' ? 'await' : 'abort' }).catch(expected('MR3250'));
        paused = runtime.status('r')?.status === 'paused';
        break;
      case 'resume':
        await runtime.resume('r').catch(expected('MR3251'));
        break;
      case 'send':
        await runtime.sendEvent('go', { n: 1 });
        break;
      case 'time':
        await clock.advance(minutes * 60_000);
        break;
    }
  }
  await clock.runUntilIdle({ limit: 500 });
  if (paused && runtime.status('r')?.status !== 'paused') wrong.push('r did not stay paused');
  await runtime.resume('r').catch(expected('MR3251'));
  await clock.runUntilIdle({ limit: 500 });
  for (let n = 0; n < 40 && !ends.has(runtime.status('r')?.status ?? ''); n++) {
    await runtime.sendEvent('go', { n: 1 });
    await clock.runUntilIdle({ limit: 500 });
  }
  await runtime.idle();
  wrong.push(...check(store, cancelled));
  runtime.result('r').catch(swallow);
  await runtime.close();
  return wrong;
}

function check(store: Store, cancelled: boolean): string[] {
  const wrong: string[] = [];
  for (const { id, status, error } of store.tables.runs.list({})) {
    if (!ends.has(status)) wrong.push(`${id} is left ${status} ${error ?? ''}`);
    const rows = store.tables.journal.of(id);
    const done = new Map(
      rows.filter(({ kind, name }) => kind === 'completed' && name === 'work').map(({ path, seq }) => [path, seq]),
    );
    const undone = rows
      .filter(({ kind, path }) => kind === 'completed' && path.endsWith('/~undo'))
      .map(({ path }) => path.slice(0, -6));
    if (new Set(undone).size !== undone.length) wrong.push(`${id} undid a step twice`);
    const caught = rows.filter(({ kind }) => kind === 'caught').map(({ path }) => `${path}/try/`);
    for (const path of done.keys()) {
      const due = status !== 'completed' || caught.some((part) => path.startsWith(part));
      if (undone.includes(path.replace(/\/~undo$/, '')) !== due)
        wrong.push(`${path} of ${id} (${status}) was ${due ? 'not ' : ''}undone`);
    }
    if (store.tables.waits.of(id).length > 0) wrong.push(`${id} left waits`);
    if (id === 'r' && cancelled && status !== 'cancelled') wrong.push(`r was cancelled and is ${status}`);
  }
  if (store.tables.timers.count() > 0) wrong.push('timers are left');
  return wrong;
}

it('whatever is done to a run, it ends, cleanly, and undoes exactly what it did', async () => {
  await fc.assert(
    fc.asyncProperty(
      body,
      fc.array(action, { maxLength: 6 }),
      fc.constantFrom(0, 1, 100),
      fc.boolean(),
      limits,
      async (nodes, actions, resident, timed, limited) => {
        expect(await chaos(nodes, actions, resident, timed, limited)).toEqual([]);
      },
    ),
    { timeout: 5000, numRuns: Number(process.env['CHAOS_RUNS'] ?? 150), seed: Number(process.env['CHAOS_SEED'] ?? 7) },
  );
}, 120_000);
