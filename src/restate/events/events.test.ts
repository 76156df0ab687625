import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyFlow } from '../../runtime/fixtures/bind.ts';
import type { Place, Published } from '../contract.ts';
import { placeOf } from '../fixtures/place.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startRestate, type TestEndpoint, type TestRestate } from '../fixtures/restate.ts';
import { standIns, started, system, type Does } from './fixtures/stand-ins.ts';
import { announceFields, eventServices, sendEvent } from './index.ts';

describe.skipIf(!restateIsInstalled())('events on a server of Restate', () => {
  let restate: TestRestate;
  let endpoint: TestEndpoint;
  let place: Place;
  let count = 0;

  beforeAll(async () => {
    restate = await startRestate();
    place = placeOf(system, restate.ingress);
    endpoint = await restate.serve([...eventServices(place), ...standIns(place)]);
    await announceFields(place.ingress, place);
  }, 60_000);
  afterAll(() => restate.close());

  const send = (name: string, payload?: unknown, idempotencyKey?: string) =>
    sendEvent(place.ingress, place, name, payload, idempotencyKey === undefined ? {} : { idempotencyKey });
  const fresh = (): string => `k${count++}`;
  const begin = async (does: Does): Promise<{ run: string; invocation: string }> => {
    const run = `r${count++}`;
    const invocation = await restate.send(
      `${place.names.flow('waiter')}/run`,
      { run, input: does, at: place.clock.now() },
      run,
    );
    return { run, invocation };
  };
  const end = async (run: string) =>
    (await restate.result(`${place.names.flow('waiter')}/run`, run)).value as (Published | null)[][];
  const numbers = (events: readonly (Published | null)[] | undefined) =>
    events?.map((event) => (event?.payload as { n?: number } | undefined)?.n ?? null);
  const waitsNow = async (event: string, id: string): Promise<number> => {
    const rows = await restate.sql(
      `select value_utf8 as cell from state where service_name = '${place.names.buffers}' and service_key like '${event} %${id}%' and key like 'w%'`,
    );
    return rows.flatMap(({ cell }) => JSON.parse(String(cell)) as unknown[]).filter((waiting) => waiting !== null)
      .length;
  };
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!(await holds())) await delay(20);
  };

  it('keeps an event that comes before the wait, and not one that came before the run', async () => {
    const id = fresh();
    await send('go', { id, n: 0 });
    const { run } = await begin({ times: 1, fields: [['id']], values: { id }, nap: 300 });
    await delay(20);
    expect(await send('go', { id, n: 1 })).toMatchObject({ handled: false, deliveries: [], available: [] });
    expect(numbers((await end(run))[0])).toEqual([1]);
  });

  it('gives an event to each run that waits, once, also where it waits by several fields', async () => {
    const id = fresh();
    const one = await begin({ times: 1, fields: [['id']], values: { id } });
    const other = await begin({ times: 1, fields: [['id', 'kind']], values: { id, kind: 'plain' } });
    const elsewhere = await begin({ times: 1, fields: [['id', 'kind']], values: { id, kind: 'fancy' }, limit: 600 });
    await until(async () => (await waitsNow('go', id)) === 3);
    const told = await send('go', { id, n: 7 });
    expect(told.handled).toBe(true);
    expect(told.deliveries).toEqual([
      { to: 'run', runId: one.run, step: expect.any(String) },
      { to: 'run', runId: other.run, step: expect.any(String) },
    ]);
    expect(numbers((await end(one.run))[0])).toEqual([7]);
    expect(numbers((await end(other.run))[0])).toEqual([7]);
    expect(numbers((await end(elsewhere.run))[0])).toEqual([null]);
    // A run that waits twice gets two events.
    const twice = await begin({ times: 1, fields: [['id'], ['id', 'kind']], values: { id, kind: 'plain' } });
    await until(async () => (await waitsNow('go', id)) === 1);
    await send('go', { id, n: 8 });
    await send('go', { id, n: 9 });
    expect((await end(twice.run)).map((events) => numbers(events))).toEqual([[8], [9]]);
  });

  it('gives 100 events of one key in order', async () => {
    const id = fresh();
    const all = await begin({ times: 100, fields: [['id']], values: { id } });
    const late = await begin({ times: 20, fields: [['id']], values: { id }, nap: 400 });
    await restate.send('test.sender/emit', { from: 0, to: 100, id, at: place.clock.now() });
    const expected = Array.from({ length: 100 }, (_, n) => n);
    expect(numbers((await end(all.run))[0])).toEqual(expected);
    expect(numbers((await end(late.run))[0])).toEqual(expected.slice(0, 20));
  });

  it('publishes once for a key, whatever is in it', async () => {
    for (const text of ['ключ', 'a\nb', '\u{1F600}', 'x'.repeat(20_000), ' ']) {
      const id = fresh();
      const { eventId } = await send('go', { id, n: 1 }, id + text);
      expect((await send('go', { id, n: 1 }, id + text)).eventId).toBe(eventId);
      expect((await send('go', { id, n: 1 }, id)).eventId).not.toBe(eventId);
    }
  });

  it('carries out what is sent under one key once, and refuses what is not sent', async () => {
    const id = fresh();
    const first = await send('go', { id, n: 1 }, `key-${id}`);
    const [again, meanwhile] = await Promise.all([
      send('go', { n: 1, id }, `key-${id}`),
      send('go', { id, n: 1 }, `key-${id}`),
    ]);
    expect(again).toEqual(first);
    expect(meanwhile).toEqual(first);
    await expect(send('go', { id, n: 2 }, `key-${id}`)).rejects.toMatchObject({ code: 'MR3303' });
    await expect(send('lonely', undefined, `key-${id}`)).rejects.toMatchObject({ code: 'MR3303' });
    await expect(send('nobody')).rejects.toMatchObject({ code: 'MR3301' });
    await expect(send('go', { id: 5 })).rejects.toMatchObject({ code: 'MR3302' });
    await expect(send('failed.charge', {})).rejects.toMatchObject({ code: 'MR3570' });
    // Whoever asks the server without us is told the same.
    const raw = place.ingress.call({
      service: place.names.events,
      handler: 'send',
      body: { event: 'go', payload: { id: 5 } },
    });
    await expect(raw).rejects.toMatchObject({ code: 'MR3302' });
    const { run } = await begin({ times: 1, fields: [['id']], values: { id }, limit: 100 });
    expect(numbers((await end(run))[0])).toEqual([null]);
  });

  it('says what machines and flows made of it, and what nobody took', async () => {
    expect(await send('lonely')).toEqual({
      eventId: expect.any(String),
      handled: false,
      deliveries: [],
      available: [],
    });
    const ok = await send('opened', { id: 'a' });
    expect(ok).toMatchObject({ handled: true });
    expect(ok.deliveries).toEqual([
      { to: 'instance', machine: 'door', instanceId: 'a', created: false, handled: true },
      { to: 'flow', flow: 'starter', runId: `starter:${ok.eventId}` },
    ]);
    await until(async () => started.length > 0);
    expect(JSON.parse(started[0] ?? '')).toMatchObject({
      run: `starter:${ok.eventId}`,
      input: { id: 'a' },
      event: ok.eventId,
    });
    expect(await send('opened', { id: '' })).toMatchObject({ deliveries: [{ to: 'flow' }] });
    const shut = await send('opened', { id: 'shut' });
    expect(shut.deliveries[0]).toMatchObject({ handled: false, available: ['knocked'] });
  });

  it('tells that a task has failed to whoever asked for it', async () => {
    await restate.send('test.sender/fail', 'run 5');
    const mourned = () => started.filter((asks) => asks.includes('run 5'));
    await until(async () => mourned().length > 0);
    expect(JSON.parse(mourned()[0] ?? '')).toMatchObject({
      input: { amount: 5, runId: 'run 5', step: 'paid', error: { code: 'MR3100' } },
    });
  });

  it('loses and doubles nothing at the moment of a timeout', async () => {
    const id = fresh();
    const runs = await Promise.all(
      Array.from({ length: 24 }, (_, n) =>
        begin({ times: 3, fields: [['id']], values: { id }, limit: 40 + n * 7, nap: 200 }),
      ),
    );
    await delay(200);
    for (let n = 0; n < 6; n++) {
      await delay(12);
      await send('go', { id, n });
    }
    for (const { run } of runs) {
      const got = numbers((await end(run))[0])?.filter((n) => n !== null) ?? [];
      // From the first on, without a gap: what a wait has missed the next one gets.
      expect(got).toEqual(got.map((_, n) => n));
    }
    expect(await waitsNow('go', id)).toBe(0);
  });

  it('keeps an event for a run that is paused', async () => {
    const id = fresh();
    const { run, invocation } = await begin({ times: 2, fields: [['id']], values: { id } });
    await until(async () => (await waitsNow('go', id)) === 1);
    await restate.order(invocation, 'pause');
    await until(
      async () =>
        (await restate.sql(`select status from sys_invocation where id = '${invocation}'`))[0]?.['status'] === 'paused',
    );
    expect(await send('go', { id, n: 1 })).toMatchObject({ handled: true });
    expect(await send('go', { id, n: 2 })).toMatchObject({ handled: false });
    await restate.order(invocation, 'resume');
    expect(numbers((await end(run))[0])).toEqual([1, 2]);
  });

  it('hands each event out once when the endpoint is lost in the middle of it', async () => {
    const id = fresh();
    const reader = await begin({ times: 40, fields: [['id']], values: { id } });
    const sent = Array.from({ length: 40 }, async (_, n) => {
      await delay(n * 15);
      return send('go', { id, n }, `${id}-${n}`);
    });
    const knocks = Array.from({ length: 20 }, async (_, n) => {
      await delay(n * 30);
      return send('opened', { id });
    });
    for (let n = 0; n < 8; n++) {
      await delay(60);
      await endpoint.cut(20);
    }
    const ids = (await Promise.all(sent)).map(({ eventId }) => eventId);
    const got = (await end(reader.run))[0] ?? [];
    expect(got.map((event) => event?.id).toSorted()).toEqual(ids.toSorted());
    const knocked = (await Promise.all(knocks)).map(({ eventId }) => eventId).toSorted();
    const seen = (await place.ingress.call({
      service: place.names.machine('door'),
      key: id,
      handler: 'seen',
    })) as readonly string[];
    expect(seen.toSorted()).toEqual(knocked);
    await until(async () => new Set(started.filter((asks) => asks.includes(`"${id}"`))).size === 20);
  }, 30_000);

  it('is known to runs that are pinned to a deployment which waits by other fields', async () => {
    const id = fresh();
    const older = placeOf(
      { ...system, flows: { old: anyFlow('old', async () => {}, { waits: [{ event: 'lonely', fields: ['id'] }] }) } },
      restate.ingress,
    );
    await announceFields(older.ingress, older);
    // Another process of the newest deployment.
    const newest = placeOf(system, restate.ingress);
    await restate.serve([...eventServices(newest), ...standIns(newest)]);
    const { run } = await begin({ times: 1, fields: [['id']], values: { id }, event: 'lonely' });
    await until(async () => (await waitsNow('lonely', id)) === 1);
    expect(await send('lonely', { id, n: 3 })).toMatchObject({ handled: true });
    expect(numbers((await end(run))[0])).toEqual([3]);
  });

  it('lets go of events that are too old', async () => {
    await send('brief', { n: 1 });
    await send('brief', { n: 2 });
    const kept = async () =>
      (
        await restate.sql(
          `select key from state where service_name = '${place.names.buffers}' and service_key like 'brief %'`,
        )
      ).length;
    expect(await kept()).toBe(3);
    await until(async () => (await kept()) === 0);
  });
});
