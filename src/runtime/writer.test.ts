import { describe, expect, it } from 'vitest';
import { systemScheduler } from 'millrace/core';
import { openMemory, StoreError, type Store } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { Writer } from './writer.ts';

function writerOn(store: Store): {
  readonly writer: Writer;
  readonly stopped: unknown[];
  readonly batches: () => number;
} {
  const stopped: unknown[] = [];
  let batches = 0;
  store.transaction((tx) => tx.owner.put({ owner: 'me', epoch: 1, pid: 1, host: '', started: '', beat: 0 }));
  const writer = new Writer({
    scheduler: systemScheduler,
    store,
    epoch: 1,
    logger: silentLogger,
    last: () => [],
    after: () => void batches++,
    stopped: (error) => stopped.push(error),
  });
  return { writer, stopped, batches: () => batches };
}

describe('the writer', () => {
  it('writes what queues up in one turn in one transaction, in order', async () => {
    const store = openMemory();
    const { writer, batches } = writerOn(store);
    const results = await Promise.all(
      ['a', 'b', 'c'].map((name, index) =>
        writer.submit((tx) => {
          tx.meta.set('last', name);
          return index;
        }),
      ),
    );
    expect(results).toEqual([0, 1, 2]);
    expect(store.tables.meta.get('last')).toBe('c');
    expect(batches()).toBe(1);
  });

  it('loses only the unit that fails, tells nobody before the commit, and runs effects after it', async () => {
    const store = openMemory();
    const { writer, stopped } = writerOn(store);
    const effects: string[] = [];
    const submit = (name: string, fails: boolean): Promise<string> =>
      writer.submit((tx) => {
        tx.meta.set(name, 'written');
        writer.afterCommit(() => effects.push(`${name} ${store.tables.meta.get('c')}`));
        if (fails) throw new Error(`no ${name}`);
        return name;
      });
    const outcomes = await Promise.allSettled([submit('a', false), submit('b', true), submit('c', false)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(['a', 'b', 'c'].map((name) => store.tables.meta.get(name))).toEqual(['written', undefined, 'written']);
    expect(effects).toEqual(['a written', 'c written']);
    expect(stopped).toEqual([]);
  });

  it('skips the other units of an owner whose unit fails', async () => {
    const store = openMemory();
    const { writer } = writerOn(store);
    const owner = { dead: false };
    const told: string[] = [];
    const enqueue = (name: string, fails: boolean): void =>
      writer.enqueue({
        owner,
        run: (tx) => {
          tx.meta.set(name, 'x');
          if (fails) throw new Error('no');
        },
        done: () => told.push(`${name} done`),
        failed: () => told.push(`${name} failed`),
      });
    enqueue('a', false);
    enqueue('b', true);
    enqueue('c', false);
    await writer.committed();
    expect(told).toEqual(['a done', 'b failed']);
    expect(store.tables.meta.get('c')).toBeUndefined();
  });

  it('tries again when the file is locked, and stops for good when the disk fails', async () => {
    const store = openMemory();
    const errors = [
      new StoreError('locked', { code: 'MR3001', retryable: true, fault: 'environment' }),
      new StoreError('locked', { code: 'MR3001', retryable: true, fault: 'environment' }),
    ];
    let armed = false;
    const { writer, stopped } = writerOn({
      ...store,
      transaction: (run) => {
        const error = armed ? errors.shift() : undefined;
        if (error !== undefined) throw error;
        return store.transaction(run);
      },
    });
    armed = true;
    expect(await writer.submit(() => 'written at last')).toBe('written at last');
    expect(stopped).toEqual([]);
    errors.push(new StoreError('gone', { code: 'MR3006', retryable: false, fault: 'environment' }));
    let told = false;
    writer.enqueue({ run: () => {}, done: () => (told = true) });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(stopped).toMatchObject([{ code: 'MR3006' }]);
    writer.enqueue({ run: () => {}, done: () => (told = true) });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(told).toBe(false);
  });
});
