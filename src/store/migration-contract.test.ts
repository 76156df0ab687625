import { describe, expect, it } from 'vitest';
import { instance, run, stores } from './fixtures/rows.ts';

describe.each(Object.entries(stores))('the store contract, what migrations need: %s', (_name, open) => {
  it('gives instances to another machine, with all that names them', () => {
    const store = open();
    const { instances, runs } = store.tables;
    store.transaction((tx) => {
      tx.instances.put(instance('a', { version: '1.0.0', migrated: 4 }));
      tx.instances.put(instance('b', { parentMachine: 'm', parentInstance: 'a', parentRef: 'kid', status: 'done' }));
      tx.instances.put(instance('a', { machine: 'z', version: '2.0.0', status: 'done' }));
      tx.runs.insert(run('r', { machine: 'm', instance: 'a', ref: 'job' }));
      const entry = { machine: 'm', instance: 'a', at: 1, event: 'e', payload: null, before: null, after: '["x"]' };
      const rest = { context: '{}', errors: null, kind: 'migration', more: null, armed: null, took: null } as const;
      tx.instances.append({ ...entry, ...rest, seq: 1 });
    });
    expect(instances.machines()).toEqual(['m', 'z']);
    expect(['1.0.0', '2.0.0'].map((version) => instances.hasAlive(version))).toEqual([true, false]);
    store.transaction((tx) => tx.instances.rename('m', 'a', 'n'));
    expect(instances.machines()).toEqual(['m', 'n', 'z']);
    expect(instances.get('m', 'a')).toBeUndefined();
    expect(instances.get('n', 'a')).toEqual(instance('a', { machine: 'n', version: '1.0.0', migrated: 4 }));
    expect(instances.history('n', 'a', {})).toMatchObject([{ seq: 1, kind: 'migration' }]);
    expect(instances.children('n', 'a').map(({ id }) => id)).toEqual(['b']);
    expect(runs.linked('n', 'a', 'job')?.id).toBe('r');
    expect(() => store.transaction((tx) => tx.instances.rename('n', 'a', 'z'))).toThrow(
      expect.objectContaining({ code: 'MR3012' }),
    );
    expect(instances.get('n', 'a')?.id).toBe('a');
    store.close();
  });

  it('keeps migrations, and takes back a long transaction as a whole', async () => {
    const store = open();
    const row = (id: string, at: number) => ({ id, system: 's', target: '2.0.0', at, report: '{}' });
    const long = store.longTransaction(async (tx) => {
      tx.migrations.insert(row('a', 1));
      await Promise.resolve();
      tx.migrations.insert(row('b', 2));
      return 'done';
    });
    expect(await long).toBe('done');
    await expect(
      store.longTransaction(async (tx) => {
        tx.migrations.insert(row('c', 3));
        await Promise.resolve();
        tx.savepoint(() => tx.meta.set('x', '1'));
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(store.tables.migrations.list()).toEqual([row('b', 2), row('a', 1)]);
    expect(store.tables.migrations.get('a')).toEqual(row('a', 1));
    expect(store.tables.meta.get('x')).toBeUndefined();
    store.transaction((tx) => tx.meta.set('x', '2'));
    store.close();
    await expect(store.longTransaction(async () => {})).rejects.toMatchObject({ code: 'MR3010' });
  });
});
