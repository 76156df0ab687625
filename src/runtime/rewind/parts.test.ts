import { describe, expect, it } from 'vitest';
import { SimulatedClock } from 'millrace/testing';
import { NonRetryableError, silentLogger } from 'millrace/tasks';
import { openSqlite } from 'millrace/store';
import type { FlowModule } from 'millrace/flow';
import { z } from 'zod';
import { taskContract } from 'millrace/flow';
import { anyEvent, anyFlow, anyTask, at, bind, code } from '../fixtures/bind.ts';
import { ReactiveSystemRuntime } from '../index.ts';

const work = anyTask('work');
const back = anyTask('back');
const hold = anyTask('hold', { timeout: '9h' });
const typed = taskContract('typed', {
  input: z.object({ n: z.number() }),
  output: z.any(),
  policy: {},
  source: 'test.dsl.ts:1:1',
});
const paid = anyEvent('paid');

function world(...flows: FlowModule[]) {
  const seen: string[] = [];
  const failing = new Set<string>();
  const held: (() => void)[] = [];
  const tasks = [
    code(work, (name: string) => {
      seen.push(name);
      if (failing.has(name)) throw new NonRetryableError(`${name} failed`, { code: 'BAD' });
      return name;
    }),
    code(typed, ({ n }: { n: number }) => {
      seen.push(`typed ${n}`);
      if (n < 0) throw new NonRetryableError('negative', { code: 'BAD' });
      return n;
    }),
    code(back, (name: string) => void seen.push(`back ${name}`)),
    code(hold, (name: string) => {
      seen.push(`hold ${name}`);
      return new Promise((resolve) => held.push(() => resolve(`${name} late`)));
    }),
  ];
  const store = openSqlite(':memory:');
  const clock = new SimulatedClock();
  const open = (code: FlowModule[] = flows) =>
    new ReactiveSystemRuntime(bind({ tasks, flows: code, events: [paid] }), { store, clock, logger: silentLogger });
  return { seen, failing, held, store, clock, open, runtime: open() };
}

const refusal = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => 'taken',
    ({ code: given }: { code: string }) => given,
  );

