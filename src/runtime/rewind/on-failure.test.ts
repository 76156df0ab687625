import { describe, expect, it } from 'vitest';
import { idempotencyKey, NonRetryableError, silentLogger } from 'millrace/tasks';
import type { FlowModule, Host } from 'millrace/flow';
import { anyFlow, anyTask, at, bind, code } from '../fixtures/bind.ts';
import { ReactiveSystemRuntime } from '../index.ts';

const work = anyTask('work');
const tell = anyTask('tell');
const sorry = anyFlow('sorry', (host, about: string) => host.step('s', () => tell(about), at));

function world() {
  const seen: string[] = [];
  const told: { about: string; key: string; sent: unknown }[] = [];
  const state = { failing: true, tries: 0 };
  const tasks = [
    code(work, (name: string) => {
      seen.push(name);
      if (name === 'bad' && state.failing) throw new NonRetryableError(`failure ${++state.tries}`, { code: 'BAD' });
      return name;
    }),
    code(tell, async (about: string, { idempotencyKey: key, tool }) => {
      const sent = await tool('mail', 'ops', () => `mail about ${about}`);
      told.push({ about, key, sent });
    }),
  ];
  const open = (...flows: FlowModule[]) =>
    new ReactiveSystemRuntime(bind({ tasks, flows: [...flows, sorry] }), { db: ':memory:', logger: silentLogger });
  return { seen, told, state, open };
}

const body = async (host: Host): Promise<string> => {
  await host.step('a', () => work('good'), at);
  return host.step('b', () => work('bad'), at);
};
const byTask = anyFlow('f', body, { onFailure: ({ error }) => tell(error.message) });
const byFlow = anyFlow('f', body, { onFailure: ({ error }) => ({ contract: sorry.contract, input: error.message }) });

describe.each([
  ['a task', byTask],
  ['a flow', byFlow],
])('a failed run whose onFailure is %s', (_, flow) => {
  it('does what failed again when it is retried, or forked', async () => {
    const { seen, state, open } = world();
    const runtime = open(flow);
    expect(await runtime.executeFlow('f', undefined, { id: 'r' })).toMatchObject({ status: 'failed' });
    state.failing = false;
    expect(await runtime.fork('r', { id: 'copy' })).toMatchObject({ dropped: ['b'] });
    expect(await runtime.result('copy')).toMatchObject({ status: 'completed', output: 'bad' });
    expect(await runtime.retry('r')).toMatchObject({ fromStep: 'b', dropped: ['b'] });
    expect(await runtime.result('r')).toMatchObject({ status: 'completed', output: 'bad' });
    expect(seen).toEqual(['good', 'bad', 'bad', 'bad']);
    await runtime.close();
  });

  it('says each time what has failed: with a key of its own, in a run of its own, with its own tools', async () => {
    const { told, open } = world();
    const runtime = open(flow);
    await runtime.executeFlow('f', undefined, { id: 'r' });
    for (const tries of [2, 3]) {
      await runtime.retry('r');
      expect(await runtime.result('r')).toMatchObject({ status: 'failed', error: { message: `failure ${tries}` } });
    }
    expect(told.map(({ about, sent }) => [about, sent])).toEqual(
      [1, 2, 3].map((n) => [`failure ${n}`, { output: `mail about failure ${n}`, replayed: false }]),
    );
    const keys =
      flow === byTask
        ? [0, 1, 2].map((epoch) => idempotencyKey('r', '~onFailure', epoch))
        : ['', '~r1', '~r2'].map((again) => idempotencyKey(`r/~onFailure${again}`, 's'));
    expect(told.map(({ key }) => key)).toEqual(keys);
    await runtime.close();
  });
});

it('a run that failed in parts beside each other goes on where it failed', async () => {
  const { seen, state, open } = world();
  const runtime = open(
    anyFlow(
      'f',
      (host) =>
        host.all(
          'all',
          { x: (h) => h.step('s', () => work('bad'), at), y: (h) => h.step('s', () => work('y'), at) },
          at,
        ),
      { onFailure: () => tell('x') },
    ),
  );
  await runtime.executeFlow('f', undefined, { id: 'r' });
  state.failing = false;
  seen.length = 0;
  await runtime.retry('r');
  expect(await runtime.result('r')).toMatchObject({ status: 'completed', output: { x: 'bad', y: 'y' } });
  expect(seen).toContain('bad');
  await runtime.close();
});

it('a run that failed between its steps has none to name, and takes no input', async () => {
  const { told, open } = world();
  const state = { bad: true };
  const runtime = open(
    anyFlow(
      'f',
      async (host) => {
        await host.step('a', () => work('good'), at);
        if (state.bad) throw new Error('not a step');
        return 'done';
      },
      { onFailure: ({ error }) => tell(error.message) },
    ),
  );
  await runtime.executeFlow('f', undefined, { id: 'r' });
  await expect(runtime.retry('r', { input: 1 })).rejects.toMatchObject({ code: 'MR3255' });
  state.bad = false;
  const gives = await runtime.retry('r');
  expect(gives).toMatchObject({ dropped: [] });
  expect(gives.fromStep).toBeUndefined();
  expect(await runtime.result('r')).toMatchObject({ status: 'completed', output: 'done' });
  expect(told).toHaveLength(1);
  await runtime.close();
});
