import { expect, it } from 'vitest';
import { anyFlow, at } from '../fixtures/bind.ts';
import { back, work, world } from '../fixtures/going-back.ts';

it('lists what was committed, newest first: what counts, what was taken back, and what evidence says', async () => {
  const { failing, store, clock, runtime } = world(
    anyFlow('f', async (host) => {
      await host.step('a', () => work('a'), at);
      host.undo('a', () => back('a'), at);
      await host.all('all', { x: (h) => h.sleep('s', '1m', at), y: (h) => h.step('s', () => work('y'), at) }, at);
      await host.step('b', () => work('b'), at);
    }),
    anyFlow('g', (host) => host.step('only', () => work('g'), at)),
  );
  failing.add('b');
  await runtime.start('f', undefined, { id: 'r' });
  await runtime.idle();
  await clock.advance('1m');
  expect(await runtime.result('r')).toMatchObject({ status: 'failed' });
  failing.clear();
  await runtime.retry('r');
  await runtime.idle();
  await clock.advance('1m');
  await runtime.result('r');
  const checkpoints: typeof runtime.reader.checkpoints = (query) => runtime.reader.checkpoints(query);
  const brief = checkpoints('r').map(({ path, counts }) => `${path}${counts ? '' : ' -'}`);
  // No undo is a place to go on from.
  expect(brief).toEqual(['b', 'all/x/s', 'all/y/s', 'a', 'all/x/s -', 'all/y/s -', 'a -']);
  const seqs = checkpoints('r').map(({ seq }) => seq);
  expect(new Set(seqs).size).toBe(seqs.length);
  expect(seqs).toEqual(seqs.toSorted((one, other) => other - one));

  // Evidence that is looked at again counts as it was found last, for the result that it is about.
  const verified = (path: string, ok: boolean) =>
    store.transaction((tx) =>
      tx.journal.append({
        run: 'r',
        seq: tx.journal.last('r') + 1,
        at: clock.now(),
        kind: 'verified',
        path: `${path}/~evidence`,
        name: null,
        attempt: 1,
        place: null,
        data: JSON.stringify({ ok, items: [] }),
      }),
    );
  verified('a', true);
  verified('b', true);
  verified('b', false);
  expect(checkpoints('r').map(({ path, status }) => `${path} ${status}`)).toEqual([
    'b refuted',
    'all/x/s trusted',
    'all/y/s trusted',
    'a verified',
    'all/x/s trusted',
    'all/y/s trusted',
    'a trusted',
  ]);

  await clock.advance('1s');
  await runtime.executeFlow('g', undefined, { id: 'q' });
  expect(checkpoints({ flow: 'g' })).toMatchObject([
    { runId: 'q', flow: 'g', path: 'only', target: 'work', attempt: 1 },
  ]);
  expect(checkpoints({ task: 'work', limit: 2 }).map(({ runId, path }) => `${runId} ${path}`)).toEqual([
    'q only',
    'r b',
  ]);
  expect(checkpoints({ task: 'back' })).toEqual([]);
  expect(checkpoints('nobody')).toEqual([]);
  await runtime.close();
});
