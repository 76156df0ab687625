import { describe, expect, it } from 'vitest';
import { anyFlow, at } from '../fixtures/bind.ts';
import { hold, paid, refusal, work, world } from '../fixtures/going-back.ts';

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
    // Its attempt may have been aborted by a retry, and made again.
    expect(seen).toContain('kept');
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
