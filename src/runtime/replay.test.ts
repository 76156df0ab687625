import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { flowContract, type Host } from 'millrace/flow';
import { openSqlite, type Store } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { ReactiveSystemRuntime } from './index.ts';
import { anyEvent, anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';

const work = anyTask('work');
const other = anyTask('other');
const go = anyEvent('go');

const open = (store: Store, body: (host: Host, input: never) => Promise<unknown>, seen: string[]) =>
  new ReactiveSystemRuntime(
    bind({
      events: [go],
      tasks: [work, other].map((task) =>
        code(task, (input: string, { step }) => {
          seen.push(step);
          return input;
        }),
      ),
      flows: [anyFlow('f', body, { waits: [{ event: 'go', fields: [] }] })],
    }),
    { store, logger: silentLogger },
  );

/** Runs `old` until it waits, then goes on with `next`. */
async function change(
  old: (host: Host, input: never) => Promise<unknown>,
  next: (host: Host, input: never) => Promise<unknown>,
) {
  const store = openSqlite(':memory:');
  const seen: string[] = [];
  const first = open(store, old, seen);
  await first.start('f', 'in', { id: 'r' });
  await first.idle();
  expect(first.status('r')?.status).toBe('waiting');
  first.abandon();
  store.transaction((tx) => tx.owner.release());
  const before = store.tables.journal.of('r').length;
  const second = open(store, next, seen);
  await second.sendEvent('go', {});
  const result = await second.result('r');
  return { result, seen, second, store, lines: store.tables.journal.of('r').length - before };
}

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

describe('a changed flow with parts', () => {
  const two = async (host: Host): Promise<unknown> => {
    await host.all('p', { x: (h) => h.step('s', () => work('x'), at), y: (h) => h.step('s', () => work('y'), at) }, at);
    await host.repeat(
      'r',
      (h, index) => h.step('s', () => work(index), at),
      (_value, index) => index === 2,
      { at: at.at, max: 5 },
    );
    await host.attempt(
      't',
      (h) => h.step('s', () => work('t'), at),
      async () => '',
      at,
    );
    await host.step('a', () => work('a'), at);
    await host.step('b', () => work('b'), at);
    await host.receive('go', go, at);
    return 'over';
  };
  /** The same, with some of it answered differently. */
  const but = (changes: { readonly [K in keyof Host]?: (host: Host) => unknown }) => (host: Host) =>
    two(
      new Proxy(host, {
        get: (target, key) => {
          const change = changes[key as keyof Host];
          const member = target[key as keyof Host];
          return change === undefined ? (typeof member === 'function' ? member.bind(target) : member) : change(target);
        },
      }),
    );
  const variants: Record<string, (host: Host) => Promise<unknown>> = {
    'a part that is gone': but({
      all: (host) => (id: string) => host.all(id, { x: (h) => h.step('s', () => work('x'), at) }, at),
    }),
    'parts that became rounds': but({
      all: (host) => (id: string) =>
        host.repeat(
          id,
          async () => 1,
          () => true,
          { at: at.at, max: 1 },
        ),
    }),
    'rounds that became parts': but({
      repeat: (host) => (id: string) => host.all(id, { x: async () => 1 }, at),
    }),
    'rounds that became a list': but({
      repeat: (host) => (id: string) =>
        host.map(
          id,
          () => [1],
          async () => 1,
          at,
        ),
    }),
    'fewer rounds': but({
      repeat: (host) => (id: string) =>
        host.repeat(
          id,
          (h, index) => h.step('s', () => work(index), at),
          (_value, index) => index === 1,
          { at: at.at, max: 5 },
        ),
    }),
    'a smaller maximum': but({
      repeat: (host) => (id: string) =>
        host.repeat(
          id,
          (h, index) => h.step('s', () => work(index), at),
          () => false,
          { at: at.at, max: 1 },
        ),
    }),
    'a new step in a round that is over': but({
      repeat: (host) => (id: string) =>
        host.repeat(
          id,
          async (h, index) => {
            await h.step('s', () => work(index), at);
            await h.step('new', () => work('new'), at);
          },
          (_value, index) => index === 2,
          { at: at.at, max: 5 },
        ),
    }),
    'an attempt that became parts': but({
      attempt: (host) => (id: string) => host.all(id, { try1: async () => 1 }, at),
    }),
    'two steps that changed places': but({
      step: (host) => async (id: string) => {
        const other = id === 'a' ? 'b' : 'a';
        return host.step(other, () => work(other), at);
      },
    }),
  };
  for (const [name, next] of Object.entries(variants)) {
    it(`is blocked by ${name}`, async () => {
      const { result, lines, second } = await change(two, next);
      expect(result).toMatchObject({ status: 'blocked', error: { code: 'MR3205' } });
      expect(lines).toBe(1);
      await second.close();
    });
  }

  it('goes on when it is the same', async () => {
    const { result, second } = await change(two, two);
    expect(result).toMatchObject({ success: true, output: 'over' });
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
  expect(await second.result('r')).toMatchObject({ status: 'blocked', error: { code: 'MR3205' } });
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
