import { describe, expect, it } from 'vitest';
import { anyFlow, at } from '../fixtures/bind.ts';
import { back, hold, paid, refusal, typed, work, world } from '../fixtures/going-back.ts';

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

  it('a child of another try, or whose failure was passed over, is not retried by itself', async () => {
    const failing = anyFlow('inner', (host) => host.step('two', () => work('two'), at));
    const outer = anyFlow('outer', async (host) => {
      const call = () => ({ contract: failing.contract, input: null });
      await host.child('passed', call, { ...at, onFailure: 'continue' });
      await host.attempt(
        'try',
        (h) => h.child('in', call, at),
        () => Promise.resolve('caught'),
        at,
      );
      return host.child('last', call, { ...at, retry: { attempts: 2, delay: '0ms', backoff: 'fixed' } });
    });
    const { failing: bad, runtime } = world(outer, failing);
    bad.add('two');
    expect(await runtime.executeFlow('outer', null, { id: 'r' })).toMatchObject({ status: 'failed' });
    for (const id of ['r/passed', 'r/try/try/in']) expect(await refusal(runtime.retry(id))).toBe('MR3257');
    bad.clear();
    expect(await runtime.retry('r/last')).toMatchObject({ parents: ['r'] });
    expect(await runtime.result('r')).toMatchObject({ status: 'completed', partial: true, output: 'two' });
    expect(await refusal(runtime.retry('r/passed'))).toBe('MR3257');
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
    // What the old one did is undone beside the new one.
    await runtime.idle();
    expect(seen.toSorted()).toEqual(['a', 'back one', 'one', 'one']);
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

  it('and then nothing at work is aborted', async () => {
    const code = { value: 'a' };
    const { seen, held, runtime } = world(
      anyFlow('f', async (host) => {
        await host.step('a', () => work(code.value), at);
        await host.step('b', () => work('b'), at);
        return host.step('c', () => hold('c'), at);
      }),
    );
    await runtime.start('f', undefined, { id: 'r' });
    await expect.poll(() => held.length).toBe(1);
    code.value = 'other';
    expect(await refusal(runtime.retry('r', { fromStep: 'b' }))).toBe('MR3256');
    expect(await refusal(runtime.retry('r', { fromStep: 'z' }))).toBe('MR3254');
    held[0]?.();
    expect(await runtime.result('r')).toMatchObject({ status: 'completed', output: 'c late' });
    expect(seen).toEqual(['a', 'b', 'hold c']);
    await runtime.close();
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
    expect(await refusal(changed.retry('r'))).toBe('MR3256');
    expect(store.tables.runs.get('r')?.status).toBe('blocked');
    await changed.retry('r', { fromStep: 'b' });
    expect(await changed.result('r')).toMatchObject({ status: 'completed' });
    await changed.close();
  });
});