describe('what is done again', () => {
  it('of an attempt that had failed: what was undone for it, and no handler', async () => {
    const { seen, failing, runtime } = world(
      anyFlow('f', (host) =>
        host.attempt(
          'try',
          async (h) => {
            await h.step('a', () => work('a'), at);
            await h.step('b', () => work('b'), at);
            h.undo('b', () => back('b'), at);
            await h.step('c', () => work('c'), at);
            return 'well';
          },
          async (h) => h.step('mend', () => work('mend'), at),
          at,
        ),
      ),
    );
    failing.add('c').add('mend');
    expect(await runtime.executeFlow('f', undefined, { id: 'r' })).toMatchObject({ status: 'failed' });
    // By itself only the handler is done again: the body came to its end.
    failing.delete('mend');
    seen.length = 0;
    expect(await runtime.retry('r')).toMatchObject({ dropped: ['try/catch/mend'] });
    expect(await runtime.result('r')).toMatchObject({ status: 'completed', output: 'mend' });
    expect(seen).toEqual(['mend']);
    await runtime.executeFlow('f', undefined, { id: 'q' });
    failing.clear();
    seen.length = 0;
    await runtime.fork('q', { fromStep: 'try/try/c', id: 'q2' });
    expect(await runtime.result('q2')).toMatchObject({ status: 'completed', output: 'well' });
    // Of what another run has undone, what was undone, too.
    expect(seen).toEqual(['b', 'c']);
    await runtime.close();
  });

  it('of a decided race: the race is open again, with what its losers had undone', async () => {
    const { seen, failing, runtime, clock } = world(
      anyFlow('f', async (host) => {
        const { winner } = await host.race(
          'race',
          {
            slow: async (h) => {
              await h.step('a', () => work('slow'), at);
              h.undo('a', () => back('slow'), at);
              await h.sleep('wait', '1h', at);
            },
            quick: async (h) => {
              await h.sleep('wait', '1m', at);
              await h.step('a', () => work('quick'), at);
              await h.step('b', () => work('more'), at);
            },
          },
          at,
        );
        await host.step('end', () => work('end'), at);
        return winner;
      }),
    );
    failing.add('end');
    const first = runtime.executeFlow('f', undefined, { id: 'r' });
    await runtime.idle();
    await clock.advance('1m');
    expect(await first).toMatchObject({ status: 'failed' });
    expect(seen).toEqual(['slow', 'quick', 'more', 'back slow', 'end']);
    failing.clear();
    seen.length = 0;
    const { dropped } = await runtime.retry('r', { fromStep: 'race/quick/b' });
    expect([...dropped].sort()).toEqual(['end', 'race/quick/b', 'race/slow/a', 'race/slow/wait']);
    expect(await runtime.result('r')).toMatchObject({ status: 'completed', output: 'quick' });
    expect(seen.toSorted()).toEqual(['back slow', 'end', 'more', 'slow']);
    await runtime.close();
  });

  it('of a graph: who needs it, whatever began later; nodes that were added stay, and more can be added', async () => {
    const { seen, failing, runtime, held } = world(
      anyFlow('f', async (host) => {
        const all = await host.graph(
          'g',
          (g) =>
            g
              .node('a', () => work('a'), at)
              .node('b', () => work('b'), at)
              .node('c', ({ a }) => work(`c${String(a)}`), { ...at, needs: ['a'] })
              .node('d', ({ b }) => work(`d${String(b)}`), { ...at, needs: ['b'] })
              .node('e', () => hold('e'), { ...at, needs: ['c', 'd'] }),
          at,
        );
        await host.step('after', () => work('after'), at);
        return all;
      }),
    );
    await runtime.start('f', undefined, { id: 'r' });
    await expect.poll(() => held.length).toBe(1);
    await runtime.enqueue('r', 'g', { node: 'x', task: 'work', input: 'x', needs: ['d'] });
    failing.add('after');
    held[0]?.();
    expect(await runtime.result('r')).toMatchObject({ status: 'failed' });
    expect(seen).toContain('x');
    failing.clear();
    seen.length = 0;
    const { dropped } = await runtime.retry('r', { fromStep: 'g/b' });
    expect([...dropped].sort()).toEqual(['after', 'g/b', 'g/d', 'g/e', 'g/x']);
    await expect.poll(() => held.length).toBe(2);
    await runtime.enqueue('r', 'g', { node: 'y', task: 'work', input: 'y', needs: ['d'] });
    held[1]?.();
    expect(await runtime.result('r')).toMatchObject({ status: 'completed', output: { a: 'a', c: 'ca', d: 'db' } });
    expect(seen.toSorted()).toEqual(['after', 'b', 'db', 'hold e', 'x', 'y']);
    await runtime.close();
  });

  it('of a graph that failed fast: what was cancelled goes on, what was skipped gets its turn', async () => {
    const { seen, failing, runtime } = world(
      anyFlow('f', (host) =>
        host.graph(
          'g',
          (g) =>
            g
              .node('a', () => work('a'), at)
              .node('b', () => work('b'), at)
              .node('c', () => work('c'), { ...at, needs: ['b'] }),
          at,
        ),
      ),
    );
    failing.add('b');
    await runtime.executeFlow('f', undefined, { id: 'r' });
    failing.clear();
    seen.length = 0;
    await runtime.retry('r');
    expect(await runtime.result('r')).toMatchObject({ status: 'completed', output: { a: 'a', b: 'b', c: 'c' } });
    expect(seen).toEqual(['b', 'c']);
    await runtime.close();
  });

  it('of parts beside each other: all that failed, but for what was passed over', async () => {
    const { seen, failing, runtime } = world(
      anyFlow('f', (host) =>
        host.all(
          'all',
          {
            passed: (h) => h.step('s', () => work('passed'), { ...at, onFailure: 'continue' }),
            one: (h) => h.step('s', () => work('one'), at),
            other: (h) => h.step('s', () => work('other'), at),
          },
          at,
        ),
      ),
    );
    failing.add('passed').add('one').add('other');
    await runtime.executeFlow('f', undefined, { id: 'r' });
    failing.clear();
    seen.length = 0;
    await runtime.retry('r', { fromStep: 'all/one/s' });
    expect(await runtime.result('r')).toMatchObject({ status: 'completed', partial: true });
    expect(seen).toEqual(['one', 'other']);
    await runtime.close();
  });

  it('of a repeat: the rounds after it; of a list: that item alone', async () => {
    const { seen, runtime } = world(
      anyFlow('f', async (host) => {
        await host.map(
          'list',
          () => [0, 1, 2],
          (h, item) => h.step('s', () => work(`item ${item}`), at),
          at,
        );
        await host.repeat(
          'rep',
          (h, round) => h.step('s', () => work(`round ${round}`), at),
          (_, round) => round === 2,
          { ...at, max: 9 },
        );
        await host.receive('end', paid, at);
      }),
    );
    await runtime.start('f', undefined, { id: 'r' });
    await runtime.idle();
    seen.length = 0;
    await runtime.retry('r', { fromStep: 'rep[1]/s' });
    await runtime.idle();
    expect(seen).toEqual(['round 1', 'round 2']);
    seen.length = 0;
    await runtime.retry('r', { fromStep: 'list[1]' });
    await runtime.idle();
    expect(seen).toEqual(['item 1', 'round 0', 'round 1', 'round 2']);
    await runtime.sendEvent('paid', 1);
    expect(await runtime.result('r')).toMatchObject({ status: 'completed' });
    await runtime.close();
  });
});

