import { afterEach, describe, expect, it, vi } from 'vitest';
import { ReactiveSystemRuntime, type RuntimeEvent, type RuntimeOptions } from 'millrace/runtime';
import { openSqlite, type Store } from 'millrace/store';
import { silentLogger, type BoundSystem } from 'millrace/tasks';
import { startWireServer, type WireServer, type WireServerOptions } from 'millrace/testing';
import { askingSystem, askingTask } from '../fixtures/asking.ts';
import { anyFlow, anyTask, at, code } from '../fixtures/bind.ts';
import { wired } from '../fixtures/wired.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

async function serve(options: WireServerOptions): Promise<WireServer> {
  const server = await startWireServer(options);
  cleanups.push(() => server.close());
  return server;
}

function storeOf(): Store {
  const store = openSqlite(':memory:');
  cleanups.push(() => store.close());
  return store;
}

function open(system: BoundSystem, options: Partial<RuntimeOptions>): ReactiveSystemRuntime {
  const runtime = new ReactiveSystemRuntime(system, { logger: silentLogger, store: storeOf(), ...options });
  cleanups.push(() => runtime.close());
  return runtime;
}

/** As after `kill -9`. */
function crash(runtime: ReactiveSystemRuntime, store: Store): void {
  runtime.abandon();
  store.transaction((tx) => tx.owner.release());
}

const text = (letters: number): string => JSON.stringify({ text: 'x'.repeat(letters - 11) });
/** 12 tokens: 12 USD. */
const answer = text(40);
const ask = askingTask('ask', { maxTokens: 15 });
const account = ({ reader }: ReactiveSystemRuntime, name: string) => {
  const found = reader.budgets().find((row) => row.account === name);
  return found && { spent: found.spent / 1e6, reserved: found.reserved / 1e6 };
};

describe('what models use', () => {
  it('is known by step, run, task, agent and model', async () => {
    const server = await serve({ answer });
    const runtime = open(askingSystem(ask), { models: wired(server) });
    const { runId } = await runtime.start('f', 1);
    await runtime.result(runId);
    await runtime.executeFlow('f', 2);
    const used = { calls: 1, output: 12, cost: [{ micros: 12_000_000, currency: 'USD' }], unpriced: 0 };
    expect(runtime.reader.steps(runId)).toEqual([
      expect.objectContaining({ path: 'said', usage: expect.objectContaining(used) }),
    ]);
    expect(runtime.status(runId)?.usage).toMatchObject(used);
    const both = { calls: 2, output: 24, cost: [{ micros: 24_000_000, currency: 'USD' }] };
    expect(runtime.reader.usage()).toEqual([expect.objectContaining({ name: null, ...both })]);
    for (const [by, name] of [
      ['task', 'ask'],
      ['agent', 'writer'],
      ['model', 'scripted-1'],
      ['provider', 'compatible'],
    ] as const)
      expect(runtime.reader.usage({ by })).toEqual([expect.objectContaining({ name, ...both })]);
    expect(runtime.reader.usage({ by: 'run' }).map(({ calls }) => calls)).toEqual([1, 1]);
  });

  it('is told as it happens', async () => {
    const server = await serve({ answer });
    const told: RuntimeEvent[] = [];
    const runtime = open(askingSystem(ask), { models: wired(server) });
    runtime.on((event) => event.type.startsWith('model.') && told.push(event));
    const { runId } = await runtime.start('f', 1);
    await runtime.result(runId);
    const facts = { runId, step: 'said', task: 'ask', agent: 'writer', provider: 'compatible', model: 'scripted-1' };
    expect(told).toEqual([
      expect.objectContaining({ type: 'model.asked', ...facts, maxOutputTokens: 15 }),
      expect.objectContaining({
        type: 'model.answered',
        ...facts,
        cost: { micros: 12_000_000, currency: 'USD' },
        finish: 'stop',
      }),
    ]);
  });
});

