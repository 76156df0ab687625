import { describe, expect, it } from 'vitest';
import { ModelError } from '../errors.ts';
import { formatMoney, money, parseMoney } from '../money/money.ts';
import { Budget } from './budget.ts';
import type { BudgetLimit } from './limits.ts';
import { memoryBudgetStore } from './store.ts';

const code = (code: string) => expect.objectContaining({ code });
const dollars = (text: string) => parseMoney(`${text} USD`);
const call = (id: string, more = {}) => ({ id, provider: 'p', model: 'm', run: 'r', task: 't', ...more });
const clockAt = (start: string) => {
  let now = Date.parse(start);
  return { now: () => now, at: () => () => {}, go: (ms: number) => (now += ms) };
};
const open = (...limits: readonly BudgetLimit[]) => new Budget({ limits, clock: clockAt('2026-11-21T10:00:00Z') });
const spent = async (budget: Budget) =>
  (await budget.state()).map(({ account, spent, reserved }) => [account, formatMoney(spent), formatMoney(reserved)]);

describe('a budget', () => {
  it('sets aside the most that a call may cost, and books what it did cost', async () => {
    const budget = open({ scope: 'run', limit: '1.00 USD' });
    const first = await budget.reserve(call('1'), dollars('0.60'));
    await expect(budget.reserve(call('2'), dollars('0.41'))).rejects.toThrow(code('MR4080'));
    expect(await first.settle(dollars('0.10'))).toEqual({ booked: dollars('0.10') });
    await (await budget.reserve(call('2'), dollars('0.90'))).settle(dollars('0.90'));
    expect(await spent(budget)).toEqual([['run r', '1.00 USD', '0.00 USD']]);
    await expect(budget.reserve(call('3'), dollars('0.000001'))).rejects.toThrow(code('MR4080'));
  });

  it('is a failure of a model call that says how it stands, and may be retried only where others may give something back', async () => {
    const budget = open({ scope: 'run', limit: '1.00 USD' });
    await budget.reserve(call('1'), dollars('0.75'));
    const error = await budget.reserve(call('2'), dollars('0.30')).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({ kind: 'budget', retryable: true, provider: 'p', model: 'm', mayHaveCost: false });
    expect(error).toMatchObject({ retryAfterMs: 1_000 });
    const never = await budget.reserve(call('2'), dollars('1.01')).catch((error: unknown) => error);
    expect(never).toMatchObject({ code: 'MR4080', retryable: false, retryAfterMs: undefined });
    expect(String(error)).toMatch(/0\.30 USD.*run r.*1\.00 USD.*0\.00 USD are spent and 0\.75 USD reserved/);
  });

  it('gives back all of what a call reserved that has cost nothing', async () => {
    const budget = open({ scope: 'run', limit: '1.00 USD' });
    await (await budget.reserve(call('1'), dollars('1.00'))).release();
    await budget.reserve(call('2'), dollars('1.00'));
    expect(await spent(budget)).toEqual([['run r', '0.00 USD', '1.00 USD']]);
  });

  it('books all of what was reserved when nobody knows what a call has cost', async () => {
    const budget = open({ scope: 'run', limit: '1.00 USD' });
    const reservation = await budget.reserve(call('1'), dollars('0.80'));
    expect(await reservation.settle(undefined)).toEqual({ booked: dollars('0.80') });
    expect(await spent(budget)).toEqual([['run r', '0.80 USD', '0.00 USD']]);
  });

  it('records an overrun, stops what is under way, and lets nothing more through', async () => {
    const budget = open({ scope: 'run', limit: '1.00 USD' });
    const first = await budget.reserve(call('1'), dollars('0.50'));
    const second = await budget.reserve(call('2'), dollars('0.50'));
    const elsewhere = await budget.reserve(call('3', { run: 'other' }), dollars('0.50'));
    const { booked, overrun } = await first.settle(dollars('1.20'));
    expect(booked).toEqual(dollars('1.20'));
    expect(overrun).toEqual(code('MR4081'));
    expect(second.signal.aborted).toBe(true);
    expect(second.signal.reason).toBe(overrun);
    expect(elsewhere.signal.aborted).toBe(false);
    await second.release();
    // Also what is free: everything stops.
    await expect(budget.reserve(call('4'), dollars('0'))).rejects.toThrow(code('MR4081'));
    await elsewhere.settle(dollars('0.10'));
    expect(await spent(budget)).toEqual([
      ['run other', '0.10 USD', '0.00 USD'],
      ['run r', '1.20 USD', '0.00 USD'],
    ]);
  });

  it('of zero lets through what is free, and nothing else', async () => {
    const budget = open({ scope: 'total', limit: '0 USD' });
    await expect(budget.reserve(call('1'), money(1, 'USD'))).rejects.toThrow(code('MR4080'));
    await (await budget.reserve(call('1'), dollars('0'))).settle(dollars('0'));
  });

  it('fails closed where the price is not known, and only there', async () => {
    await expect(open({ scope: 'day', limit: '9 USD' }).reserve(call('1'), undefined)).rejects.toThrow(code('MR4082'));
    const other = open({ scope: 'model', of: 'another', limit: '9 USD' });
    const reservation = await other.reserve(call('1'), undefined);
    expect(reservation.amount).toBeUndefined();
    expect(await reservation.settle(undefined)).toEqual({});
    expect(await other.state()).toEqual([]);
  });

  it('does not mix currencies', async () => {
    const budget = open({ scope: 'run', limit: '1 USD' });
    await expect(budget.reserve(call('1'), parseMoney('0.10 EUR'))).rejects.toThrow(code('MR4071'));
    const reservation = await budget.reserve(call('1'), dollars('0.10'));
    await expect(reservation.settle(parseMoney('0.10 EUR'))).rejects.toThrow(code('MR4071'));
    expect(() => open({ scope: 'run', limit: '1 USD' }, { scope: 'day', limit: '1 EUR' })).toThrow(code('MR4071'));
  });

  it('ends once', async () => {
    const budget = open({ scope: 'run', limit: '1 USD' });
    const reservation = await budget.reserve(call('1'), dollars('0.10'));
    await expect(budget.reserve(call('1'), dollars('0.10'))).rejects.toThrow(code('MR4084'));
    await reservation.settle(dollars('0.10'));
    await expect(reservation.settle(dollars('0.10'))).rejects.toThrow(code('MR4084'));
    await expect(reservation.release()).rejects.toThrow(code('MR4084'));
    expect(await spent(budget)).toEqual([['run r', '0.10 USD', '0.00 USD']]);
  });

  it('knows after a crash which calls were under way, and books them', async () => {
    const store = memoryBudgetStore();
    const limits: readonly BudgetLimit[] = [{ scope: 'total', limit: '1 USD' }];
    await new Budget({ limits, store }).reserve(call('lost'), dollars('0.40'));
    const after = new Budget({ limits, store });
    expect(await after.open()).toEqual(['lost']);
    await after.settleAbandoned('lost');
    expect(await spent(after)).toEqual([['total', '0.40 USD', '0.00 USD']]);
    expect(await after.open()).toEqual([]);
  });
});

