import { afterAll, describe, expect, it } from 'vitest';
import {
  AnswerCache,
  Budget,
  memoryAnswerStore,
  memoryBudgetStore,
  memoryNotes,
  memoryUsageStore,
  parseMoney,
  RunMemory,
  type ModelAnswer,
  type ModelPlace,
} from 'millrace/llm';
import { openMemory, openSqlite, type Store } from 'millrace/store';
import { SimulatedClock } from 'millrace/testing';
import { restateIsInstalled } from '../../restate/fixtures/installed.ts';
import { placeOf } from '../../restate/fixtures/place.ts';
import { startRestate, type TestRestate } from '../../restate/fixtures/restate.ts';
import { answerStore as answersOnRestate, noteStore as notesOnRestate } from '../../restate/models/answers.ts';
import { RestateBudgets } from '../../restate/models/budget-store.ts';
import { modelServices } from '../../restate/models/index.ts';
import { usageStore as usageOnRestate } from '../../restate/models/usage.ts';
import { bind } from '../fixtures/bind.ts';
import type { LedgerPlace } from '../ledger/place.ts';
import { answerStore, noteStore } from './answers.ts';
import { budgetStore } from './books.ts';
import { usageStore } from './usage.ts';

const clock = new SimulatedClock();
function on(store: Store): ModelPlace {
  const place: LedgerPlace = { tables: store.tables, clock, write: async (work) => store.transaction(work) };
  return {
    books: budgetStore(place, 'h'),
    usage: usageStore(place),
    answers: answerStore(place),
    notes: noteStore(place),
  };
}
/** What models come with, and what an engine gives them instead: nobody is to see a difference. */
type Kept = Required<Pick<ModelPlace, 'books' | 'usage' | 'answers' | 'notes'>>;
const places: Readonly<Record<string, () => Kept | Promise<Kept>>> = {
  'of models': () => ({
    books: memoryBudgetStore(),
    usage: memoryUsageStore(),
    answers: memoryAnswerStore(),
    notes: memoryNotes(),
  }),
  'in SQLite': () => on(openSqlite(':memory:')) as never,
  'in memory': () => on(openMemory()) as never,
  ...(restateIsInstalled() ? { 'on Restate': onRestate } : {}),
};

let restate: Promise<TestRestate> | undefined;
let systems = 0;
async function onRestate(): Promise<Kept> {
  const server = await (restate ??= startRestate());
  const place = { ...placeOf({ ...bind({}), name: `test${++systems}` }, server.ingress), clock };
  await server.serve(modelServices(place));
  return {
    books: new RestateBudgets(place, 'h'),
    usage: usageOnRestate(place),
    answers: answersOnRestate(place),
    notes: notesOnRestate(place),
  };
}
afterAll(async () => (await restate)?.close());

const dollars = (amount: string) => parseMoney(`${amount} USD`);
const usage = { input: 9, output: 1, cacheRead: 2, cacheWrite: 1, total: 10 };

