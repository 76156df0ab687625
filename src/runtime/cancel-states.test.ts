import { expect, it } from 'vitest';
import type { Host } from 'millrace/flow';
import { openMemory } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { SimulatedClock } from 'millrace/testing';
import { ReactiveSystemRuntime, type RuntimeEvent } from './index.ts';
import { anyEvent, anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';

const stubborn = anyTask('stubborn', { timeout: '9h' });
const flaky = anyTask('flaky', { retry: { attempts: 5, delay: '1h' } });
const scarce = anyTask('scarce', { concurrency: 1, timeout: '9h' });
const go = anyEvent('go');
const child = anyFlow('child', (host) => host.step('s', () => stubborn('child'), at));

interface State {
  readonly flow: (host: Host) => Promise<unknown>;
  /** The inputs of the attempts that are aborted. */
  readonly aborted?: readonly string[];
  readonly paused?: true;
}

/** What a run can be busy with when it is cancelled. */
const states: Readonly<Record<string, State>> = {
  'at work': { flow: (host) => host.step('s', () => stubborn('one'), at), aborted: ['one'] },
  'waiting for an event': { flow: (host) => host.receive('go', go, { ...at, timeout: '1d' }) },
  asleep: { flow: (host) => host.sleep('nap', '1d', at) },
  'waiting for a person': { flow: (host) => host.approve('yes', at) },
  'waiting for a retry': { flow: (host) => host.step('s', () => flaky('x'), at) },
  'waiting for a turn': {
    flow: (host) =>
      host.all(
        'all',
        { a: (h) => h.step('s', () => scarce('a'), at), b: (h) => h.step('s', () => scarce('b'), at) },
        at,
      ),
    aborted: ['a'],
  },
  'running a flow': {
    flow: (host) => host.child('kid', () => ({ contract: child.contract, input: null }), at),
    aborted: ['child'],
  },
  'at work in parallel': {
    flow: (host) =>
      host.all(
        'all',
        {
          works: (h) => h.step('s', () => stubborn('left'), at),
          waits: (h) => h.receive('go', go, at),
          naps: (h) => h.sleep('nap', '1d', at),
          list: (h) =>
            h.map(
              'list',
              () => [1, 2],
              (i, item) => i.step('s', () => stubborn(`item ${item}`), at),
              at,
            ),
        },
        at,
      ),
    aborted: ['left', 'item 1', 'item 2'],
  },
  'in a graph, a race and an attempt': {
    flow: (host) =>
      host.attempt(
        'try',
        async (h) => {
          await h.graph(
            'g',
            (g) => g.node('a', () => stubborn('node'), at).node('b', () => stubborn('never'), { ...at, needs: ['a'] }),
            at,
          );
        },
        async () => 'caught',
        at,
      ),
    aborted: ['node'],
  },
  paused: { flow: (host) => host.step('s', () => stubborn('one'), at), paused: true, aborted: ['one'] },
};

const terminal = new Set(['run.completed', 'run.failed', 'run.cancelled']);

it.each(Object.entries(states))(
  'a run that is %s: its attempts are aborted, it ends once, late results are ignored',
  async (_, state) => {
    const store = openMemory();
    const clock = new SimulatedClock();
    const aborted: string[] = [];
    const late: (() => void)[] = [];
    const works = (name: string, { signal }: { readonly signal: AbortSignal }): Promise<string> => {
      signal.addEventListener('abort', () => aborted.push(name));
      // It does not care, and gives its result all the same.
      return new Promise((resolve) => late.push(() => resolve(`${name} late`)));
    };
    const tasks = [
      code(stubborn, works),
      code(scarce, works),
      code(flaky, () => {
        throw new Error('flaky');
      }),
    ];
    const system = bind({ tasks, events: [go], flows: [anyFlow('f', state.flow), child] });
    const runtime = new ReactiveSystemRuntime(system, { store, clock, logger: silentLogger });
    const told: RuntimeEvent[] = [];
    runtime.on((event) => told.push(event));
    await runtime.start('f', undefined, { id: 'r' });
    await expect.poll(() => late.length).toBe(state.aborted?.length ?? 0);
    if (state.aborted === undefined) await runtime.idle();
    if (state.paused === true) await runtime.pause('r');

    // The event that it may wait for comes in the same batch.
    const [{ accepted }] = await Promise.all([
      runtime.cancel('r', { reason: 'enough', by: 'Ada' }),
      runtime.sendEvent('go', 1),
    ]);
    expect(accepted).toBe(true);
    const result = runtime.result('r');
    await expect.poll(() => aborted.toSorted()).toEqual((state.aborted ?? []).toSorted());
    for (const give of late) give();
    expect(await result).toMatchObject({
      success: false,
      status: 'cancelled',
      error: { code: 'MR3203', message: 'enough', details: { by: 'Ada' } },
    });
    await runtime.idle();
    expect(
      told
        .filter(({ type, ...event }) => terminal.has(type) && 'runId' in event && event.runId === 'r')
        .map(({ type }) => type),
    ).toEqual(['run.cancelled']);
    for (const { id, status } of runtime.list()) {
      expect({ id, status }).toEqual({ id, status: 'cancelled' });
      expect(store.tables.journal.of(id).filter(({ kind }) => kind === 'completed')).toEqual([]);
    }
    expect([store.tables.timers.count(), store.tables.waits.of('r').length]).toEqual([0, 0]);
    // What has ended has ended: nothing follows.
    const lines = store.tables.journal.of('r').length;
    expect(await runtime.cancel('r')).toMatchObject({ accepted: false });
    await clock.advance('2d');
    await runtime.idle();
    expect(store.tables.journal.of('r')).toHaveLength(lines);
    await runtime.close();
  },
);

it('before its first step, and by the signal of its caller', async () => {
  const system = bind({ flows: [anyFlow('f', (host) => host.receive('go', go, at))], events: [go] });
  const runtime = new ReactiveSystemRuntime(system, { db: ':memory:', logger: silentLogger });
  const [, { accepted }] = await Promise.all([runtime.start('f', undefined, { id: 'r' }), runtime.cancel('r')]);
  expect(accepted).toBe(true);
  expect(await runtime.result('r')).toMatchObject({ status: 'cancelled' });
  expect(runtime.reader.steps('r').filter(({ status }) => status !== 'cancelled')).toEqual([]);
  const controller = new AbortController();
  const ending = runtime.executeFlow('f', undefined, { signal: controller.signal });
  await runtime.idle();
  controller.abort();
  expect(await ending).toMatchObject({ success: false, status: 'cancelled' });
  expect(await runtime.executeFlow('f', undefined, { signal: AbortSignal.abort() })).toMatchObject({
    status: 'cancelled',
  });
  await expect(runtime.cancel('nobody')).rejects.toMatchObject({ code: 'MR3208' });
  await runtime.close();
});

it('while it goes back to a step, or after that', async () => {
  const seen: string[] = [];
  const flow = anyFlow('f', async (host) => {
    await host.step('a', () => stubborn('a'), at);
    host.undo('a', () => stubborn('undo a'), at);
    await host.receive('go', go, at);
  });
  const tasks = [code(stubborn, (name: string) => void seen.push(name))];
  const runtime = new ReactiveSystemRuntime(bind({ flows: [flow], events: [go], tasks }), {
    db: ':memory:',
    logger: silentLogger,
  });
  for (const id of ['together', 'after']) {
    seen.length = 0;
    await runtime.start('f', undefined, { id });
    await runtime.idle();
    const retrying = runtime.retry(id, { fromStep: 'a' }).catch(({ code: given }: { code: string }) => given);
    if (id === 'after') {
      await retrying;
      await runtime.idle();
    }
    expect(await runtime.cancel(id)).toMatchObject({ accepted: true });
    await retrying;
    expect(await runtime.result(id)).toMatchObject({ status: 'cancelled' });
    await runtime.idle();
    expect(runtime.status(id)?.status).toBe('cancelled');
    // As often as it was done for good, it was undone.
    const done = seen.filter((name) => name === 'undo a').length;
    expect(done).toBe(1);
  }
  await runtime.close();
});
