import { describe, expect, it } from 'vitest';
import { checkDatabase } from 'millrace/testing';
import { anyFlow, at } from '../fixtures/bind.ts';
import { back, hold, paid, refusal, typed, work, world } from '../fixtures/going-back.ts';

/** Charges a card, with its undo, and then waits for an event. */
const shop = anyFlow('f', async (host) => {
  await host.step('order', () => work('order'), at);
  await host.step('charged', () => work('charge'), at);
  host.undo('charged', () => work('refund'), at);
  await host.step('mailed', () => work('mail'), at);
  host.undo('mailed', () => back('mail'), at);
  await host.receive('go', paid, at);
  return host.step('sent', () => work('send'), at);
});

describe('a retry that would forget an undo', () => {
  it('is refused, and nothing is changed; a cancel then undoes all of it', async () => {
    const { seen, runtime, store } = world(shop);
    await runtime.start('f', undefined, { id: 'r' });
    await runtime.idle();
    const lines = store.tables.journal.of('r').length;
    await expect(runtime.retry('r', { fromStep: 'charged' })).rejects.toMatchObject({
      code: 'MR3259',
      details: { run: 'r', steps: ['charged', 'mailed'], undos: [] },
    });
    for (const fromStep of ['order', ''])
      expect(await refusal(runtime.retry('r', { fromStep, openEffects: 'refuse' }))).toBe('MR3259');
    expect(store.tables.journal.of('r')).toHaveLength(lines);
    // What comes after them takes nothing of them back.
    expect(await runtime.retry('r', { fromStep: 'go' })).not.toHaveProperty('notUndone');
    await runtime.cancel('r');
    expect(await runtime.result('r')).toMatchObject({ status: 'cancelled', errors: [] });
    expect(seen).toEqual(['order', 'charge', 'mail', 'back mail', 'refund']);
    await runtime.close();
  });

  it('goes on where that is accepted, and says what stays in the world', async () => {
    const { seen, runtime, store } = world(shop);
    await runtime.start('f', undefined, { id: 'r' });
    await runtime.idle();
    expect(await runtime.retry('r', { fromStep: 'charged', openEffects: 'keep' })).toMatchObject({
      dropped: ['charged', 'mailed', 'go'],
      notUndone: ['charged', 'mailed'],
    });
    await runtime.idle();
    expect(store.tables.journal.of('r').find(({ kind }) => kind === 'rewound')?.data).toContain(
      '"notUndone":["charged","mailed"]',
    );
    await runtime.cancel('r');
    await runtime.result('r');
    expect(seen).toEqual(['order', 'charge', 'mail', 'charge', 'mail', 'back mail', 'refund']);
    await runtime.close();
  });

  it('is refused, too, while something is at work, which is not aborted, and when the input is another one by now', async () => {
    const amount = { n: 1 };
    const { seen, held, runtime } = world(
      anyFlow('f', async (host) => {
        await host.all(
          'all',
          {
            x: async (h) => {
              await h.step('charged', () => typed({ ...amount }), at);
              h.undo('charged', () => back('x'), at);
            },
          },
          at,
        );
        return host.step('held', () => hold('y'), at);
      }),
    );
    await runtime.start('f', undefined, { id: 'r' });
    await expect.poll(() => held.length).toBe(1);
    amount.n = 2;
    await expect(runtime.retry('r', { fromStep: 'all' })).rejects.toMatchObject({
      code: 'MR3259',
      details: { steps: ['all/x/charged'] },
    });
    held[0]?.();
    expect(await runtime.result('r')).toMatchObject({ status: 'completed', output: 'y late' });
    expect(seen).toEqual(['typed 1', 'hold y']);
    await runtime.close();
  });
});

it('where the code does not come to a step any more it is not known whether that has an undo', async () => {
  const flow = (more: boolean) =>
    anyFlow('f', async (host) => {
      await host.step('order', () => work('order'), at);
      if (more) await host.step('new', () => work('new'), at);
      await host.step('charged', () => work('charge'), at);
      host.undo('charged', () => work('refund'), at);
      await host.receive('go', paid, at);
    });
  const { seen, runtime, open } = world(flow(false));
  await runtime.start('f', undefined, { id: 'r' });
  await runtime.idle();
  await runtime.close();
  const changed = open([flow(true)]);
  await expect(changed.retry('r', { fromStep: 'order' })).rejects.toMatchObject({
    code: 'MR3259',
    message: expect.stringContaining("not known whether 'charged' must be undone"),
    details: { steps: ['charged'] },
  });
  expect(await changed.retry('r', { fromStep: 'order', openEffects: 'keep' })).toMatchObject({
    notUndone: ['charged'],
  });
  await changed.idle();
  expect(seen).toEqual(['order', 'charge', 'order', 'new', 'charge']);
  await changed.close();
});