describe('in the middle of an answer', () => {
  const stalls: WireServerOptions = { answer, scenario: ({ n }) => (n === 1 ? 'stalled' : 'ok') };
  const begun = (server: WireServer): Promise<void> => vi.waitFor(() => expect(server.paid()).toBe(1));
  const system = askingSystem(ask, { budget: { total: '100 USD' } });

  it('a cancel closes the connection, and what may have been spent is booked', async () => {
    const server = await serve(stalls);
    const runtime = open(system, { models: wired(server) });
    const { runId } = await runtime.start('f', 1);
    await begun(server);
    await runtime.cancel(runId);
    expect(await runtime.result(runId)).toMatchObject({ status: 'cancelled' });
    await vi.waitFor(() => expect(server.calls[0]?.left).toBe(true));
    await vi.waitFor(() => expect(account(runtime, 'total')).toEqual({ spent: 15, reserved: 0 }));
  });

  it('a pause closes the connection, and the run asks again when it goes on', async () => {
    const server = await serve(stalls);
    const runtime = open(system, { models: wired(server) });
    const { runId } = await runtime.start('f', 1);
    await begun(server);
    await runtime.pause(runId, { inFlight: 'abort' });
    await vi.waitFor(() => expect(server.calls[0]?.left).toBe(true));
    expect(server.calls.length).toBe(1);
    await runtime.resume(runId);
    expect(await runtime.result(runId)).toMatchObject({ status: 'completed' });
    expect(server.calls.length).toBe(2);
  });

  it('a time limit closes the connection', async () => {
    const server = await serve({ answer, scenario: 'stalled' });
    const runtime = open(askingSystem(askingTask('ask', { policy: { timeout: '50ms' } })), { models: wired(server) });
    expect(await runtime.executeFlow('f', 1)).toMatchObject({ status: 'failed', error: { code: 'MR3103' } });
    await vi.waitFor(() => expect(server.calls[0]?.left).toBe(true));
  });

  it('the death of the process leaves what was set aside, which the next one books', async () => {
    const server = await serve(stalls);
    const store = storeOf();
    const first = open(system, { store, models: wired(server) });
    const { runId } = await first.start('f', 1);
    await begun(server);
    expect(account(first, 'total')).toEqual({ spent: 0, reserved: 15 });
    crash(first, store);
    const second = open(system, { store, models: wired(server) });
    const told: RuntimeEvent[] = [];
    second.on((event) => told.push(event));
    expect(await second.result(runId)).toMatchObject({ status: 'completed' });
    expect(account(second, 'total')).toEqual({ spent: 27, reserved: 0 });
    expect(told).toContainEqual(
      expect.objectContaining({ type: 'model.abandoned', booked: { micros: 15_000_000, currency: 'USD' } }),
    );
  });
});

