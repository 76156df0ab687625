import { describe, expect, it } from 'vitest';
import { event, instance, line, run, stores } from './fixtures/rows.ts';

describe.each(Object.entries(stores))('the store contract: %s', (_name, open) => {
  it('writes nothing of a transaction that throws, and only drops the savepoint that throws', () => {
    const store = open();
    expect(() =>
      store.transaction((tx) => {
        tx.runs.insert(run('a'));
        tx.meta.set('x', '1');
        tx.events.append(event('e1'));
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(store.tables.runs.get('a')).toBeUndefined();
    expect(store.tables.meta.get('x')).toBeUndefined();
    expect(store.tables.events.last()).toBe(0);
    store.transaction((tx) => {
      tx.runs.insert(run('a'));
      tx.savepoint(() => tx.runs.insert(run('b')));
      expect(() =>
        tx.savepoint(() => {
          tx.runs.status('a', 'waiting', 5);
          tx.savepoint(() => tx.runs.insert(run('c')));
          tx.timers.put({ key: 'k', due: 1, kind: 'sleep', target: 'a', part: 'p', name: null, data: null });
          throw new Error('inner');
        }),
      ).toThrow('inner');
    });
    expect(store.tables.runs.ids(['running'])).toEqual(['a', 'b']);
    expect(store.tables.timers.count()).toBe(0);
    store.close();
  });

  it('refuses a second row of the same key, and the rest of the transaction with it', () => {
    const store = open();
    store.transaction((tx) => tx.runs.insert(run('a')));
    expect(() =>
      store.transaction((tx) => {
        tx.runs.insert(run('b'));
        tx.runs.insert(run('a'));
      }),
    ).toThrow(expect.objectContaining({ code: 'MR3012' }));
    expect(store.tables.runs.get('b')).toBeUndefined();
    store.transaction((tx) => tx.journal.append(line(1)));
    expect(() => store.transaction((tx) => tx.journal.append(line(1)))).toThrow(
      expect.objectContaining({ code: 'MR3012' }),
    );
    store.close();
  });

  it('keeps runs', () => {
    const store = open();
    const row = run('a', { parent: 'p', parentPath: 'x/y', metadata: '{}', registered: true, created: 3 });
    store.transaction((tx) => {
      tx.runs.insert(row);
      tx.runs.insert(run('b', { machine: 'm', instance: 'i', ref: 'job', status: 'waiting', target: 'g', created: 2 }));
      tx.runs.insert(run('c', { status: 'pending' }));
    });
    const { runs } = store.tables;
    expect(runs.get('a')).toEqual(row);
    expect(runs.list({}).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(runs.list({ limit: 1, offset: 1 }).map(({ id }) => id)).toEqual(['b']);
    expect(runs.list({ status: ['waiting', 'pending'] }).map(({ id }) => id)).toEqual(['b', 'c']);
    expect(runs.list({ status: [] })).toEqual([]);
    expect(runs.list({ target: 'g' }).map(({ id }) => id)).toEqual(['b']);
    expect(runs.list({ parent: 'p' }).map(({ id }) => id)).toEqual(['a']);
    expect(runs.list({ machine: 'm', instance: 'i' }).map(({ id }) => id)).toEqual(['b']);
    expect(runs.ids(['running', 'pending'])).toEqual(['c', 'a']);
    expect(runs.linked('m', 'i', 'job')?.id).toBe('b');
    expect(runs.working('m', 'i').map(({ id }) => id)).toEqual(['b']);
    store.transaction((tx) => {
      tx.runs.unlink('b');
      tx.runs.end('a', { status: 'completed', output: '1', error: null, errors: '[]' }, 9);
      tx.runs.block('c', '{"message":"x"}', 8);
      // What has ended has no other status any more.
      tx.runs.status('a', 'running', 10);
      tx.runs.block('a', '{"message":"x"}', 10);
    });
    expect(runs.linked('m', 'i', 'job')).toBeUndefined();
    expect(runs.working('m', 'i')).toEqual([]);
    expect(runs.get('a')).toEqual({ ...row, status: 'completed', output: '1', errors: '[]', updated: 9, ended: 9 });
    expect(runs.get('c')).toMatchObject({ status: 'blocked', error: '{"message":"x"}', updated: 8, ended: null });
    expect(runs.count()).toEqual({ completed: 1, blocked: 1, waiting: 1 });
    expect(runs.hasAlive('1.0.0')).toBe(false);
    store.transaction((tx) => {
      tx.runs.put(run('b', { target: 'h', version: '1.0.0', renamed: '[]', status: 'waiting' }));
      tx.runs.put(run('d', { version: '2.0.0', status: 'completed', ended: 1 }));
      tx.runs.insert(run('e', { status: 'waiting' }));
    });
    expect(runs.get('b')).toEqual(run('b', { target: 'h', version: '1.0.0', renamed: '[]', status: 'waiting' }));
    expect([runs.hasAlive('1.0.0'), runs.hasAlive('2.0.0')]).toEqual([true, false]);
    expect(runs.alive('waiting', '', 9).map(({ id }) => id)).toEqual(['b', 'e']);
    expect(runs.alive('waiting', 'b', 9).map(({ id }) => id)).toEqual(['e']);
    expect(runs.alive('waiting', '', 1).map(({ id }) => id)).toEqual(['b']);
    expect(runs.alive('completed', '', 9)).toEqual([]);
    store.close();
  });

  it('keeps journals in order', () => {
    const store = open();
    store.transaction((tx) => {
      tx.journal.append(line(2, { data: '"ü\u0000"' }));
      tx.journal.append(line(1));
      tx.journal.append(line(1, { run: 'other' }));
    });
    expect(store.tables.journal.of('r')).toEqual([line(1), line(2, { data: '"ü\u0000"' })]);
    expect(store.tables.journal.last('r')).toBe(2);
    expect(store.tables.journal.last('nobody')).toBe(0);
    store.transaction((tx) => tx.journal.put(line(1, { path: 'other' })));
    expect(store.tables.journal.of('r').map(({ path }) => path)).toEqual(['other', 's2']);
    store.transaction((tx) => tx.journal.append(line(3)));
    expect(store.tables.journal.paths('r', 2, 3)).toEqual(
      [line(2), line(3)].map(({ seq, kind, path }) => ({ seq, kind, path })),
    );
    expect(store.tables.journal.paths('r', 1, 2).map(({ seq }) => seq)).toEqual([1, 2]);
    store.transaction((tx) => tx.journal.drop('r', [1, 3, 7]));
    expect(store.tables.journal.of('r').map(({ seq }) => seq)).toEqual([2]);
    store.close();
  });

  it('keeps timers and waits', () => {
    const store = open();
    const timer = (key: string, due: number, target = 'r', part = key) => ({
      key,
      due,
      kind: 'sleep' as const,
      target,
      part,
      name: null,
      data: null,
    });
    store.transaction((tx) => {
      for (const row of [timer('a', 30), timer('b', 10), timer('c', 20, 'q'), timer('d', 10)]) tx.timers.put(row);
      tx.timers.put(timer('a', 5));
    });
    const { timers, waits } = store.tables;
    expect(timers.next()).toBe(5);
    expect(timers.due(10, 9).map(({ key }) => key)).toEqual(['a', 'b', 'd']);
    expect(timers.due(10, 2).map(({ key }) => key)).toEqual(['a', 'b']);
    expect(timers.get('c')).toEqual(timer('c', 20, 'q'));
    store.transaction((tx) => tx.timers.removeAll('r', 'b'));
    expect(timers.count()).toBe(3);
    store.transaction((tx) => {
      tx.timers.removeAll('r');
      tx.timers.remove('nothing');
    });
    expect(timers.next()).toBe(20);
    const named = (key: string, name: string, due = 30) => ({
      ...timer(key, due, 'machine m', 'i'),
      kind: 'machine' as const,
      name,
    });
    const parked = { ...named('p', 'x', 8_640_000_000_000_000), kind: 'parked' as const };
    store.transaction((tx) => {
      for (const row of [named('n2', 'x'), named('n1', 'x'), named('n3', 'y', 25), parked]) tx.timers.put(row);
      tx.timers.put({ ...named('n4', 'x'), part: 'other' });
    });
    expect(timers.of('machine m', 'i').map(({ key }) => key)).toEqual(['n3', 'n1', 'n2', 'p']);
    expect(timers.of('machine m').map(({ key }) => key)).toEqual(['n3', 'n1', 'n2', 'n4', 'p']);
    expect([9, 3, 0].map((limit) => timers.upTo(limit, 'machine m', 'i'))).toEqual([4, 3, 0]);
    expect(timers.parked(9)).toEqual([parked]);
    expect(timers.due(Number.MAX_SAFE_INTEGER, 9).map(({ key }) => key)).toEqual(['c', 'n3', 'n1', 'n2', 'n4']);
    store.transaction((tx) => tx.timers.removeNamed('machine m', 'i', 'x'));
    expect(timers.of('machine m', 'i').map(({ key }) => key)).toEqual(['n3']);
    store.transaction((tx) => {
      tx.timers.removeAll('machine m');
      tx.timers.removeAll('q');
      tx.timers.put(parked);
    });
    expect(timers.next()).toBeUndefined();

    const wait = (id: string, key: string, created = 1) => ({ run: id, path: 'p', event: 'e', key, created });
    store.transaction((tx) => {
      for (const row of [wait('b', 'k', 2), wait('a', 'k', 2), wait('c', 'k', 1), wait('d', 'other')])
        tx.waits.insert(row);
    });
    expect(waits.matching('e', 'k').map((row) => row.run)).toEqual(['c', 'a', 'b']);
    expect(waits.get('d', 'p')).toEqual(wait('d', 'other'));
    store.transaction((tx) => {
      tx.waits.remove('a', 'p');
      tx.waits.removeAll('b');
    });
    expect(waits.matching('e', 'k').map((row) => row.run)).toEqual(['c']);
    expect(waits.of('c')).toHaveLength(1);
    store.close();
  });

  it('keeps events, finds the oldest that fits, and remembers who consumed it', () => {
    const store = open();
    const seqs = store.transaction((tx) => [
      tx.events.append(event('e1')),
      tx.events.append(event('e2', { expires: 5 })),
      tx.events.append(event('e3', { name: 'other', payload: null })),
    ]);
    expect(seqs).toEqual([1, 2, 3]);
    const { events } = store.tables;
    expect(events.get('e3')).toEqual({ ...event('e3', { name: 'other', payload: null }), seq: 3, result: null });
    expect(events.after(1, 1).map(({ id }) => id)).toEqual(['e2']);
    expect(events.named('e').map(({ id }) => id)).toEqual(['e1', 'e2']);
    expect(events.list({}).map(({ id }) => id)).toEqual(['e3', 'e2', 'e1']);
    expect(events.list({ name: 'e', limit: 1 }).map(({ id }) => id)).toEqual(['e2']);
    store.transaction((tx) => {
      for (const seq of [2, 1, 1]) tx.events.index('e', 'k', seq);
      tx.events.result(1, '{}');
    });
    expect(events.get('e1')?.result).toBe('{}');
    expect(events.oldest('e', 'k', 0, 1, 'r')?.id).toBe('e1');
    expect(events.oldest('e', 'k', 1, 1, 'r')?.id).toBe('e2');
    expect(events.oldest('e', 'k', 1, 5, 'r')).toBeUndefined();
    store.transaction((tx) => tx.events.consume('r', 1));
    expect(events.consumed('r', 1)).toBe(true);
    expect(events.oldest('e', 'k', 0, 1, 'r')?.id).toBe('e2');
    expect(events.oldest('e', 'k', 0, 1, 'q')?.id).toBe('e1');
    store.transaction((tx) => tx.events.consume('r', 2));
    expect(events.consumedBy('r')).toEqual([1, 2]);
    expect(events.consumedBy('q')).toEqual([]);
    store.transaction((tx) => tx.events.release('r', 2));
    expect(events.consumedBy('r')).toEqual([1]);
    expect(() => store.transaction((tx) => tx.events.append(event('e1')))).toThrow(
      expect.objectContaining({ code: 'MR3012' }),
    );
    expect(store.transaction((tx) => tx.events.append(event('e4')))).toBe(4);
    expect(events.namedAfter('e', 1, 1).map(({ id }) => id)).toEqual(['e2']);
    expect(events.namedAfter('e', 2, 9).map(({ id }) => id)).toEqual(['e4']);
    store.transaction((tx) => {
      tx.events.unindex('other');
      tx.events.change(2, 'new', '{"a":1}');
    });
    expect(events.oldest('e', 'k', 0, 1, 'q')?.id).toBe('e1');
    expect(events.named('new')).toMatchObject([{ seq: 2, payload: '{"a":1}' }]);
    store.transaction((tx) => tx.events.unindex('e'));
    expect(events.oldest('e', 'k', 0, 1, 'q')).toBeUndefined();
    store.close();
  });

  it('keeps instances and their history', () => {
    const store = open();
    const history = (seq: number) => ({
      machine: 'm',
      instance: 'a',
      seq,
      at: seq,
      event: 'e',
      payload: null,
      before: null,
      after: '["x"]',
      context: '{}',
      errors: seq === 2 ? '[]' : null,
      kind: seq === 3 ? ('rollback' as const) : ('event' as const),
      more: seq === 3 ? '{"status":"done"}' : null,
      armed: null,
      took: seq === 1 ? 0.125 : null,
    });
    store.transaction((tx) => {
      tx.instances.put(instance('a'));
      tx.instances.put(
        instance('b', {
          updated: 2,
          parentMachine: 'm',
          parentInstance: 'a',
          parentRef: 'kid',
          snapshot: '{"state":["x"]}',
        }),
      );
      tx.instances.put(instance('a', { status: 'done', updated: 3, seq: 3, snapshot: '{"state":["x","y"]}' }));
      tx.instances.put(
        instance('c', {
          parentMachine: 'm',
          parentInstance: 'a',
          snapshot: '{"state":["y"]}',
          input: '{"n":1}',
          armed: true,
        }),
      );
      for (const seq of [1, 2, 3]) tx.instances.append(history(seq));
    });
    const { instances } = store.tables;
    expect(instances.get('m', 'a')).toEqual(
      instance('a', { status: 'done', updated: 3, seq: 3, snapshot: '{"state":["x","y"]}' }),
    );
    expect(instances.get('m', 'c')).toMatchObject({ input: '{"n":1}', armed: true });
    expect(instances.list({}).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(instances.list({ status: 'active', machine: 'm' }).map(({ id }) => id)).toEqual(['b', 'c']);
    expect(instances.after('m', 'a', 9).map(({ id }) => id)).toEqual(['b', 'c']);
    expect(instances.after('m', '', 1).map(({ id }) => id)).toEqual(['a']);
    expect(instances.list({ id: 'b' }).map(({ id }) => id)).toEqual(['b']);
    expect(instances.list({ state: 'y' }).map(({ id }) => id)).toEqual(['a', 'c']);
    expect(instances.list({ state: 'y', limit: 1, offset: 1 }).map(({ id }) => id)).toEqual(['c']);
    expect(instances.children('m', 'a').map(({ id }) => id)).toEqual(['b']);
    expect(instances.child('m', 'a', 'kid')?.id).toBe('b');
    expect(instances.standing('m', 'h')).toEqual([]);
    expect(instances.standing('m', 'g')).toEqual([
      { state: '["x"]', count: 1, example: 'b' },
      { state: '["y"]', count: 1, example: 'c' },
    ]);
    expect(instances.history('m', 'a', { limit: 2 }).map(({ seq }) => seq)).toEqual([3, 2]);
    expect(instances.history('m', 'a', { before: 3, limit: 9 })).toEqual([history(2), history(1)]);
    expect(instances.entry('m', 'a', 3)).toEqual(history(3));
    expect(instances.entry('m', 'a', 4)).toBeUndefined();
    expect(instances.oldest('m', 'a')).toEqual({ seq: 1, at: 1 });
    expect(instances.newest('m', 'a')).toEqual({ seq: 3, at: 3, event: 'e', before: null, after: '["x"]', size: 3 });
    expect(instances.newest('m', 'b')).toBeUndefined();
    const walked = { instance: 'a', after: '["x"]', last: 3, status: 'done', created: 1, updated: 3 };
    expect([...instances.walk('m')]).toEqual([
      { ...walked, seq: 1, at: 1, took: 0.125, failed: false },
      { ...walked, seq: 2, at: 2, took: null, failed: true },
      { ...walked, seq: 3, at: 3, took: null, failed: false },
    ]);
    expect([...instances.walk('m', 'b')]).toEqual([]);
    expect(store.reading(({ instances: read }) => [...read.walk('m', 'a')])).toHaveLength(3);
    store.transaction((tx) => tx.instances.expire('m', 'a', 2, 2));
    expect(instances.oldest('m', 'a')).toEqual({ seq: 2, at: 2 });
    store.transaction((tx) => tx.instances.expire('m', 'a', 2, 99));
    expect(instances.history('m', 'a', {})).toEqual([history(3)]);
    store.transaction((tx) => tx.instances.trim('m', 'a', 3));
    expect(instances.newest('m', 'a')).toBeUndefined();
    store.transaction((tx) => {
      tx.instances.append(history(9));
      tx.instances.remove('m', 'a');
    });
    expect(instances.get('m', 'a')).toBeUndefined();
    expect(instances.history('m', 'a', {})).toEqual([]);
    expect(instances.list({})).toHaveLength(2);
    expect(instances.oldest('m', 'a')).toBeUndefined();
    store.close();
  });

  it('keeps the owner, the inbox, keys and named values', () => {
    const store = open();
    expect(store.tables.owner.get()).toBeUndefined();
    expect(store.tables.owner.epoch()).toBe(0);
    const owner = { owner: 'o', epoch: 3, pid: 1, host: 'h', started: 's', beat: 1 };
    const ids = store.transaction((tx) => {
      tx.owner.put({ ...owner, epoch: 1 });
      tx.owner.put(owner);
      tx.idempotency.put({ scope: 'send', key: 'k', request: 'r', result: '{}', at: 1 });
      tx.meta.set('a', '1');
      tx.meta.set('a', '2');
      return [
        tx.inbox.insert({ kind: 'send', request: '{}', at: 1 }),
        tx.inbox.insert({ kind: 'start', request: '{}', at: 2 }),
      ];
    });
    expect(store.tables.owner.get()).toEqual(owner);
    store.transaction((tx) => {
      tx.owner.release();
      tx.inbox.answer(ids[0] ?? 0, '{"ok":1}');
    });
    expect(store.tables.owner.get()).toBeUndefined();
    expect(store.tables.owner.epoch()).toBe(3);
    expect(store.tables.inbox.pending().map(({ kind }) => kind)).toEqual(['start']);
    expect(store.tables.inbox.get(ids[0] ?? 0)?.answer).toBe('{"ok":1}');
    expect(store.tables.idempotency.get('send', 'k')).toMatchObject({ request: 'r' });
    expect(store.tables.idempotency.get('start', 'k')).toBeUndefined();
    expect(() =>
      store.transaction((tx) => tx.idempotency.put({ scope: 'send', key: 'k', request: 'x', result: '', at: 2 })),
    ).toThrow(expect.objectContaining({ code: 'MR3012' }));
    expect(store.tables.meta.get('a')).toBe('2');
    store.close();
    expect(() => store.transaction(() => {})).toThrow(expect.objectContaining({ code: 'MR3010' }));
  });
});
