import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Budget, parseMoney } from 'millrace/llm';
import { bind } from '../../runtime/fixtures/bind.ts';
import type { Place } from '../contract.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { placeOf } from '../fixtures/place.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { RestateBudgets } from './budget-store.ts';
import { modelServices } from './index.ts';

const dollars = (amount: string) => parseMoney(`${amount} USD`);
const call = (id: string, run = 'r') => ({ id, provider: 'p', model: 'm', run });

describe.skipIf(!restateIsInstalled())('budgets on Restate', () => {
  let restate: TestRestate;
  let place: Place;
  let systems = 0;
  const open = async (): Promise<void> => {
    place = placeOf({ ...bind({}), name: `test${++systems}` }, restate.ingress);
    await restate.serve(modelServices(place));
  };
  const budget = (holder: string, limit = '3 USD', leaseMs?: number) => {
    const store = new RestateBudgets(place, holder, leaseMs);
    return { store, budget: new Budget({ limits: [{ scope: 'total', limit }], store }) };
  };
  beforeAll(async () => {
    restate = await startRestate();
  });
  afterAll(() => restate?.close());

  it('hold over processes that know nothing of each other', async () => {
    await open();
    const processes = ['a', 'b', 'c', 'd'].map((holder) => budget(holder).budget);
    const calls = Array.from({ length: 80 }, async (_, n) => {
      const reservation = await (processes[n % 4] as Budget).reserve(call(`${n}`), dollars('0.10'));
      await wait(1);
      await reservation.settle(dollars('0.10'));
    });
    const ended = await Promise.allSettled(calls);
    const spent = ended.filter(({ status }) => status === 'fulfilled').length;
    expect(ended.flatMap((end) => (end.status === 'rejected' ? [(end.reason as { code: string }).code] : []))).toEqual(
      Array.from({ length: 80 - spent }, () => 'MR4080'),
    );
    const [state] = await (processes[0] as Budget).state();
    expect(state).toMatchObject({ spent: dollars(`${(spent / 10).toFixed(2)}`), reserved: dollars('0') });
    expect(spent).toBeLessThanOrEqual(30);
    expect(spent).toBeGreaterThan(0);
  });

  it('book what a process has set aside that is heard of no more, and nothing of one that is slow', async () => {
    await open();
    const dead = budget('dead', '1 USD', 300);
    const alive = budget('alive', '1 USD', 300);
    await dead.budget.reserve(call('lost'), dollars('0.40'));
    const slow = await alive.budget.reserve(call('slow'), dollars('0.30'));
    dead.store.close();
    await restate.until(
      `select value_utf8 from state where service_name = '${place.names.books}' and key like 'account total%'`,
      ([row]) => String(row?.['value_utf8']).includes('"spent":400000'),
    );
    await wait(500);
    const [state] = await alive.budget.state();
    expect(state).toMatchObject({ spent: dollars('0.40'), reserved: dollars('0.30') });
    expect(await alive.budget.open()).toEqual(['slow']);
    await slow.settle(dollars('0.20'));
    expect((await alive.budget.state())[0]).toMatchObject({ spent: dollars('0.60'), reserved: dollars('0') });
    // A process may begin again after it had nothing set aside for long.
    await wait(700);
    const again = await alive.budget.reserve(call('again'), dollars('0.10'));
    await again.release();
    expect(await alive.budget.open()).toEqual([]);
    alive.store.close();
  });

  it('say that the server is away, and hold again when it is back', async () => {
    await open();
    const { budget: one, store } = budget('a');
    const first = await one.reserve(call('1'), dollars('1'));
    await restate.killServer();
    const settled = first.settle(dollars('0.50'));
    await restate.restartServer();
    await settled;
    expect((await one.state())[0]).toMatchObject({ spent: dollars('0.50'), reserved: dollars('0') });
    store.close();
  });
});
