import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Host } from 'millrace/flow';
import { openSqlite, type Store } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { SimulatedClock } from 'millrace/testing';
import { connect, ReactiveSystemRuntime } from './index.ts';
import { anyFlow, at, bind } from './fixtures/bind.ts';
import { back, ok, tasks } from './fixtures/noting-tasks.ts';

const form = z.object({ note: z.string().min(1), days: z.coerce.number().int().default(3) });
const options = { ...at, form, message: () => 'Ship it?' };
const asking = (
  body: (host: Host, input: never) => Promise<unknown>,
  forms = { ok: form } as Record<string, z.ZodType>,
) => anyFlow('f', body, { forms });
const simple = asking((host) => host.approve('ok', options));

function open(store: Store, flow = simple, seen: string[] = [], more: object = {}): ReactiveSystemRuntime {
  return new ReactiveSystemRuntime(bind({ tasks: tasks(seen), flows: [flow] }), {
    store,
    logger: silentLogger,
    ...more,
  });
}

const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'taken',
    (error: { code: string }) => error.code,
  );

describe('approve', () => {
  it('shows who is asked what, takes one decision with its form, and records who decided and when', async () => {
    const runtime = open(openSqlite(':memory:'));
    const told: string[] = [];
    runtime.on((event) => event.type.startsWith('step.') && told.push(event.type));
    await runtime.start('f', undefined, { id: 'r' });
    await runtime.idle();
    expect(runtime.status('r')?.status).toBe('waiting');
    const [asked, ...none] = runtime.reader.decisions();
    expect(none).toEqual([]);
    expect(asked).toMatchObject({
      runId: 'r',
      flow: 'f',
      step: 'ok',
      message: 'Ship it?',
      form: { type: 'object', properties: { note: { type: 'string', minLength: 1 } }, required: ['note'] },
    });
    expect(runtime.reader.steps('r')).toMatchObject([{ path: 'ok', kind: 'approve', status: 'waiting' }]);
    const before = Date.now();
    expect(await runtime.decide('r', 'ok', { approved: true, by: 'ada', form: { note: 'fine', days: '5' } })).toEqual({
      runId: 'r',
      step: 'ok',
    });
    const { output } = await runtime.result('r');
    expect(output).toMatchObject({ approved: true, by: 'ada', form: { note: 'fine', days: 5 } });
    expect((output as { at: number }).at).toBeGreaterThanOrEqual(before);
    expect(runtime.reader.decisions()).toEqual([]);
    expect(runtime.reader.steps('r')).toMatchObject([{ status: 'completed', output: { approved: true, by: 'ada' } }]);
    expect(told).toEqual(['step.waiting', 'step.completed']);
    await runtime.close();
  });

  it('a rejection needs no form, and one that is filled in has to fit', async () => {
    const one = open(openSqlite(':memory:'));
    await one.start('f', undefined, { id: 'r' });
    await one.idle();
    const no = { approved: false, by: 'ada' };
    expect(await refusal(one.decide('r', 'ok', { ...no, form: { note: '' } }))).toBe('MR3234');
    await one.decide('r', 'ok', no);
    const { output } = await one.result('r');
    expect(output).toEqual({ approved: false, by: 'ada', at: expect.any(Number) });
    await one.close();
  });

  it('refuses a second decision, one that does not fit, one of nobody, and one that nobody waits for', async () => {
    const runtime = open(openSqlite(':memory:'));
    await runtime.start('f', undefined, { id: 'r' });
    const good = { approved: true, by: 'ada', form: { note: 'a' } };
    await runtime.idle();
    expect(await refusal(runtime.decide('r', 'ok', { ...good, form: { note: '' } }))).toBe('MR3234');
    expect(await refusal(runtime.decide('r', 'ok', { approved: true, by: 'ada' }))).toBe('MR3234');
    expect(await refusal(runtime.decide('r', 'ok', { ...good, by: ' ' }))).toBe('MR3234');
    expect(await refusal(runtime.decide('r', 'ok', { ...good, form: { note: 1n } }))).toBe('MR3234');
    expect(await refusal(runtime.decide('s', 'ok', good))).toBe('MR3208');
    await expect(runtime.decide('r', 'nothing', good)).rejects.toMatchObject({
      code: 'MR3232',
      message: "Run 'r' does not wait for a decision at 'nothing'. It does at 'ok'.",
    });
    expect(runtime.reader.decisions().length).toBe(1);
    // Two at once: one of them counts.
    const both = [runtime.decide('r', 'ok', good), runtime.decide('r', 'ok', { ...good, approved: false, by: 'bela' })];
    expect(await Promise.all(both.map(refusal))).toEqual(['taken', 'MR3233']);
    expect(await runtime.result('r')).toMatchObject({ output: { approved: true, by: 'ada' } });
    await expect(runtime.decide('r', 'ok', good)).rejects.toMatchObject({
      message: "'ok' of run 'r' was approved by 'ada' already. A decision is not changed.",
      details: { by: 'ada', approved: true },
    });
    await runtime.close();
  });

  it('survives restarts before and after the decision, and is there for runs that are not in memory', async () => {
    const store = openSqlite(':memory:');
    const seen: string[] = [];
    const flow = asking(async (host) => {
      const said = await host.approve('ok', options);
      await host.sleep('nap', '1h', at);
      return said;
    });
    const one = open(store, flow, seen, { resident: 0 });
    await one.start('f', undefined, { id: 'r' });
    await one.idle();
    await one.decide('r', 'ok', { approved: false, by: 'ada', form: { note: 'no' } });
    await one.idle();
    one.abandon();
    store.transaction((tx) => tx.owner.release());
    const clock = new SimulatedClock({ start: Date.now() });
    const two = open(store, flow, seen, { clock });
    await clock.advance('2h');
    expect(await two.result('r')).toMatchObject({
      success: true,
      output: { approved: false, by: 'ada', form: { note: 'no', days: 3 } },
    });
    expect(store.tables.journal.of('r').map(({ kind }) => kind)).toEqual(['asked', 'decided', 'sleeping', 'slept']);
    await two.close();
  });

  it('fails when nobody decides in time, or goes on without a decision', async () => {
    for (const [onTimeout, end] of [
      ['fail', { status: 'failed', error: { code: 'MR3235', message: "Nobody decided 'ok' of run 'r' within 2d." } }],
      ['continue', { status: 'completed', output: 'nobody' }],
    ] as const) {
      const clock = new SimulatedClock();
      const seen: string[] = [];
      const flow = asking(async (host) => {
        await host.step('before', () => ok('before'), at);
        host.undo('before', () => back('before'), at);
        const said = await host.approve('ok', { ...options, timeout: '2d', onTimeout: onTimeout as 'continue' });
        return said === undefined ? 'nobody' : said.by;
      });
      const runtime = open(openSqlite(':memory:'), flow, seen, { clock });
      await runtime.start('f', undefined, { id: 'r' });
      await runtime.idle();
      expect(runtime.reader.decisions()[0]?.until).toBe(clock.now() + 2 * 86_400_000);
      await clock.advance('1d');
      expect(runtime.status('r')?.status).toBe('waiting');
      await clock.advance('1d');
      expect(await runtime.result('r')).toMatchObject(end);
      expect(seen).toEqual(onTimeout === 'fail' ? ['before', 'back before'] : ['before']);
      expect(await refusal(runtime.decide('r', 'ok', { approved: true, by: 'late', form: { note: 'x' } }))).toBe(
        'MR3232',
      );
      await runtime.close();
    }
  });

  it('is asked no more when its run is cancelled, or it loses a race; each round and item asks for itself', async () => {
    const flow = asking(
      async (host) => {
        const { winner } = await host.race(
          'r',
          { person: (h) => h.approve('ok', options), time: (h) => h.sleep('t', '20ms', at) },
          at,
        );
        const said = await host.map(
          'all',
          () => ['a', 'b'],
          async (h, item) => ({
            item,
            ...(await h.approve('each', { ...at, form: z.string(), message: () => `${item}?` })),
          }),
          at,
        );
        return [winner, said.map(({ item, by, form: text }) => `${item} ${by} ${text}`)];
      },
      { 'r/person/ok': form, 'all/each': z.string() },
    );
    const store = openSqlite(':memory:');
    const runtime = open(store, flow);
    await runtime.start('f', undefined, { id: 'r' });
    await expect
      .poll(() => runtime.reader.decisions('r').map(({ step, message }) => [step, message]))
      .toEqual([
        ['all[0]/each', 'a?'],
        ['all[1]/each', 'b?'],
      ]);
    await runtime.decide('r', 'all[1]/each', { approved: true, by: 'x', form: 'second' });
    await runtime.decide('r', 'all[0]/each', { approved: true, by: 'y', form: 'first' });
    expect(await runtime.result('r')).toMatchObject({ output: ['time', ['a y first', 'b x second']] });
    await runtime.start('f', undefined, { id: 's' });
    await expect.poll(() => runtime.reader.decisions('s').length).toBe(2);
    await runtime.cancel('s');
    expect(await runtime.result('s')).toMatchObject({ status: 'cancelled' });
    expect([runtime.reader.decisions(), store.tables.timers.count()]).toEqual([[], 0]);
    await runtime.close();
  });

  it('fails its step when it cannot be asked', async () => {
    const broken = asking((host) =>
      host.approve('ok', {
        ...at,
        message: () => {
          throw new Error('no message');
        },
      }),
    );
    const runtime = open(openSqlite(':memory:'), broken);
    expect(await runtime.executeFlow('f')).toMatchObject({
      status: 'failed',
      error: { message: 'no message', details: { step: 'ok' } },
    });
    const endless = open(
      openSqlite(':memory:'),
      asking((host) => host.approve('ok', { ...at, timeout: 'soon' as '1d' })),
    );
    expect(await endless.executeFlow('f')).toMatchObject({ status: 'failed', error: { details: { step: 'ok' } } });
    await Promise.all([runtime.close(), endless.close()]);
  });

  it('can be decided by another process', async () => {
    const { mkdtempSync } = await import('node:fs');
    const db = `${mkdtempSync('/tmp/approve-')}/a.db`;
    const system = bind({ flows: [simple] });
    const owner = new ReactiveSystemRuntime(system, { db, logger: silentLogger });
    await owner.start('f', undefined, { id: 'r' });
    await owner.idle();
    const client = connect(system, { db });
    expect(client.role).toBe('client');
    expect(client.reader.decisions()).toMatchObject([{ runId: 'r', step: 'ok' }]);
    expect(await refusal(client.decide('r', 'ok', { approved: true, by: 'ada', form: {} }))).toBe('MR3234');
    await client.decide('r', 'ok', { approved: true, by: 'ada', form: { note: 'x' } });
    expect(await owner.result('r')).toMatchObject({ output: { by: 'ada' } });
    await client.close();
    await owner.close();
  });
});

