import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { flowContract, type Host } from 'millrace/flow';
import { openSqlite } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { ReactiveSystemRuntime } from './index.ts';
import { anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';
import { change, go, open, other, work } from './fixtures/change.ts';

const base = async (host: Host): Promise<unknown> => {
  const a = await host.step('a', () => work('1'), at);
  const list = await host.map(
    'list',
    () => ['x', 'y'],
    (h, item) => h.step('line', () => work(item), at),
    at,
  );
  await host.branch(
    'which',
    () => true,
    { true: (h) => h.step('yes', () => work('yes'), at), false: async () => '' },
    at,
  );
  await host.receive('go', go, at);
  return [a, ...list, await host.step('end', () => work('end'), at)];
};

describe('a changed flow', () => {
  it('goes on when what was recorded is still asked for', async () => {
    const { result, seen } = await change(base, async (host) => {
      const value = await base(host);
      await host.step('new', () => work('new'), at);
      return value;
    });
    expect(result).toMatchObject({ success: true, output: ['1', 'x', 'y', 'end'] });
    expect(seen).toEqual(['a', 'list[0]/line', 'list[1]/line', 'which/true/yes', 'end', 'new']);
  });

  const variants: Record<string, (host: Host) => Promise<unknown>> = {
    'another task': async (host) => {
      await host.step('a', () => other('1'), at);
      return base(host);
    },
    'another input': async (host) => {
      await host.step('a', () => work('2'), at);
      return base(host);
    },
    'a new step before a recorded one': async (host) => {
      await host.step('before', () => work('0'), at);
      return base(host);
    },
    'a new step in a part before a recorded one': async (host) => {
      await host.all('parts', { one: (h) => h.step('x', () => work('0'), at) }, at);
      return base(host);
    },
    'a step that becomes a part': async (host) => {
      await host.all('a', { one: async () => 1 }, at);
      return 'over';
    },
    'a step that becomes an attempt': async (host) => {
      await host.attempt(
        'a',
        async () => 1,
        async () => 2,
        at,
      );
      return 'over';
    },
    'a step that becomes a wait': async (host) => {
      await host.sleep('a', '1ms', at);
      return 'over';
    },
    'a list that becomes a step': async (host) => {
      await host.step('a', () => work('1'), at);
      await host.step('list', () => work('1'), at);
      return 'over';
    },
    'a step taken away': async (host) => {
      await host.step('a', () => work('1'), at);
      return 'over';
    },
    'a shorter list': async (host) => {
      await host.step('a', () => work('1'), at);
      await host.map(
        'list',
        () => ['x'],
        (h, item) => h.step('line', () => work(item), at),
        at,
      );
      return 'over';
    },
    'another choice': async (host) => {
      await host.step('a', () => work('1'), at);
      await host.map(
        'list',
        () => ['x', 'y'],
        (h, item) => h.step('line', () => work(item), at),
        at,
      );
      await host.branch(
        'which',
        () => false,
        { true: (h) => h.step('yes', () => work('yes'), at), false: async () => '' },
        at,
      );
      return 'over';
    },
  };
  for (const [name, next] of Object.entries(variants)) {
    it(`is blocked by ${name}, and nothing of it is done`, async () => {
      const { result, seen, second, store, lines } = await change(base, next);
      expect(result).toMatchObject({ status: 'blocked', success: false, error: { code: 'MR3205' } });
      expect(seen).toHaveLength(4);
      // Only the event that it had waited for was added.
      expect(lines).toBe(1);
      // With the old code it goes on.
      second.abandon();
      store.transaction((tx) => tx.owner.release());
      const third = open(store, base, seen);
      expect(await third.result('r')).toMatchObject({ success: true });
      await third.close();
    });
  }

  it('may be cancelled while it is blocked', async () => {
    const { second } = await change(base, variants['another task'] as typeof base);
    expect(await second.cancel('r')).toMatchObject({ accepted: true });
    expect(second.status('r')).toMatchObject({ status: 'cancelled' });
    await second.close();
  });
});

it('calls onFailure in a run that has been recorded by another process', async () => {
  const store = openSqlite(':memory:');
  const seen: unknown[] = [];
  const system = bind({
    events: [go],
    tasks: [code(work, (text: string) => void seen.push(text))],
    flows: [
      anyFlow(
        'f',
        async (host) => {
          await host.step('a', () => work('x'), at);
          await host.receive('go', go, at);
          throw new Error('no');
        },
        { waits: [{ event: 'go', fields: [] }], onFailure: () => work('failed') },
      ),
    ],
  });
  const first = new ReactiveSystemRuntime(system, { store, logger: silentLogger });
  await first.start('f', 'in', { id: 'r' });
  await first.idle();
  first.abandon();
  store.transaction((tx) => tx.owner.release());
  const second = new ReactiveSystemRuntime(system, { store, logger: silentLogger });
  await second.sendEvent('go', {});
  expect(await second.result('r')).toMatchObject({ status: 'failed', errors: [] });
  expect(seen).toEqual(['x', 'failed']);
  await second.close();
});

it('gives the same time, numbers and ids in a replay', async () => {
  const drawn: unknown[][] = [];
  const body = async (host: Host): Promise<unknown> => {
    const mine: unknown[] = [];
    drawn.push(mine);
    await host.step('a', () => work('1'), at);
    mine.push(host.now(), host.random(), host.idGen());
    await host.all(
      'two',
      {
        x: async (h) => {
          await h.step('s', () => work('2'), at);
          mine.push(h.now(), h.random(), h.idGen());
        },
        y: async (h) => void mine.push(h.now(), h.random(), h.idGen()),
      },
      at,
    );
    mine.push(host.now());
    await host.receive('go', go, at);
    return drawn.length;
  };
  const { result } = await change(body, body);
  expect(result).toMatchObject({ output: 2 });
  expect(drawn[0]).toHaveLength(10);
  expect([...(drawn[0] ?? [])].sort()).toEqual([...(drawn[1] ?? [])].sort());
  expect(drawn[0]?.[2]).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
});

it('blocks a run whose task has no implementation, until it is registered', async () => {
  const store = openSqlite(':memory:');
  const runtime = new ReactiveSystemRuntime(
    bind({ unimplemented: [work], flows: [anyFlow('f', (host) => host.step('a', () => work('x'), at))] }),
    { store, logger: silentLogger },
  );
  expect(await runtime.executeFlow('f', 1, { id: 'r' })).toMatchObject({
    status: 'blocked',
    error: { code: 'MR3209' },
  });
  runtime.registerTaskImplementation('work', (input: string) => input);
  expect(await runtime.result('r')).toMatchObject({ success: true, output: 'x' });
  await runtime.close();
});

it('blocks the run of a flow registered at run time until the same one is registered again', async () => {
  const store = openSqlite(':memory:');
  const system = bind({ events: [go] });
  const flow = anyFlow('closure', (host) => host.receive('x', go, at));
  const first = new ReactiveSystemRuntime(system, { store, logger: silentLogger });
  first.registerFlow(flow);
  await first.start('closure', undefined, { id: 'r' });
  await first.idle();
  first.abandon();
  store.transaction((tx) => tx.owner.release());
  const second = new ReactiveSystemRuntime(system, { store, logger: silentLogger });
  await second.sendEvent('go', 'news');
  await expect.poll(() => second.status('r')).toMatchObject({ status: 'blocked', error: { code: 'MR3204' } });
  second.registerFlow({ ...flow, hash: 'another' });
  await second.idle();
  expect(second.status('r')).toMatchObject({ status: 'blocked', error: { code: 'MR3212' } });
  second.registerFlow(flow);
  expect(await second.result('r')).toMatchObject({ output: 'news' });
  await second.close();
});

it('loads the other runs when the journal of one cannot be read', async () => {
  const store = openSqlite(':memory:');
  const seen: string[] = [];
  const first = open(store, base, seen);
  for (const id of ['good', 'odd']) await first.start('f', 'in', { id });
  await first.idle();
  first.abandon();
  store.transaction((tx) => {
    tx.owner.release();
    tx.journal.append({
      run: 'odd',
      seq: 99,
      at: 0,
      kind: 'stopping',
      path: '',
      name: null,
      attempt: 0,
      place: null,
      data: '{broken',
    });
  });
  const second = open(store, base, seen);
  await second.sendEvent('go', {});
  expect(await second.result('good')).toMatchObject({ success: true });
  await expect.poll(() => second.status('odd')).toMatchObject({ status: 'blocked', error: { code: 'MR3216' } });
  await second.close();
});

it('blocks a run whose input no longer fits, instead of failing it without its undos', async () => {
  const store = openSqlite(':memory:');
  const system = (input: z.ZodType) =>
    bind({
      events: [go],
      tasks: [code(work, (text: string) => text)],
      flows: [
        anyFlow(
          'f',
          async (host) => {
            await host.step('a', () => work('x'), at);
            return host.receive('go', go, at);
          },
          { contract: flowContract('f', { input, source: 'test.dsl.ts:1:1' }) },
        ),
      ],
    });
  const first = new ReactiveSystemRuntime(system(z.string()), { store, logger: silentLogger });
  await first.start('f', 'text', { id: 'r' });
  await first.idle();
  first.abandon();
  store.transaction((tx) => tx.owner.release());
  const second = new ReactiveSystemRuntime(system(z.number()), { store, logger: silentLogger });
  await second.sendEvent('go', 1);
  expect(await second.result('r')).toMatchObject({
    status: 'blocked',
    error: {
      code: 'MR3205',
      message: expect.stringContaining("in the migration's step what its input is now (`runs: { f:"),
    },
  });
  second.abandon();
  store.transaction((tx) => tx.owner.release());
  const third = new ReactiveSystemRuntime(system(z.string()), { store, logger: silentLogger });
  expect(await third.result('r')).toMatchObject({ success: true, output: 1 });
  await third.close();
});

it('publishes what a task emits together with its result, and nothing of an attempt that fails', async () => {
  const flaky = anyTask('flaky', { retry: { attempts: 2, delay: '1ms' } });
  const runtime = new ReactiveSystemRuntime(
    bind({
      events: [go],
      tasks: [
        code(flaky, (_input: unknown, context) => {
          context.emit(go({ attempt: context.attempt }));
          if (context.attempt === 1) throw new Error('no');
        }),
      ],
    }),
    { db: ':memory:', logger: silentLogger },
  );
  expect(await runtime.executeTask('flaky')).toMatchObject({ success: true, retries: 1 });
  await runtime.idle();
  expect(runtime.reader.events().map(({ payload, source }) => [payload, source.startsWith('run run_')])).toEqual([
    [{ attempt: 2 }, true],
  ]);
  await runtime.close();
});
