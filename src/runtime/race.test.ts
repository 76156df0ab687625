import { expect, it } from 'vitest';
import type { Host } from 'millrace/flow';
import { openSqlite } from 'millrace/store';
import { anyFlow, anyTask, at, code } from './fixtures/bind.ts';
import { change, go, work } from './fixtures/change.ts';
import { back, bad, ok, open, slow, tasks } from './fixtures/noting-tasks.ts';

const done = async (host: Host, id: string): Promise<void> => {
  await host.step(id, () => ok(id), at);
  host.undo(id, () => back(id), at);
};

it('is won by the first that comes to its end; what the others did is undone, and what they wait for is let go', async () => {
  const seen: string[] = [];
  const flow = anyFlow('f', async (host) => {
    const { winner, value } = await host.race(
      'quick',
      {
        steady: async (h) => {
          await done(h, 'x');
          await h.sleep('nap', '20ms', at);
          return h.step('win', () => ok('win'), at);
        },
        stuck: async (h) => {
          await done(h, 'y');
          return h.step('slow', () => slow('slow'), at);
        },
        patient: async (h) => {
          await done(h, 'z');
          await h.sleep('long', '1h', at);
        },
      },
      at,
    );
    await host.step('after', () => ok('after'), at);
    return [winner, value];
  });
  const runtime = open({ tasks: tasks(seen), flows: [flow] });
  const { runId, output, errors } = await runtime.executeFlow('f');
  expect(output).toEqual(['steady', 'win']);
  expect(errors).toEqual([]);
  expect(seen.slice(0, 4).toSorted()).toEqual(['slow', 'x', 'y', 'z']);
  expect(seen.slice(4, 6)).toEqual(['win', 'aborted slow']);
  expect(seen.slice(6, 8).toSorted()).toEqual(['back y', 'back z']);
  expect(seen.slice(8)).toEqual(['after']);
  const steps = Object.fromEntries(runtime.reader.steps(runId).map(({ path, status }) => [path, status]));
  expect(steps).toMatchObject({
    quick: 'completed',
    'quick/stuck/slow': 'cancelled',
    'quick/patient/long': 'cancelled',
    'quick/steady/x': 'completed',
  });
  expect(runtime.reader.steps(runId).find(({ path }) => path === 'quick')).toMatchObject({
    kind: 'race',
    output: 'steady',
  });
  await runtime.close();
});

it('undoes the losers in the reverse order of the journal, across all of them, and keeps the undos of the winner', async () => {
  const seen: string[] = [];
  const flow = anyFlow('f', async (host) => {
    await host.race(
      'r',
      {
        a: async (h) => {
          await done(h, 'a1');
          await h.sleep('t1', '10ms', at);
          await done(h, 'a2');
          await h.sleep('forever', '1h', at);
        },
        b: async (h) => {
          await h.sleep('t2', '5ms', at);
          await done(h, 'b1');
          await h.sleep('t3', '10ms', at);
          await done(h, 'b2');
          await h.step('no', () => bad('b is out'), at);
        },
        c: async (h) => {
          await h.sleep('t4', '60ms', at);
          await done(h, 'c1');
        },
      },
      at,
    );
    throw new Error('later');
  });
  const runtime = open({ tasks: tasks(seen), flows: [flow] });
  const result = await runtime.executeFlow('f');
  expect(result).toMatchObject({ status: 'failed', error: { message: 'later' }, errors: [] });
  const did = seen.filter((what) => /^[abc]\d$/.test(what));
  expect(did).toEqual(['a1', 'b1', 'a2', 'b2', 'c1']);
  expect(seen.filter((what) => what.startsWith('back'))).toEqual([
    'back b2',
    'back a2',
    'back b1',
    'back a1',
    'back c1',
  ]);
  await runtime.close();
});

it('is lost when all parts have failed, and names each; what they did is undone by the failure', async () => {
  const seen: string[] = [];
  const flow = anyFlow('f', async (host) => {
    await host.race(
      'r',
      {
        a: async (h) => {
          await done(h, 'a');
          await h.sleep('t', '10ms', at);
          await h.step('no', () => bad('first'), at);
        },
        b: (h) => h.step('no', () => bad('second'), at),
      },
      at,
    );
  });
  const runtime = open({ tasks: tasks(seen), flows: [flow] });
  const { status, error } = await runtime.executeFlow('f', undefined, { id: 'r1' });
  expect(status).toBe('failed');
  expect(error).toMatchObject({
    code: 'MR3230',
    retryable: false,
    message: "Nobody won the race 'r': all its parts have failed. a: first | b: second",
    details: { run: 'r1', step: 'r', source: 'test.dsl.ts:11:3', failures: { a: { code: 'BAD' }, b: { code: 'BAD' } } },
  });
  expect(seen.at(-1)).toBe('back a');
  await runtime.close();
});

