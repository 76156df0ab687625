import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventContract } from 'millrace/flow';
import { anyFlow, at, bind } from '../../runtime/fixtures/bind.ts';
import type { Place } from '../contract.ts';
import { placeOf } from '../fixtures/place.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startRestate, type TestEndpoint, type TestRestate } from '../fixtures/restate.ts';
import { flowServices } from '../runs/services.ts';
import { announceFields, eventServices, sendEvent } from './index.ts';

const go = eventContract('go', { payload: z.object({ id: z.string(), n: z.number() }), ttl: '7d', source: 't' });
const back = eventContract('back', { payload: z.object({ id: z.string() }), ttl: '7d', source: 't' });
const take = anyFlow(
  'take',
  async (host, { id }: { id: string }) => {
    const first = await host.receive('first', go, { ...at, match: () => ({ id }) });
    await host.emit('told', () => back({ id: host.runId }), at);
    const own = await host.receive('own', back, { ...at, match: () => ({ id: host.runId }) });
    const next = await host.receive('next', go, {
      ...at,
      match: () => ({ id }),
      timeout: '300ms',
      onTimeout: 'continue',
    });
    return [first.n, own.id, next?.n];
  },
  {
    waits: [
      { event: 'go', fields: ['id'] },
      { event: 'back', fields: ['id'] },
    ],
  },
);

const isCancelled = ({ n }: { readonly n: number }): boolean => n < 20 || n >= 30;

describe.skipIf(!restateIsInstalled())('flows that wait on a server of Restate', () => {
  let restate: TestRestate;
  let endpoint: TestEndpoint;
  let place: Place;

  beforeAll(async () => {
    restate = await startRestate();
    place = placeOf(bind({ events: [go, back], flows: [take] }), restate.ingress);
    endpoint = await restate.serve([...eventServices(place), ...flowServices(place)]);
    await announceFields(place.ingress, place);
  }, 60_000);
  afterAll(() => restate.close());

  it('takes an event or is cancelled, and leaves nothing behind, when both come at once', async () => {
    const target = 'test.flows.take/run';
    const runs = await Promise.all(
      Array.from({ length: 36 }, async (_, n) => {
        const run = `r${n}`;
        return {
          run,
          n,
          invocation: await restate.send(
            target,
            { run, input: { id: n < 30 ? 'x' : 'nobody' }, at: place.clock.now() },
            run,
          ),
        };
      }),
    );
    // For the last ones no event comes at all.
    const cancels = runs.filter(isCancelled).map(async ({ invocation, n }) => {
      await delay(150 + (n % 30) * 25);
      await restate.order(invocation, 'cancel');
    });
    for (let n = 0; n < 2; n++) {
      await delay(250);
      await sendEvent(place.ingress, place, 'go', { id: 'x', n });
      if (n === 0) void endpoint.cut(30);
    }
    await Promise.all(cancels);
    const ends = await Promise.all(
      runs.map(async ({ run, n }) => ({ run, n, ...(await restate.result(target, run)) })),
    );
    const statuses = new Set<string>();
    for (const { run, n, ok, value } of ends) {
      if (ok) {
        statuses.add('completed');
        const { output } = value as { readonly output: readonly [number, string, number | null] };
        expect(output.slice(0, 2)).toEqual([0, run]);
        expect([1, null]).toContain(output[2]);
      } else {
        statuses.add('cancelled');
        expect(isCancelled({ n })).toBe(true);
        expect(value).toMatchObject({ code: 409 });
      }
    }
    expect([...statuses].toSorted()).toEqual(['cancelled', 'completed']);
    const left = await restate.sql(
      `select service_key, key from state where service_name = '${place.names.buffers}' and key like 'w%'`,
    );
    expect(left).toEqual([]);
  });
});
