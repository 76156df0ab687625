import { describe, expect, it } from 'vitest';
import { event, line, run, stores } from './fixtures/rows.ts';

describe.each(Object.entries(stores))('what is over: %s', (_name, open) => {
  it('lets go of runs, events, requests and keys', () => {
    const store = open();
    const ended = (id: string, at: number, more: object = {}) => run(id, { status: 'completed', ended: at, ...more });
    store.transaction((tx) => {
      for (const row of [
        ended('a', 3),
        ended('b', 1),
        ended('c', 3, { parent: 'e' }),
        ended('d', 2, { parent: 'a', parentPath: 'x' }),
        run('e'),
      ])
        tx.runs.insert(row);
      tx.journal.append(line(1, { run: 'a', path: 'xy', data: '123' }));
      tx.journal.append(line(2, { run: 'a', path: 'x', data: null }));
      for (const id of ['e1', 'e2', 'e3', 'e4']) tx.events.append({ ...event(id), expires: id === 'e2' ? 99 : 10 });
      for (const seq of [1, 2, 4]) tx.events.result(seq, '{}');
      for (const seq of [1, 2]) tx.events.consume('a', seq);
      tx.events.consume('c', 2);
      tx.idempotency.put({ scope: 'start', key: 'k', request: '', result: '{"runId":"a"}', at: 1 });
      tx.idempotency.put({ scope: 'send', key: 'k', request: '', result: '{"runId":"a"}', at: 2 });
      for (const at of [1, 2]) tx.inbox.answer(tx.inbox.insert({ kind: 'k', request: '', at }), '{}');
      tx.inbox.insert({ kind: 'k', request: '', at: 1 });
    });
    const { runs, journal, events, inbox, idempotency } = store.tables;
    expect(runs.ended({ ended: 0, id: '' }, 9)).toEqual([
      { id: 'b', ended: 1 },
      { id: 'a', ended: 3 },
      { id: 'c', ended: 3 },
    ]);
    expect(runs.ended({ ended: 3, id: 'a' }, 9)).toEqual([{ id: 'c', ended: 3 }]);
    expect(runs.ended({ ended: 0, id: '' }, 1)).toHaveLength(1);
    expect(runs.endedCount()).toBe(3);
    expect(journal.size('a')).toEqual({ lines: 2, bytes: 6 });
    expect(journal.size('nobody')).toEqual({ lines: 0, bytes: 0 });
    expect(events.over(0, 10, 9).map(({ seq }) => seq)).toEqual([1]);
    expect(events.over(0, 99, 9).map(({ seq }) => seq)).toEqual([1, 2]);
    store.transaction((tx) => {
      tx.runs.remove('a');
      tx.journal.removeAll('a');
      tx.events.forget('a');
      tx.events.remove(1);
      tx.events.remove(2);
      tx.events.tidy();
      tx.idempotency.forget('start', '{"runId":"a"}');
      expect(tx.inbox.expire(2)).toBe(1);
      expect(tx.idempotency.expire('send', 2)).toBe(0);
    });
    expect(runs.get('a')).toBeUndefined();
    expect(journal.of('a')).toEqual([]);
    expect(events.count()).toBe(2);
    expect(events.get('e1')).toBeUndefined();
    expect([events.consumedBy('a'), events.consumedBy('c')]).toEqual([[], []]);
    expect(idempotency.get('start', 'k')).toBeUndefined();
    expect(idempotency.get('send', 'k')).toBeDefined();
    expect(inbox.pending()).toHaveLength(1);
    store.transaction((tx) => expect(tx.idempotency.expire('send', 3)).toBe(1));
    expect(store.space()).toEqual({ used: expect.any(Number), free: expect.any(Number) });
    store.vacuum();
    store.close();
  });
});