it('has its winner on the disk before a loser is told to stop, and takes no notice of what that gives too late', async () => {
  const store = openSqlite(':memory:');
  const seen: string[] = [];
  const deaf = anyTask('deaf');
  const flow = anyFlow('f', async (host) => {
    const { winner } = await host.race(
      'r',
      { deaf: (h) => h.step('s', () => deaf(''), at), ok: (h) => h.sleep('n', '5ms', at) },
      at,
    );
    await host.sleep('pause', '40ms', at);
    return winner;
  });
  const late = code(deaf, async (_: string, { signal }) => {
    signal.addEventListener('abort', () =>
      seen.push(
        ...store.tables.journal
          .of('r1')
          .filter(({ path }) => path === 'r')
          .map(({ kind, data }) => `${kind} ${data}`),
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    seen.push('late');
    return 'late';
  });
  const runtime = open({ tasks: [late], flows: [flow] }, { store, db: undefined });
  expect(await runtime.executeFlow('f', undefined, { id: 'r1' })).toMatchObject({ success: true, output: 'ok' });
  expect(seen).toEqual(['won ok', 'late']);
  expect(
    store.tables.journal
      .of('r1')
      .filter(({ path }) => path === 'r/deaf/s')
      .map(({ kind }) => kind),
  ).toEqual(['started', 'cancelled']);
  await runtime.close();
});

it("is nobody's when the run is cancelled, and cancels child runs that lost", async () => {
  const seen: string[] = [];
  const child = anyFlow('child', async (host) => {
    await done(host, 'in child');
    await host.sleep('long', '1h', at);
  });
  const flow = anyFlow('f', async (host, quick: boolean) => {
    const { winner } = await host.race(
      'r',
      {
        child: (h) => h.child('c', () => ({ contract: child.contract, input: undefined }), at),
        other: async (h) => {
          await done(h, 'other');
          await h.sleep('t', quick ? '10ms' : '1h', at);
        },
      },
      at,
    );
    return winner;
  });
  const runtime = open({ tasks: tasks(seen), flows: [flow, child] });
  expect(await runtime.executeFlow('f', true, { id: 'q' })).toMatchObject({ output: 'other' });
  expect(runtime.status('q/r/child/c')?.status).toBe('cancelled');
  expect(seen).toContain('back in child');
  seen.length = 0;
  await runtime.start('f', false, { id: 's' });
  await runtime.idle();
  await runtime.cancel('s');
  expect(await runtime.result('s')).toMatchObject({ status: 'cancelled' });
  expect(seen.toSorted()).toEqual(['back in child', 'back other', 'in child', 'other']);
  expect(runtime.reader.steps('s').find(({ path }) => path === 'r')).toBeUndefined();
  await runtime.close();
});

const won =
  (parts: (host: Host) => Promise<{ readonly winner: string; readonly value: unknown }>) => async (host: Host) => {
    const { winner, value } = await parts(host);
    await host.receive('go', go, at);
    return [winner, value];
  };
const old = won((host) =>
  host.race('r', { a: (h) => h.step('s', () => work('a'), at), b: (h) => h.sleep('t', '1h', at) }, at),
);

it('is followed in a replay, however quick the others are by then', async () => {
  const { result, seen, second } = await change(
    old,
    won((host) =>
      host.race(
        'r',
        { b: async () => 'at once', c: async () => 'new', a: (h) => h.step('s', () => work('a'), at) },
        at,
      ),
    ),
  );
  expect(result).toMatchObject({ success: true, output: ['a', 'a'] });
  expect(seen).toEqual(['r/a/s']);
  await second.close();
});

it.each<[string, (host: Host) => Promise<unknown>]>([
  ['has no such part any more', won((host) => host.race('r', { b: async () => 1 }, at))],
  [
    'fails now',
    won((host) =>
      host.race(
        'r',
        {
          a: async () => {
            throw new Error('changed');
          },
          b: async () => 1,
        },
        at,
      ),
    ),
  ],
  [
    'does more than it did',
    won((host) =>
      host.race(
        'r',
        {
          a: async (h) => {
            await h.step('s', () => work('a'), at);
            return h.step('more', () => work('more'), at);
          },
        },
        at,
      ),
    ),
  ],
  ['does less than it did', won((host) => host.race('r', { a: async () => 'a' }, at))],
  [
    'is a step of its own now',
    won(async (host) => ({ winner: 'a', value: await host.step('r', () => work('a'), at) })),
  ],
  [
    'is no race any more',
    won(async (host) => ({
      winner: 'a',
      value: await host.all('r', { a: (h) => h.step('s', () => work('a'), at) }, at),
    })),
  ],
])('blocks the run when the winner %s', async (_, next) => {
  const { result, lines, second } = await change(old, next);
  expect(result).toMatchObject({ status: 'blocked', error: { code: 'MR3205' } });
  expect(lines).toBe(1);
  await second.close();
});

it('goes on when its run is taken out of memory as soon as it only waits', async () => {
  const seen: string[] = [];
  const flow = anyFlow('f', async (host) => {
    const { winner } = await host.race(
      'r',
      { nap: (h) => h.sleep('t', '20ms', at), long: (h) => h.sleep('l', '1h', at) },
      at,
    );
    return winner;
  });
  const runtime = open({ tasks: tasks(seen), flows: [flow] }, { resident: 0 });
  const results = await Promise.all(['1', '2', '3'].map((id) => runtime.executeFlow('f', undefined, { id })));
  expect(results.map(({ output }) => output)).toEqual(['nap', 'nap', 'nap']);
  expect(runtime.reader.counts()).toMatchObject({ completed: 3 });
  await runtime.close();
});
