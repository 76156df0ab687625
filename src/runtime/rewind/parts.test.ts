import { describe, expect, it } from 'vitest';
import { anyFlow, at } from '../fixtures/bind.ts';
import { back, hold, paid, work, world } from '../fixtures/going-back.ts';

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
