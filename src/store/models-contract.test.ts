import { describe, expect, it } from 'vitest';
import { stores } from './fixtures/rows.ts';
import type { AnswerRow, ReservationRow, UsageRow } from './model-rows.ts';

const used = (id: string, more: Partial<UsageRow> = {}): UsageRow => ({
  id,
  at: Date.parse('2026-11-21T10:00:00Z'),
  provider: 'p',
  model: 'm',
  task: 't',
  agent: null,
  run: 'a',
  step: 'x',
  input: 100,
  output: 10,
  cacheRead: 5,
  cacheWrite: 1,
  estimated: false,
  micros: 50,
  currency: 'USD',
  ...more,
});
const held = (id: string, more: Partial<ReservationRow> = {}): ReservationRow => ({
  id,
  accounts: '["total"]',
  micros: 7,
  currency: 'USD',
  at: 1,
  holder: 'h',
  ...more,
});
const answer = (key: string, more: Partial<AnswerRow> = {}): AnswerRow => ({
  key,
  provider: 'p',
  model: 'm',
  operation: null,
  answer: '{}',
  stored: 1,
  expires: 10,
  ...more,
});

describe.each(Object.entries(stores))('budgets, usage, answers and notes: %s', (_name, open) => {
  it('keeps accounts and what is set aside, and takes back what a transaction that throws has changed', () => {
    const store = open();
    const { budgets } = store.tables;
    store.transaction((tx) => {
      tx.budgets.put({ account: 'total', currency: 'USD', spent: 1, reserved: 2 });
      tx.budgets.put({ account: 'total', currency: 'USD', spent: 3, reserved: 9_000_000_000_000 });
      tx.budgets.put({ account: 'run a', currency: 'USD', spent: 0, reserved: 0 });
      tx.budgets.reserve(held('b', { at: 2 }));
      tx.budgets.reserve(held('c'));
      tx.budgets.reserve(held('a', { at: 2, holder: 'g' }));
    });
    expect(budgets.accounts().map(({ account, spent, reserved }) => [account, spent, reserved])).toEqual([
      ['run a', 0, 0],
      ['total', 3, 9_000_000_000_000],
    ]);
    expect(budgets.reservations().map(({ id }) => id)).toEqual(['c', 'a', 'b']);
    expect(() =>
      store.transaction((tx) => {
        tx.budgets.remove('run a');
        tx.budgets.release('a');
        expect(tx.budgets.reservation('a')).toBeUndefined();
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(budgets.reservation('a')).toEqual(held('a', { at: 2, holder: 'g' }));
    expect(budgets.account('run a')).toEqual({ account: 'run a', currency: 'USD', spent: 0, reserved: 0 });
    store.transaction((tx) => {
      tx.budgets.remove('run a');
      tx.budgets.release('a');
      tx.budgets.release('a');
    });
    expect([budgets.account('run a'), budgets.reservations().length]).toEqual([undefined, 2]);
    store.close();
  });

  it('adds a call once, and adds calls up', () => {
    const store = open();
    const { usage } = store.tables;
    const later = Date.parse('2026-11-22T00:00:00Z');
    const added = store.transaction((tx) => [
      tx.usage.add(used('1')),
      tx.usage.add(used('1', { input: 7 })),
      tx.usage.add(used('2', { step: 'y', agent: 'writer', estimated: true })),
      tx.usage.add(used('3', { at: later, micros: null, currency: null, task: 'u', model: 'n', run: 'b' })),
      tx.usage.add(used('4', { micros: 3, currency: 'EUR', run: null, step: null, task: null, at: 0 })),
    ]);
    expect(added).toEqual([true, false, true, true, true]);
    expect(usage.of('a')).toEqual([used('1'), used('2', { step: 'y', agent: 'writer', estimated: true })]);
    const sums = (...of: Parameters<typeof usage.sums>) =>
      usage.sums(...of).map(({ name, currency, calls, input, micros }) => [name, currency, calls, input, micros]);
    expect(sums(undefined)).toEqual([
      [null, null, 1, 100, 0],
      [null, 'EUR', 1, 100, 3],
      [null, 'USD', 2, 200, 100],
    ]);
    expect(sums('task')).toEqual([
      [null, 'EUR', 1, 100, 3],
      ['t', 'USD', 2, 200, 100],
      ['u', null, 1, 100, 0],
    ]);
    expect(sums('day')).toEqual([
      ['1970-01-01', 'EUR', 1, 100, 3],
      ['2026-11-21', 'USD', 2, 200, 100],
      ['2026-11-22', null, 1, 100, 0],
    ]);
    expect(sums('step', { run: 'a' })).toEqual([
      ['x', 'USD', 1, 100, 50],
      ['y', 'USD', 1, 100, 50],
    ]);
    expect(sums('agent', { run: 'a' }).map(([name]) => name)).toEqual([null, 'writer']);
    expect(sums('run', { since: 1, until: later })).toEqual([['a', 'USD', 2, 200, 100]]);
    expect(sums('model', { task: 'u' })).toEqual([['n', null, 1, 100, 0]]);
    expect(sums('provider', { since: later + 1 })).toEqual([]);
    expect(usage.sums(undefined, { run: 'b' })[0]).toMatchObject({ output: 10, cacheRead: 5, cacheWrite: 1 });
    store.transaction((tx) => tx.usage.removeAll('a'));
    expect([usage.of('a').length, usage.of('b').length]).toEqual([0, 1]);
    store.close();
  });

  it('keeps answers until they expire or are not wanted any more', () => {
    const store = open();
    const { answers } = store.tables;
    store.transaction((tx) => {
      tx.answers.put(answer('k', { answer: '1' }));
      tx.answers.put(answer('k', { answer: '2', operation: 'o' }));
      tx.answers.put(answer('l', { model: 'n', expires: 11 }));
      tx.answers.put(answer('m', { expires: 11 }));
    });
    expect(answers.get('k')).toEqual(answer('k', { answer: '2', operation: 'o' }));
    const removed = store.transaction((tx) => [
      tx.answers.remove({ model: 'n', provider: 'q' }),
      tx.answers.remove({ model: 'n', provider: 'p' }),
      tx.answers.remove({ operation: 'other' }),
      tx.answers.expire(9),
      tx.answers.expire(10),
      tx.answers.remove({}),
    ]);
    expect(removed).toEqual([0, 1, 0, 0, 1, 1]);
    expect(answers.get('m')).toBeUndefined();
    store.close();
  });

  it('numbers notes by run, task and declaration', () => {
    const store = open();
    const { notes } = store.tables;
    const note = { run: 'a', task: 't', spec: 's', value: '"v"' };
    const numbers = store.transaction((tx) => [
      tx.notes.add(note),
      tx.notes.add({ ...note, spec: 'r' }),
      tx.notes.add({ ...note, value: '2' }),
      tx.notes.add({ ...note, run: 'b' }),
    ]);
    expect(numbers).toEqual([1, 1, 2, 1]);
    expect(notes.of('a', 't', 's')).toEqual([
      { ...note, number: 1 },
      { ...note, value: '2', number: 2 },
    ]);
    store.transaction((tx) => tx.notes.removeAll('a'));
    expect([notes.of('a', 't', 's'), notes.of('b', 't', 's').length]).toEqual([[], 1]);
    store.close();
  });
});