describe('scopes', () => {
  it('hold together: a call has to fit all of them, and where one is full, none is touched', async () => {
    const budget = open(
      { scope: 'run', limit: '1 USD' },
      { scope: 'task', limit: '0.50 USD' },
      { scope: 'model', of: 'dear', limit: '0.20 USD' },
      { scope: 'total', limit: '1.20 USD' },
    );
    await budget.reserve(call('1', { task: 'a' }), dollars('0.50'));
    await expect(budget.reserve(call('2', { task: 'a' }), dollars('0.10'))).rejects.toThrow(/of task a/);
    await expect(budget.reserve(call('2', { task: 'b', model: 'dear' }), dollars('0.30'))).rejects.toThrow(
      /model dear/,
    );
    await budget.reserve(call('2', { task: 'b' }), dollars('0.50'));
    await expect(budget.reserve(call('3', { task: 'c' }), dollars('0.10'))).rejects.toThrow(/of run r/);
    await expect(budget.reserve(call('3', { task: 'c', run: 's' }), dollars('0.30'))).rejects.toThrow(/of total/);
    expect((await spent(budget)).map(([account]) => account)).toEqual(['run r', 'task a', 'task b', 'total']);
  });

  it('begin anew each day, and a call counts towards the day on which it began', async () => {
    const clock = clockAt('2026-11-21T23:59:59Z');
    const budget = new Budget({ limits: [{ scope: 'day', limit: '1 USD' }], clock });
    const late = await budget.reserve(call('1'), dollars('1'));
    clock.go(2_000);
    await budget.reserve(call('2'), dollars('0.70'));
    await late.settle(dollars('0.90'));
    expect(await spent(budget)).toEqual([
      ['day 2026-11-21', '0.90 USD', '0.00 USD'],
      ['day 2026-11-22', '0.00 USD', '0.70 USD'],
    ]);
  });

  it('take the tighter of two limits for one name', async () => {
    const budget = open({ scope: 'run', limit: '1 USD' }, { scope: 'run', of: 'r', limit: '0.10 USD' });
    await expect(budget.reserve(call('1'), dollars('0.20'))).rejects.toThrow(code('MR4080'));
    await budget.reserve(call('1', { run: 'q' }), dollars('0.20'));
  });

  it('hold for calls without a run or task, together', async () => {
    const budget = open({ scope: 'run', limit: '1 USD' });
    await budget.reserve({ id: '1', provider: 'p', model: 'm' }, dollars('0.60'));
    await expect(budget.reserve({ id: '2', provider: 'p', model: 'm' }, dollars('0.60'))).rejects.toThrow(
      code('MR4080'),
    );
  });

  it.each<[string, readonly BudgetLimit[], string]>([
    ['less than nothing', [{ scope: 'run', limit: '-1 USD' }], 'MR4083'],
    [
      'two of one name',
      [
        { scope: 'run', limit: '1 USD' },
        { scope: 'run', limit: '2 USD' },
      ],
      'MR4083',
    ],
    ['a part of everything', [{ scope: 'total', of: 'x', limit: '1 USD' }], 'MR4083'],
    ['no amount', [{ scope: 'run', limit: 'lots' }], 'MR4070'],
    ['a number', [{ scope: 'run', limit: 5 as never }], 'MR4083'],
    ['of a scope that is none', [{ scope: 'week' as never, limit: '5 USD' }], 'MR4083'],
    ['misspelt', [{ scope: 'run', limit: '5 USD', off: 'r' } as never], 'MR4083'],
    ['no list', { scope: 'run' } as never, 'MR4083'],
    ['a part of a millionth', [{ scope: 'run', limit: { micros: 0.5, currency: 'USD' } }], 'MR4083'],
  ])('cannot be %s', (_what, limits, expected) => {
    expect(() => new Budget({ limits })).toThrow(code(expected));
  });
});

it('nothing of a transaction stays in which something was thrown', () => {
  const store = memoryBudgetStore();
  const account = { currency: 'USD', spent: 1, reserved: 0 };
  expect(() =>
    store.transact((books) => {
      books.putAccount('total', account);
      expect(books.account('total')).toEqual(account);
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(store.transact((books) => books.accounts())).toEqual([]);
});