describe('a changed approve', () => {
  it('asks anew where it now asks something else, with the old end of the time', async () => {
    const store = openSqlite(':memory:');
    const one = open(
      store,
      asking((host) => host.approve('ok', { ...options, timeout: '2d' })),
    );
    await one.start('f', undefined, { id: 'r' });
    await one.idle();
    const [before] = one.reader.decisions();
    await one.close();
    const next = z.object({ reason: z.string() });
    const two = open(
      store,
      asking((host) => host.approve('ok', { ...at, form: next, message: () => 'New?', timeout: '9d' }), { ok: next }),
    );
    await two.idle();
    const [after] = two.reader.decisions();
    expect(after).toMatchObject({
      message: 'New?',
      form: { required: ['reason'] },
      until: before?.until,
      since: before?.since,
    });
    await two.decide('r', 'ok', { approved: true, by: 'x', form: { reason: 'r' } });
    expect(await two.result('r')).toMatchObject({ output: { form: { reason: 'r' } } });
    await two.close();
  });

  it('is blocked when it became something else, or its form does not take what was filled in', async () => {
    const decided = async (next: (host: Host) => Promise<unknown>) => {
      const store = openSqlite(':memory:');
      const one = open(
        store,
        asking(async (host) => {
          await host.approve('ok', options);
          await host.approve('wait', at);
        }),
      );
      await one.start('f', undefined, { id: 'r' });
      await one.idle();
      await one.decide('r', 'ok', { approved: true, by: 'x', form: { note: 'n' } });
      await one.idle();
      await one.close();
      const two = open(store, asking(next));
      // What only waits is not read again before there is news for it.
      await two.decide('r', 'wait', { approved: true, by: 'x' });
      const result = await two.result('r');
      await two.close();
      return result;
    };
    for (const next of [
      async (host: Host) => host.approve('ok', { ...at, form: z.string() }),
      async (host: Host) => host.step('ok', () => ok('x'), at),
      async (host: Host) => host.sleep('ok', '1h', at),
    ])
      expect(await decided(next)).toMatchObject({ status: 'blocked', error: { code: 'MR3205' } });
  });
});
