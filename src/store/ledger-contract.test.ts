import { describe, expect, it } from 'vitest';
import { stores } from './fixtures/rows.ts';
import type { LedgerRow } from './rows.ts';

const row = (key: string, more: Partial<LedgerRow> = {}): LedgerRow => ({
  scope: 'tool',
  key,
  request: 'r',
  status: 'succeeded',
  owner: null,
  until: null,
  result: '1',
  blob: null,
  run: 'a',
  path: 'x',
  task: 't',
  name: 'shell',
  executions: 1,
  replays: 0,
  created: 1,
  expires: null,
  ...more,
});

describe.each(Object.entries(stores))('ledger, blobs and progress: %s', (_name, open) => {
  it('keeps what was done under a key, and counts', () => {
    const store = open();
    const { ledger } = store.tables;
    const whole = row('k', { owner: 'o', until: 7, blob: 'b', result: null, expires: 9, executions: 2 });
    store.transaction((tx) => {
      tx.ledger.put(row('k'));
      tx.ledger.put(whole);
      tx.ledger.put(row('k', { scope: 'once', run: null, task: null }));
      tx.ledger.put(row('l', { created: 0, task: 'u' }));
      tx.ledger.replayed('tool', 'k');
      tx.ledger.replayed('tool', 'k');
      tx.ledger.replayed('tool', 'no such key');
    });
    expect(ledger.get('tool', 'k')).toEqual({ ...whole, replays: 2 });
    expect(ledger.get('cache', 'k')).toBeUndefined();
    expect(ledger.of('a').map(({ key }) => key)).toEqual(['l', 'k']);
    expect(ledger.uses()).toEqual([
      { task: 't', executions: 2, replays: 2 },
      { task: 'u', executions: 1, replays: 0 },
    ]);
    expect(ledger.uses('u')).toEqual([{ task: 'u', executions: 1, replays: 0 }]);
    store.transaction((tx) => {
      tx.ledger.remove('tool', 'l');
      tx.ledger.remove('tool', 'l');
    });
    expect(ledger.of('a').map(({ key }) => key)).toEqual(['k']);
    store.transaction((tx) => tx.ledger.removeAll('a'));
    expect(ledger.of('a')).toEqual([]);
    expect(ledger.get('once', 'k')).toBeDefined();
    store.close();
  });

  it('drops what tools gave in a step and in those in it, its rounds too, and in no other', () => {
    const store = open();
    const { ledger } = store.tables;
    const paths = ['x', 'x/y', 'xy', 'z', 'x[1]/y', 'x[1]', 'x[10]/y[2]', 'y/x', 'x~1', 'x]', '~onFailure'];
    store.transaction((tx) => {
      for (const path of paths) tx.ledger.put(row(path, { path }));
      tx.ledger.put(row('failed', { status: 'failed' }));
      tx.ledger.put(row('other', { run: 'b' }));
      tx.ledger.put(row('once', { scope: 'once' }));
      tx.ledger.drop('a', 'x');
    });
    const dropped = () =>
      [...ledger.of('a'), ...ledger.of('b')].flatMap(({ status, key }) => (status === 'dropped' ? [key] : [])).sort();
    // A failure that is given again would be so for ever.
    const first = ['failed', 'x', 'x/y', 'x[10]/y[2]', 'x[1]', 'x[1]/y'];
    expect(dropped()).toEqual(first);
    store.transaction((tx) => {
      tx.ledger.put(row('x[1]/y', { path: 'x[1]/y' }));
      tx.ledger.put(row('x[10]/y[2]', { path: 'x[10]/y[2]' }));
      tx.ledger.drop('a', 'x[1]');
    });
    expect(dropped()).toEqual(first.filter((key) => key !== 'x[10]/y[2]'));
    store.transaction((tx) => tx.ledger.drop('a', ''));
    expect(dropped()).toEqual([...paths, 'failed'].sort());
    expect(ledger.get('once', 'once')?.status).toBe('succeeded');
    store.close();
  });

  it('expires, and sweeps the texts that nothing names any more', () => {
    const store = open();
    const { ledger, blobs } = store.tables;
    store.transaction((tx) => {
      tx.blobs.put('h', 'long');
      tx.blobs.put('h', 'long');
      tx.blobs.put('i', 'longer');
      tx.ledger.put(row('k', { blob: 'h', expires: 5 }));
      tx.ledger.put(row('l', { blob: 'i', expires: 6 }));
      tx.ledger.put(row('m'));
    });
    expect(store.transaction((tx) => [tx.blobs.sweep(), tx.ledger.expire(5), tx.ledger.expire(5)])).toEqual([0, 1, 0]);
    expect(ledger.get('tool', 'k')).toBeUndefined();
    expect(ledger.get('tool', 'm')).toBeDefined();
    expect(store.transaction((tx) => tx.blobs.sweep())).toBe(1);
    expect([blobs.get('h'), blobs.get('i')]).toEqual([undefined, 'longer']);
    store.close();
  });

  it('keeps progress, and takes back what a transaction that throws has changed', () => {
    const store = open();
    const { progress } = store.tables;
    store.transaction((tx) => {
      tx.progress.put({ run: 'a', path: 'x', state: '1', at: 1 });
      tx.progress.put({ run: 'a', path: 'x', state: '2', at: 2 });
      tx.progress.put({ run: 'a', path: 'y', state: '3', at: 3 });
      tx.progress.put({ run: 'b', path: 'x', state: '4', at: 4 });
    });
    expect(progress.get('a', 'x')).toEqual({ run: 'a', path: 'x', state: '2', at: 2 });
    expect(() =>
      store.transaction((tx) => {
        tx.progress.remove('a', 'x');
        tx.ledger.put(row('k'));
        tx.blobs.put('h', 'long');
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(progress.get('a', 'x')?.state).toBe('2');
    expect(store.tables.ledger.get('tool', 'k')).toBeUndefined();
    expect(store.tables.blobs.get('h')).toBeUndefined();
    store.transaction((tx) => tx.progress.remove('a', 'x'));
    expect(progress.get('a', 'x')).toBeUndefined();
    store.transaction((tx) => tx.progress.removeAll('a'));
    expect([progress.get('a', 'y'), progress.get('b', 'x')?.state]).toEqual([undefined, '4']);
    store.close();
  });
});