describe('an undo that has failed for good', () => {
  const failed = async () => {
    const all = world(shop);
    const { failing, runtime } = all;
    failing.add('send').add('refund');
    await runtime.start('f', undefined, { id: 'r' });
    await runtime.sendEvent('paid', 1);
    expect(await runtime.result('r')).toMatchObject({
      status: 'failed',
      error: { message: 'send failed' },
      errors: [{ path: 'charged/~undo' }],
    });
    return all;
  };

  it('is not forgotten by a retry, which would do its step again', async () => {
    const { seen, failing, runtime } = await failed();
    failing.clear();
    seen.length = 0;
    await expect(runtime.retry('r')).rejects.toMatchObject({
      code: 'MR3259',
      message: expect.stringContaining("--from-step 'charged/~undo'"),
      details: { steps: ['charged'], undos: ['charged/~undo'] },
    });
    expect(runtime.status('r')).toMatchObject({ status: 'failed', errors: [{ path: 'charged/~undo' }] });
    expect(seen).toEqual([]);
    expect(await runtime.retry('r', { openEffects: 'keep' })).toMatchObject({ notUndone: ['charged'] });
    await runtime.close();
  });

  it('is retried alone, as often as it takes, under a new key; then the run can be retried', async () => {
    const { seen, failing, runtime, store } = await failed();
    seen.length = 0;
    expect(await runtime.retry('r', { fromStep: 'charged/~undo' })).toMatchObject({ dropped: ['charged/~undo'] });
    expect(await runtime.result('r')).toMatchObject({ status: 'failed', errors: [{ path: 'charged/~undo' }] });
    failing.delete('refund');
    await runtime.retry('r', { fromStep: 'charged/~undo', by: 'Ada' });
    expect(await runtime.result('r')).toMatchObject({
      status: 'failed',
      error: { message: 'send failed' },
      errors: [],
    });
    expect(seen).toEqual(['refund', 'refund']);
    expect(store.tables.journal.of('r').filter(({ kind }) => kind === 'stopping')).toHaveLength(1);
    expect(await refusal(runtime.retry('r', { fromStep: 'charged/~undo' }))).toBe('MR3253');

    failing.clear();
    expect(await runtime.retry('r')).toMatchObject({ dropped: ['charged', 'mailed', 'go', 'sent'] });
    await runtime.idle();
    await runtime.sendEvent('paid', 2);
    expect(await runtime.result('r')).toMatchObject({ status: 'completed', output: 'send' });
    await runtime.close();
  });

  it('of a cancelled run is retried, too', async () => {
    const { seen, failing, runtime } = world(shop);
    failing.add('refund');
    await runtime.start('f', undefined, { id: 'r' });
    await runtime.idle();
    expect(await refusal(runtime.retry('r', { fromStep: 'charged/~undo' }))).toBe('MR3254');
    await runtime.cancel('r', { reason: 'enough' });
    expect(await runtime.result('r')).toMatchObject({ status: 'cancelled', errors: [{ path: 'charged/~undo' }] });
    expect(await refusal(runtime.retry('r', { fromStep: 'mailed/~undo' }))).toBe('MR3253');
    expect(await refusal(runtime.retry('r', { fromStep: 'charged/~undo', input: 1 }))).toBe('MR3255');
    failing.clear();
    await runtime.retry('r', { fromStep: 'charged/~undo' });
    expect(await runtime.result('r')).toMatchObject({ status: 'cancelled', error: { message: 'enough' }, errors: [] });
    expect(seen).toEqual(['order', 'charge', 'mail', 'back mail', 'refund', 'refund']);
    await runtime.close();
  });

  it('of a run below another one: the one above has heard of its end, and does not hear of it again', async () => {
    const outer = anyFlow('outer', (host) =>
      host.attempt(
        'try',
        (h) => h.child('in', () => ({ contract: shop.contract, input: null }), at),
        (h) => h.receive('go', paid, at),
        at,
      ),
    );
    const { failing, runtime, store } = world(outer, shop);
    failing.add('mail').add('refund');
    await runtime.start('outer', null, { id: 'r' });
    await runtime.idle();
    const lines = store.tables.journal.of('r').length;
    await runtime.retry('r/try/try/in', { fromStep: 'charged/~undo' });
    expect(await runtime.result('r/try/try/in')).toMatchObject({ status: 'failed', errors: [{}] });
    await runtime.idle();
    expect(store.tables.journal.of('r')).toHaveLength(lines);
    await runtime.sendEvent('paid', 1);
    expect(await runtime.result('r')).toMatchObject({ status: 'completed' });
    failing.clear();
    await runtime.retry('r/try/try/in', { fromStep: 'charged/~undo' });
    expect(runtime.status('r/try/try/in')).toMatchObject({ status: 'running' });
    expect(checkDatabase(store)).toEqual([]);
    expect(await runtime.result('r/try/try/in')).toMatchObject({ status: 'failed', errors: [] });
    await runtime.close();
  });
});