describe('a budget', () => {
  it('that a call does not fit lets nobody be asked, and the flow may do something else', async () => {
    const server = await serve({ answer });
    const flow = anyFlow('g', (host) =>
      host.step('said', () => ask(1) as never, { ...at, onFailure: { fallback: () => ({ text: 'nothing' }) } }),
    );
    const runtime = open(askingSystem(ask, { flows: [flow], budget: { tasks: { ask: '14 USD' } } }), {
      models: wired(server),
    });
    expect(await runtime.executeFlow('g', 1)).toMatchObject({
      status: 'completed',
      output: { text: 'nothing' },
      errors: [{ error: { code: 'MR4080' } }],
    });
    expect(server.calls).toEqual([]);
  });

  it('that is overrun keeps the answer, and stops the run, whatever its flow makes of failures', async () => {
    const server = await serve({ answer: text(400), scenario: ({ n }) => (n === 1 ? 'stalled' : 'ok') });
    const other = askingTask('other', { maxTokens: 5 });
    const gone = anyTask('gone');
    const done: string[] = [];
    const flow = anyFlow('g', (host) =>
      host.all(
        'both',
        {
          slow: (part) => part.step('slow', () => other(1), { ...at, onFailure: 'continue' }),
          fast: async (part) => {
            await part.step('look', () => gone('look'), at);
            await part.step('said', () => ask(1), { ...at, onFailure: 'continue' });
            return part.step('then', () => gone('then'), at);
          },
        },
        at,
      ),
    );
    const look = code(gone, async (name: string) => {
      done.push(name);
      await vi.waitFor(() => expect(server.paid()).toBe(1));
    });
    const system = askingSystem(ask, {
      tasks: [look],
      unimplemented: [other],
      flows: [flow],
      budget: { run: '50 USD' },
    });
    const runtime = open(system, { models: wired(server) });
    const { runId } = await runtime.start('g', 1);
    const result = await runtime.result(runId);
    expect(result).toMatchObject({ status: 'failed', error: { code: 'MR4081' } });
    // What was under way in the same budget was called off at once, and nothing came after.
    await vi.waitFor(() => expect(server.calls.map(({ left }) => left)).toEqual([true, false]));
    expect(done).toEqual(['look']);
    expect(account(runtime, `run ${runId}`)).toEqual({ spent: 107, reserved: 0 });
    const kept = runtime.reader.tools(runId).filter(({ status }) => status === 'succeeded');
    expect(kept.map(({ step, output }) => [step, (output as { answer: { text: string } }).answer.text])).toEqual([
      ['both/fast/said', text(400)],
    ]);
  });

  it('of a run counts what the flows cost that it runs, and an overrun in one of them stops it, too', async () => {
    const server = await serve({ answer: text(400) });
    const inner = anyFlow('inner', (host) => host.step('said', () => ask(1), at));
    const outer = anyFlow('outer', async (host) => {
      await host.child('one', () => ({ contract: inner.contract, input: 1 }), { ...at, onFailure: 'continue' });
      return host.child('two', () => ({ contract: inner.contract, input: 2 }), { ...at, onFailure: 'continue' });
    });
    const runtime = open(askingSystem(ask, { flows: [inner, outer], budget: { run: '50 USD' } }), {
      models: wired(server),
    });
    const { runId } = await runtime.start('outer', 1);
    expect(await runtime.result(runId)).toMatchObject({ status: 'failed', error: { code: 'MR4081' } });
    expect(server.calls.length).toBe(1);
    expect(account(runtime, `run ${runId}`)).toEqual({ spent: 102, reserved: 0 });
    expect(runtime.reader.steps(runId).map(({ path, status }) => [path, status])).toEqual([['one', 'failed']]);
  });

  it('holds over a restart', async () => {
    const server = await serve({ answer: text(400) });
    const store = storeOf();
    const system = askingSystem(ask, { budget: { total: '50 USD' } });
    const first = open(system, { store, models: wired(server) });
    expect(await first.executeFlow('f', 1)).toMatchObject({ status: 'failed', error: { code: 'MR4081' } });
    crash(first, store);
    const second = open(system, { store, models: wired(server) });
    expect(await second.executeFlow('f', 1)).toMatchObject({ status: 'failed', error: { code: 'MR4081' } });
    expect(server.calls.length).toBe(1);
  });

  it('that was raised lets a run be retried that had been stopped', async () => {
    const server = await serve({ answer: text(400), scenario: ({ n }) => (n === 1 ? 'ok' : 'toolCall') });
    const store = storeOf();
    const system = (total: string) => {
      const flow = anyFlow('g', async (host) => [
        await host.step('before', () => anyTask('note')('x'), at),
        await host.step('said', () => ask(1), { ...at, onFailure: 'continue' }),
        await host.step('after', () => anyTask('note')('y'), at),
      ]);
      return askingSystem(ask, { flows: [flow], tasks: [code(anyTask('note'), (what) => what)], budget: { total } });
    };
    const first = open(system('50 USD'), { store, models: wired(server) });
    const { runId } = await first.start('g', 1);
    expect(await first.result(runId)).toMatchObject({ status: 'failed', error: { code: 'MR4081' } });
    await first.close();
    const second = open(system('500 USD'), { store, models: wired(server) });
    await second.retry(runId, { by: 'ada' });
    const { status, output } = await second.result(runId);
    expect([status, output]).toEqual(['completed', ['x', JSON.parse(text(400)), 'y']]);
    expect(server.calls.length).toBe(2);
    expect(account(second, 'total')).toEqual({ spent: 204, reserved: 0 });
  });

  it('that makes no sense is refused before anything begins, and the database is free again', async () => {
    const server = await serve({ answer });
    const store = storeOf();
    const system = askingSystem(ask, { budget: { run: 'lots' } });
    expect(() => open(system, { store, models: wired(server) })).toThrow(expect.objectContaining({ code: 'MR4070' }));
    expect(await open(askingSystem(ask), { store, models: wired(server) }).executeFlow('f', 1)).toMatchObject({
      status: 'completed',
    });
  });
});

it('nothing is paid twice: after a crash a conversation goes on with the answers and tools that it had', async () => {
  const server = await serve({ answer, scenario: 'toolCall' });
  const store = storeOf();
  const task = askingTask('ask', {
    tools: [
      { task: 'look', description: 'Looks.' },
      { task: 'wait', description: 'Waits.' },
    ],
  });
  let looked = 0;
  let reached: () => void = () => {};
  const there = new Promise<void>((resolve) => (reached = resolve));
  let blocks = true;
  const system = askingSystem(task, {
    tasks: [
      code(anyTask('look'), async () => {
        if (blocks) {
          reached();
          await new Promise(() => {});
        }
        return ++looked;
      }),
      code(anyTask('wait'), () => 1),
    ],
  });
  const first = open(system, { store, models: wired(server) });
  const { runId } = await first.start('f', 1);
  await there;
  expect(server.calls.length).toBe(1);
  crash(first, store);
  blocks = false;
  const second = open(system, { store, models: wired(server) });
  expect(await second.result(runId)).toMatchObject({ status: 'completed' });
  expect([server.calls.length, looked]).toEqual([2, 1]);
  expect(second.status(runId)?.usage?.calls).toBe(2);
});