describe('what a step had elsewhere', () => {
  it('goes with it: its timer, its wait; an event that it took can be taken again', async () => {
    const { seen, store, runtime, clock } = world(
      anyFlow('f', async (host) => {
        await host.step('a', () => work('a'), at);
        const first = await host.receive('first', paid, at);
        await host.sleep('sleep', '1h', at);
        const second = await host.receive('second', paid, { ...at, timeout: '1h' });
        return [first, second];
      }),
    );
    await runtime.start('f', undefined, { id: 'r' });
    await runtime.sendEvent('paid', 1);
    await runtime.idle();
    expect(store.tables.timers.of('r')).toMatchObject([{ part: 'sleep' }]);
    await runtime.retry('r', { fromStep: 'first' });
    await runtime.idle();
    // It took the same event again, and sleeps for an hour from now on.
    expect(store.tables.timers.of('r')).toMatchObject([{ part: 'sleep', due: clock.now() + 3_600_000 }]);
    await clock.advance('1h');
    await runtime.idle();
    expect(store.tables.waits.of('r')).toHaveLength(1);
    await runtime.retry('r', { fromStep: 'second' });
    await runtime.idle();
    expect(store.tables.waits.of('r')).toHaveLength(1);
    expect(store.tables.timers.of('r')).toHaveLength(1);
    await runtime.sendEvent('paid', 2);
    expect(await runtime.result('r')).toMatchObject({ output: [1, 2] });
    expect(seen).toEqual(['a']);
    await runtime.close();
  });

  it('a sleep that a failure beside it cut off ends when it was to end', async () => {
    const { failing, store, runtime, clock } = world(
      anyFlow('f', (host) =>
        host.all(
          'all',
          {
            sleeps: (h) => h.sleep('s', '1h', at),
            works: async (h) => {
              await h.sleep('s', '10m', at);
              await h.step('w', () => work('w'), at);
            },
          },
          at,
        ),
      ),
    );
    failing.add('w');
    const begun = clock.now();
    await runtime.start('f', undefined, { id: 'r' });
    await runtime.idle();
    await clock.advance('10m');
    expect(await runtime.result('r')).toMatchObject({ status: 'failed' });
    failing.clear();
    await clock.advance('10m');
    await runtime.retry('r');
    await runtime.idle();
    expect(store.tables.timers.of('r')).toMatchObject([{ due: begun + 3_600_000 }]);
    await clock.advance('40m');
    expect(await runtime.result('r')).toMatchObject({ status: 'completed' });
    await runtime.close();
  });

  it('an attempt is aborted, and what it gives later is ignored; a time limit counts anew after a failure', async () => {
    const { seen, held, failing, runtime, clock } = world(
      anyFlow(
        'f',
        async (host) => {
          const a = await host.step('a', () => hold('a'), at);
          await host.step('b', () => work('b'), at);
          return a;
        },
        { timeout: '1h' },
      ),
    );
    failing.add('b');
    await runtime.start('f', undefined, { id: 'r' });
    await expect.poll(() => held.length).toBe(1);
    await runtime.retry('r', { fromStep: 'a', input: 'again' });
    await expect.poll(() => held.length).toBe(2);
    held[0]?.();
    await clock.advance('50m');
    held[1]?.();
    expect(await runtime.result('r')).toMatchObject({ status: 'failed', error: { code: 'BAD' } });
    failing.clear();
    await clock.advance('50m');
    await runtime.retry('r');
    expect(await runtime.result('r')).toMatchObject({ status: 'completed', output: 'again late' });
    expect(seen).toEqual(['hold a', 'hold again', 'b', 'b']);
    await runtime.close();
  });

  it('what comes while it goes back is not lost: an event, a second retry', async () => {
    const { seen, runtime } = world(
      anyFlow('f', async (host) => {
        await host.step('a', () => work('a'), at);
        const both = await host.all(
          'all',
          {
            waits: async (h) => {
              await h.receive('go', paid, at);
              await h.step('s', () => work('kept'), at);
            },
            works: async (h) => {
              await h.step('s', () => work('s'), at);
              await h.receive('go', paid, at);
            },
          },
          at,
        );
        return both;
      }),
    );
    await runtime.start('f', undefined, { id: 'r' });
    await runtime.idle();
    const retry = (): Promise<unknown> => refusal(runtime.retry('r', { fromStep: 'all/works/s' }));
    // The other part goes on between the two halves of each of them.
    const said = await Promise.all([retry(), runtime.sendEvent('paid', 1).then(retry), retry(), retry()]);
    // There may be nothing yet that could be done again.
    expect(new Set(said)).toEqual(new Set(['taken', ...said.filter((each) => each === 'MR3254')]));
    await runtime.idle();
    expect(seen.filter((name) => name === 'kept')).toHaveLength(1);
    expect(runtime.reader.steps('r')).toContainEqual(
      expect.objectContaining({ path: 'all/waits/s', status: 'completed' }),
    );
    await runtime.sendEvent('paid', 2);
    expect(await runtime.result('r')).toMatchObject({ status: 'completed' });
    await runtime.close();
  });

  it('a paused run goes back, and stays paused', async () => {
    const { seen, runtime } = world(
      anyFlow('f', async (host) => {
        await host.step('a', () => work('a'), at);
        await host.receive('go', paid, at);
      }),
    );
    await runtime.start('f', undefined, { id: 'r' });
    await runtime.idle();
    await runtime.pause('r');
    expect(await runtime.retry('r', { fromStep: 'a' })).toMatchObject({ status: 'paused' });
    await runtime.idle();
    expect(runtime.status('r')?.status).toBe('paused');
    expect(seen).toEqual(['a']);
    await runtime.resume('r');
    await runtime.idle();
    expect(seen).toEqual(['a', 'a']);
    await runtime.cancel('r');
    await runtime.result('r');
    await runtime.close();
  });
});

