import { describe, expect, it } from 'vitest';
import { openSqlite } from 'millrace/store';
import { silentLogger, type TaskImplementation } from 'millrace/tasks';
import { SimulatedClock } from 'millrace/testing';
import { anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';
import { ReactiveSystemRuntime } from './index.ts';

const work = anyTask('work');
const shaky = anyTask('shaky', { retry: { attempts: 3, delay: '1ms', backoff: 'fixed' } });
const quiet = { db: ':memory:', logger: silentLogger };

function counted(): { readonly seen: string[]; readonly tasks: TaskImplementation[] } {
  const seen: string[] = [];
  const tasks = [
    code(work, (name: string) => (seen.push(name), name)),
    // Fails as many times as its input says.
    code(shaky, ({ name, fails }: { name: string; fails: number }, { attempt }) => {
      seen.push(`${name} ${attempt}`);
      if (attempt <= fails) throw new Error(`${name} ${attempt}`);
      return name;
    }),
  ];
  return { seen, tasks };
}

describe('what is done about a step that fails', () => {
  it('is tried again by the policy of the step, which goes before that of the task', async () => {
    const { seen, tasks } = counted();
    const flow = anyFlow('f', async (host) => {
      await host.step('as the task says', () => shaky({ name: 'a', fails: 2 }), at);
      await host.step('more', () => shaky({ name: 'b', fails: 3 }), { ...at, retry: { attempts: 4, delay: '1ms' } });
      await host.step('none', () => shaky({ name: 'c', fails: 1 }), {
        ...at,
        retry: { attempts: 1 },
        onFailure: 'continue',
      });
      return host.step('else', () => shaky({ name: 'd', fails: 9 }), {
        ...at,
        onFailure: { fallback: () => 'fallen back' },
      });
    });
    const runtime = new ReactiveSystemRuntime(bind({ tasks, flows: [flow] }), quiet);
    expect(await runtime.executeFlow('f')).toMatchObject({
      status: 'completed',
      success: false,
      partial: true,
      output: 'fallen back',
      errors: [
        { path: 'none', error: { message: 'c 1' } },
        { path: 'else', error: { message: 'd 3' } },
      ],
    });
    expect(seen).toEqual(['a 1', 'a 2', 'a 3', 'b 1', 'b 2', 'b 3', 'b 4', 'c 1', 'd 1', 'd 2', 'd 3']);
    await runtime.close();
  });

  it('an undo has retries of its own, and its failure does not stop the others', async () => {
    const { seen, tasks } = counted();
    const flow = anyFlow('f', async (host) => {
      for (const [id, fails] of [
        ['one', 2],
        ['two', 9],
        ['three', 0],
      ] as const) {
        await host.step(id, () => work(id), at);
        host.undo(id, () => shaky({ name: `un${id}`, fails }), at);
      }
      throw new Error('now');
    });
    const runtime = new ReactiveSystemRuntime(bind({ tasks, flows: [flow] }), quiet);
    expect(await runtime.executeFlow('f')).toMatchObject({
      status: 'failed',
      errors: [{ path: 'two/~undo', error: { message: 'untwo 3' } }],
    });
    expect(seen.slice(3)).toEqual(['unthree 1', 'untwo 1', 'untwo 2', 'untwo 3', 'unone 1', 'unone 2', 'unone 3']);
    await runtime.close();
  });

  it('a fallback that throws fails the flow, and so does a predicate', async () => {
    const { tasks } = counted();
    const throwing = (what: string) => (): never => {
      throw new Error(what);
    };
    const flows = [
      anyFlow('fallback', (host) =>
        host.step('s', () => shaky({ name: 'x', fails: 9 }), {
          ...at,
          onFailure: { fallback: throwing('in the fallback') },
        }),
      ),
      anyFlow('branch', (host) => host.branch('b', throwing('in the predicate'), { true: async () => 1 }, at)),
      anyFlow('until', (host) => host.repeat('r', async () => 1, throwing('in the condition'), { ...at, max: 3 })),
    ];
    const runtime = new ReactiveSystemRuntime(bind({ tasks, flows }), quiet);
    expect((await runtime.executeFlow('fallback')).error?.message).toBe('in the fallback');
    expect((await runtime.executeFlow('branch')).error).toMatchObject({
      message: 'in the predicate',
      details: { step: 'b', source: 'test.dsl.ts:11:3' },
    });
    expect((await runtime.executeFlow('until')).error).toMatchObject({
      message: 'in the condition',
      details: { step: 'r' },
    });
    await runtime.close();
  });
});

it('a repeat goes on in the round in which it was, and keeps its delay', async () => {
  const store = openSqlite(':memory:');
  const { seen, tasks } = counted();
  const flow = anyFlow('f', (host) =>
    host.repeat(
      'r',
      (h, index) => h.step('s', () => work(`round ${index}`), at),
      (_value, index) => index === 4,
      { ...at, max: 9, delay: '1h' },
    ),
  );
  let time = 1_000_000;
  for (const hours of [1.5, 1, 3]) {
    let runtime: ReactiveSystemRuntime | undefined;
    const clock = new SimulatedClock({ start: time, settle: () => runtime?.idle() ?? Promise.resolve() });
    runtime = new ReactiveSystemRuntime(bind({ tasks, flows: [flow] }), { store, clock, logger: silentLogger });
    await runtime.start('f', undefined, { id: 'r' });
    await runtime.idle();
    await clock.advance(hours * 3_600_000);
    time = clock.now();
    runtime.abandon();
    store.transaction((tx) => tx.owner.release());
  }
  expect(seen).toEqual(['round 0', 'round 1', 'round 2', 'round 3', 'round 4']);
  expect(store.tables.runs.get('r')).toMatchObject({
    status: 'completed',
    output: '"round 4"',
    ended: 1_000_000 + 4 * 3_600_000,
  });
});

describe('flows in flows', () => {
  const loop = (end: number) =>
    anyFlow('loop', async (host, depth: number): Promise<unknown> => {
      await host.step('at', () => work(`at ${depth}`), at);
      host.undo('at', () => work(`back ${depth}`), at);
      if (depth === end) return depth;
      return host.child('again', () => ({ contract: loop(end).contract, input: depth + 1 }), at);
    });

  it('may be as deep as the limit', async () => {
    const { tasks } = counted();
    const runtime = new ReactiveSystemRuntime(bind({ tasks, flows: [loop(3)] }), { ...quiet, maxDepth: 3 });
    expect(await runtime.executeFlow('loop', 0, { id: 'r' })).toMatchObject({ success: true, output: 3 });
    expect(runtime.status('r/again/again/again')?.status).toBe('completed');
    await runtime.close();
  });

  it('fail where they would go deeper; each is undone, and the failure comes up', async () => {
    const { seen, tasks } = counted();
    const store = openSqlite(':memory:');
    const runtime = new ReactiveSystemRuntime(bind({ tasks, flows: [loop(Infinity)] }), {
      store,
      logger: silentLogger,
      maxDepth: 2,
    });
    expect(await runtime.executeFlow('loop', 0, { id: 'r' })).toMatchObject({
      status: 'failed',
      error: {
        code: 'MR3239',
        message:
          "Run 'r/again/again' is 2 flows deep, and 'again' would run 'loop' one deeper. The limit is 2 (maxDepth).",
      },
    });
    expect(runtime.list().length).toBe(3);
    expect(seen).toEqual(['at 0', 'at 1', 'at 2', 'back 2', 'back 1', 'back 0']);
    await runtime.close();
  });

  it('have a limit of 100 when nothing is said', async () => {
    const { tasks } = counted();
    const runtime = new ReactiveSystemRuntime(bind({ tasks, flows: [loop(Infinity)] }), quiet);
    expect((await runtime.executeFlow('loop', 0)).error?.code).toBe('MR3239');
    expect(runtime.list({ limit: 1000 }).length).toBe(101);
    await runtime.close();
  });
});

it('knows what it has, and takes implementations all or none', async () => {
  const { tasks } = counted();
  const runtime = new ReactiveSystemRuntime(
    bind({ unimplemented: [work, shaky], flows: [anyFlow('f', async () => 1)] }),
    quiet,
  );
  expect([runtime.getSystemId(), runtime.getSystemVersion()]).toEqual(['test', '1.0.0']);
  expect([runtime.hasTask('work'), runtime.hasTask('f'), runtime.hasFlow('f'), runtime.hasMachine('f')]).toEqual([
    true,
    false,
    true,
    false,
  ]);
  const [first] = tasks;
  expect(() => runtime.registerTaskImplementations({ work: first as TaskImplementation, walk: () => 1 })).toThrow(
    expect.objectContaining({ code: 'MR3219' }),
  );
  await expect(runtime.executeTask('work', 'x')).rejects.toMatchObject({ code: 'MR3104' });
  runtime.registerTaskImplementations({ work: (x: string) => `${x} done`, shaky: async () => 'later' });
  // Synchronous and asynchronous ones; `retries` counts what was tried again, and not the first try.
  expect(await runtime.executeTask('work', 'x')).toMatchObject({ success: true, output: 'x done', retries: 0 });
  expect(await runtime.executeTask('shaky')).toMatchObject({ success: true, output: 'later', retries: 0 });
  await runtime.close();
});
