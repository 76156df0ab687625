import { describe, expect, it } from 'vitest';
import { SimulatedClock } from 'millrace/testing';
import { silentLogger } from 'millrace/tasks';
import { ReactiveSystemRuntime } from './index.ts';
import { anyEvent, anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';

const add = anyTask('add');
const adding = code(add, ({ a, b }: { a: number; b: number }) => a + b);
const quiet = { db: ':memory:', logger: silentLogger } as const;

it('refuses an option that there is not, and names the one that may be meant', () => {
  const options = { ...quiet, maxLosses: 3 };
  expect(() => new ReactiveSystemRuntime(bind({}), options)).toThrow(
    expect.objectContaining({ code: 'MR3224', message: expect.stringContaining("Did you mean 'maxLost'?") }),
  );
});

describe('flows', () => {
  it('runs steps, parts, lists and choices, and gives the result', async () => {
    const flow = anyFlow('sum', async (host, input: { list: number[] }) => {
      const first = await host.step('first', () => add({ a: 1, b: 2 }), at);
      const both = await host.all(
        'both',
        {
          left: (h) => h.step('x', () => add({ a: first, b: 10 }), at),
          right: async () => 5,
        },
        at,
      );
      const each = await host.map(
        'each',
        () => input.list,
        (h, item, index) => h.step('line', () => add({ a: item, b: index }), at),
        { ...at, concurrency: 2 },
      );
      const size = await host.branch(
        'size',
        () => each.length > 2,
        { true: async () => 'big', false: async () => 'small' },
        at,
      );
      const counted = await host.repeat(
        'again',
        (h, index) => h.step('count', () => add({ a: index, b: 1 }), at),
        (value) => value >= 3,
        { ...at, max: 9 },
      );
      return { first, both, each, size, counted };
    });
    const runtime = new ReactiveSystemRuntime(bind({ tasks: [adding], flows: [flow] }), quiet);
    const result = await runtime.executeFlow('sum', { list: [10, 20, 30] });
    expect(result).toMatchObject({
      flowId: 'sum',
      success: true,
      status: 'completed',
      output: { first: 3, both: { left: 13, right: 5 }, each: [10, 21, 32], size: 'big', counted: 3 },
    });
    expect(Object.keys(result.stepResults)).toEqual([
      'first',
      'both/left/x',
      'each',
      'each[0]/line',
      'each[1]/line',
      'each[2]/line',
      'size',
      'again[0]/count',
      'again[1]/count',
      'again[2]/count',
    ]);
    await runtime.close();
  });

  it('sleeps, and receives an event that came before', async () => {
    const paid = anyEvent('paid');
    const clock = new SimulatedClock();
    const flow = anyFlow(
      'wait',
      async (host) => {
        await host.sleep('night', '8h', at);
        return host.receive('paid', paid, { ...at, match: () => ({ id: 'A' }) });
      },
      { waits: [{ event: 'paid', fields: ['id'] }] },
    );
    const runtime = new ReactiveSystemRuntime(bind({ flows: [flow], events: [paid] }), { ...quiet, clock });
    const { runId } = await runtime.start('wait');
    await runtime.idle();
    expect(runtime.status(runId)?.status).toBe('waiting');
    await runtime.sendEvent('paid', { id: 'B', amount: 1 });
    await runtime.sendEvent('paid', { id: 'A', amount: 2 });
    await clock.advance('7h');
    expect(runtime.status(runId)?.status).toBe('waiting');
    await clock.advance('1h');
    expect((await runtime.result(runId)).output).toEqual({ id: 'A', amount: 2 });
    await runtime.close();
  });
});