describe('flows that run flows', () => {
  const inner = anyFlow('inner', async (host) => {
    await host.step('one', () => work('one'), at);
    return host.step('two', () => work('two'), at);
  });
  const above = (undo: boolean) =>
    anyFlow('outer', async (host) => {
      await host.step('a', () => work('a'), at);
      if (undo) host.undo('a', () => back('a'), at);
      return host.child('in', () => ({ contract: inner.contract, input: null }), at);
    });

  it('a child goes on from its step, and the run above waits for it again', async () => {
    const { seen, failing, runtime } = world(above(false), inner);
    failing.add('two');
    expect(await runtime.executeFlow('outer', null, { id: 'r' })).toMatchObject({ status: 'failed' });
    failing.clear();
    expect(await runtime.retry('r/in')).toMatchObject({ dropped: ['two'], parents: ['r'] });
    expect(await runtime.result('r')).toMatchObject({ status: 'completed', output: 'two' });
    expect(seen).toEqual(['a', 'one', 'two', 'two']);
    expect(
      runtime
        .list()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['r', 'r/in']);
    await runtime.close();
  });

  it('a retry of the run above begins a new child; one that was undone has to be retried there', async () => {
    const { seen, failing, runtime } = world(above(true), inner);
    failing.add('two');
    await runtime.executeFlow('outer', null, { id: 'r' });
    expect(await refusal(runtime.retry('r/in'))).toBe('MR3257');
    failing.clear();
    seen.length = 0;
    await runtime.retry('r');
    expect(await runtime.result('r')).toMatchObject({ status: 'completed', output: 'two' });
    expect(seen).toEqual(['a', 'one', 'two']);
    expect(
      runtime
        .list()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['r', 'r/in', 'r/in~r1']);
    // The old one is nobody's any more.
    expect(await runtime.retry('r/in')).toMatchObject({ parents: [] });
    expect(await runtime.result('r/in')).toMatchObject({ status: 'completed' });
    await runtime.close();
  });

  it('a child of a step that is done again is cancelled, and its end is no news', async () => {
    const waiting = anyFlow('inner', async (host) => {
      await host.step('one', () => work('one'), at);
      host.undo('one', () => back('one'), at);
      return host.receive('go', paid, at);
    });
    const { seen, runtime } = world(above(false), waiting);
    await runtime.start('outer', null, { id: 'r' });
    await runtime.idle();
    await runtime.retry('r', { fromStep: 'in' });
    await runtime.idle();
    expect(runtime.status('r/in')).toMatchObject({ status: 'cancelled' });
    expect(runtime.status('r')).toMatchObject({ status: 'waiting' });
    await runtime.sendEvent('paid', 7);
    expect(await runtime.result('r')).toMatchObject({ status: 'completed', output: 7 });
    expect(seen).toEqual(['a', 'one', 'back one', 'one']);
    await runtime.close();
  });
});