describe.each(Object.entries(places))('what models keep %s', (_name, open) => {
  it('holds budgets, over several of them and all at once', async () => {
    const { books } = await open();
    const budgets = [1, 2].map(
      () =>
        new Budget({
          limits: [
            { scope: 'run', limit: '1 USD' },
            { scope: 'day', limit: '3 USD' },
          ],
          store: books,
          clock,
        }),
    );
    const call = (n: number) => ({ id: `${n}`, provider: 'p', model: 'm', run: `r${n % 2}` });
    const calls = Array.from({ length: 40 }, async (_, n) => {
      const reservation = await (budgets[n % 2] as Budget).reserve(call(n), dollars('0.30'));
      await reservation.settle(dollars('0.25'));
    });
    const refused = (await Promise.allSettled(calls)).filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(34);
    expect(await (budgets[0] as Budget).open()).toEqual([]);
    const state = await (budgets[1] as Budget).state();
    expect(state.map(({ account, spent, reserved }) => [account.split(' ')[0], spent.micros, reserved.micros])).toEqual(
      [
        ['run', 750_000, 0],
        ['run', 750_000, 0],
        ['day', 1_500_000, 0],
      ],
    );
  });

  it('keeps nothing of a change that throws', async () => {
    const { books } = await open();
    const change = async (): Promise<void> =>
      books.transact((all) => {
        all.putAccount('total', { currency: 'USD', spent: 1, reserved: 0 });
        all.putReservation({ id: 'c', accounts: ['total'], micros: 1, currency: 'USD', at: 1 });
        throw new Error('no');
      });
    await expect(change()).rejects.toThrow('no');
    expect(await books.transact((all) => [all.accounts(), all.reservations()])).toEqual([[], []]);
    await books.transact((all) =>
      all.putReservation({ id: 'c', accounts: ['a', 'b'], micros: 1, currency: 'USD', at: 1 }),
    );
    expect(await books.transact((all) => all.reservation('c'))).toEqual({
      id: 'c',
      accounts: ['a', 'b'],
      micros: 1,
      currency: 'USD',
      at: 1,
    });
  });

  it('adds up what was used', async () => {
    const { usage: used } = await open();
    expect((await used.snapshot()).all).toMatchObject({ calls: 0, cost: [], unpriced: 0 });
    const of = { provider: 'p', model: 'm', usage };
    expect(await used.add({ ...of, id: '1', task: 't', run: 'r', cost: dollars('1') })).toBe(true);
    expect(await used.add({ ...of, id: '1', task: 't', run: 'r', cost: dollars('1') })).toBe(false);
    await used.add({ ...of, id: '2', task: 't', cost: parseMoney('0.50 EUR') });
    await used.add({ ...of, id: '3', model: 'n', run: 'r' });
    const both = [parseMoney('0.50 EUR'), dollars('1')];
    expect(await used.snapshot()).toEqual({
      all: { calls: 3, input: 27, output: 3, cacheRead: 6, cacheWrite: 3, total: 30, cost: both, unpriced: 1 },
      tasks: { t: expect.objectContaining({ calls: 2, cost: both }) },
      models: { m: expect.objectContaining({ calls: 2 }), n: expect.objectContaining({ calls: 1, unpriced: 1 }) },
      runs: { r: expect.objectContaining({ calls: 2, cost: [dollars('1')], unpriced: 1 }) },
    });
  });

  it('gives answers again until they are too old', async () => {
    const { answers } = await open();
    const cache = new AnswerCache({ store: answers, clock, ttl: '1h' });
    const request = { model: 'm', messages: [{ role: 'user', text: 'x' }], maxOutputTokens: 1 } as const;
    const answer: ModelAnswer = { text: 'y', toolCalls: [], usage, finish: 'stop', provider: 'p', model: 'm' };
    const ask = async () =>
      (await cache.ask(request, { provider: 'p', operation: 'o' }, () => Promise.resolve(answer))).from;
    expect([await ask(), await ask()]).toEqual(['model', 'cache']);
    expect(await cache.invalidate({ operation: 'other' })).toBe(0);
    expect(await cache.invalidate({ operation: 'o' })).toBe(1);
    expect([await ask(), await ask()]).toEqual(['model', 'cache']);
    await clock.advance('1h');
    expect([await ask(), await ask()]).toEqual(['model', 'cache']);
  });

  it('remembers by run, task and declaration', async () => {
    const { notes } = await open();
    const memory = new RunMemory({ run: 'r', store: notes });
    await memory.put('t', 's', { a: [1] });
    await memory.put('t', 's', 'two');
    await memory.put('t', 'other', 'three');
    expect(await memory.get('t', 's')).toEqual([{ a: [1] }, 'two']);
    expect(await new RunMemory({ run: 'q', store: notes }).get('t', 's')).toEqual([]);
  });
});

it('answers that are too old leave the database, also when nobody asks for them again', async () => {
  const store = openMemory();
  const { answers } = on(store);
  const answer: ModelAnswer = { text: 'y', toolCalls: [], usage, finish: 'stop', provider: 'p', model: 'm' };
  const now = clock.now();
  const entry = (key: string, expiresAt: number) => ({
    key,
    provider: 'p',
    model: 'm',
    answer,
    storedAt: now,
    expiresAt,
  });
  await answers?.set(entry('old', now + 1));
  await clock.advance(2);
  await on(store).answers?.set(entry('new', now + 1_000_000));
  expect([store.tables.answers.get('old'), store.tables.answers.get('new')?.key]).toEqual([undefined, 'new']);
});