describe('a retry is refused', () => {
  it('for what has ended for good, has not failed, is not there, or does not fit', async () => {
    const wait = anyFlow('f', async (host) => {
      await host.step('a', () => typed({ n: 1 }), at);
      await host.receive('go', paid, at);
      await host.step('b', () => typed({ n: -1 }), at);
    });
    const { seen, store, runtime, open } = world(wait);
    await runtime.start('f', undefined, { id: 'r' });
    await runtime.idle();
    expect(await refusal(runtime.retry('r'))).toBe('MR3253');
    expect(await refusal(runtime.retry('none'))).toBe('MR3208');
    expect(await refusal(runtime.retry('r', { fromStep: 'z' }))).toBe('MR3254');
    expect(await refusal(runtime.retry('r', { fromStep: 'a/~undo' }))).toBe('MR3254');
    expect(await refusal(runtime.retry('r', { fromStep: 'a', input: { n: 'x' } }))).toBe('MR3255');
    expect(await refusal(runtime.retry('r', { fromStep: 'go', input: 1 }))).toBe('MR3255');
    expect(await refusal(runtime.retry('r', { fromStep: 'a', by: '' }))).toBe('MR3255');
    expect(runtime.status('r')).toMatchObject({ status: 'waiting' });
    await runtime.sendEvent('paid', 1);
    expect(await runtime.result('r')).toMatchObject({ status: 'failed' });
    await runtime.start('f', undefined, { id: 'c' });
    await runtime.cancel('c');
    await runtime.result('c');
    expect(await refusal(runtime.retry('c', { fromStep: 'a' }))).toBe('MR3252');
    await runtime.close();

    // Other code for a step that is kept does not fit; the same for one that is done again does.
    const changed = open([
      anyFlow('f', async (host) => {
        await host.step('a', () => typed({ n: 2 }), at);
        await host.receive('go', paid, at);
        await host.step('b', () => typed({ n: 3 }), at);
      }),
    ]);
    const before = JSON.stringify(store.tables.runs.get('r'));
    expect(await refusal(changed.retry('r'))).toBe('MR3256');
    expect(JSON.stringify(store.tables.runs.get('r'))).toBe(before);
    seen.length = 0;
    await changed.retry('r', { fromStep: 'a' });
    expect(await changed.result('r')).toMatchObject({ status: 'completed' });
    expect(seen).toEqual(['typed 2', 'typed 3']);
    await changed.close();
  });

  it('an edited input holds until what comes before its step is done again', async () => {
    const { seen, failing, runtime } = world(
      anyFlow('f', async (host) => {
        await host.step('a', () => work('a'), at);
        await host.step('b', () => typed({ n: -1 }), at);
        await host.step('c', () => work('c'), at);
      }),
    );
    failing.add('c');
    await runtime.executeFlow('f', undefined, { id: 'r' });
    await runtime.retry('r', { input: { n: 5 } });
    await runtime.result('r');
    await runtime.retry('r', { fromStep: 'b' });
    await runtime.result('r');
    expect(seen).toEqual(['a', 'typed -1', 'typed 5', 'c', 'typed 5', 'c']);
    seen.length = 0;
    await runtime.retry('r', { fromStep: 'a' });
    expect(await runtime.result('r')).toMatchObject({ error: { message: 'negative' } });
    expect(seen).toEqual(['a', 'typed -1']);
    await runtime.close();
  });

  it('a blocked run goes on from before what does not fit', async () => {
    const { store, runtime, open } = world(
      anyFlow('f', async (host) => {
        await host.step('a', () => work('a'), at);
        await host.step('b', () => work('b'), at);
        await host.receive('go', paid, at);
      }),
    );
    await runtime.start('f', undefined, { id: 'r' });
    await runtime.idle();
    await runtime.close();
    const changed = open([
      anyFlow('f', async (host) => {
        await host.step('a', () => work('a'), at);
        await host.step('b', () => work('other'), at);
      }),
    ]);
    expect(await changed.idle()).toBeUndefined();
    expect(store.tables.runs.get('r')?.status).toBe('waiting');
    expect(await refusal(changed.retry('r', { fromStep: 'go' }))).toBe('MR3256');
    await changed.sendEvent('paid', 1);
    await changed.idle();
    expect(store.tables.runs.get('r')?.status).toBe('blocked');
    expect(await refusal(changed.retry('r'))).toBe('MR3253');
    await changed.retry('r', { fromStep: 'b' });
    expect(await changed.result('r')).toMatchObject({ status: 'completed' });
    await changed.close();
  });
});
