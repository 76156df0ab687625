import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { flowContract, taskContract } from '../../flow/index.ts';
import type { BoundSystem } from '../../tasks/index.ts';
import type { RunAsks, RunFailed } from '../contract.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { namesOf } from '../names.ts';
import { json } from '../json.ts';
import { RestatePromise, service, TerminalError } from '../sdk.ts';
import { RestateClient } from './client.ts';
import type { Context } from '@restatedev/restate-sdk';

const any = z.any();
const contract = (name: string) => flowContract(name, { input: any, output: any, source: 'x.dsl.ts:1:1' });
const flow = (name: string) =>
  ({ kind: 'flow', contract: contract(name), hash: '', waits: [], run: () => Promise.resolve() }) as const;
const system: BoundSystem = {
  kind: 'bound-system',
  name: 'views',
  version: '1.2.3',
  hash: 'h',
  source: 'x.dsl.ts',
  events: {},
  machines: {},
  tasks: { work: taskContract('work', { input: any, output: any, policy: {}, source: 'x.dsl.ts:2:1' }) },
  flows: { outer: flow('outer'), inner: flow('inner') },
  implementations: {},
};
const names = namesOf('views');

/** What a flow of ours leaves in a journal, written by hand. */
interface Plan {
  readonly ms?: number;
  readonly fail?: boolean;
  readonly sleep?: number;
  readonly child?: boolean;
}
let made: string[] = [];
let mends = false;
let changed = false;
const attempt = (ctx: Context, name: string, does: () => object | Promise<object>) =>
  ctx.run(name, async () => {
    made.push(name);
    return { by: 'x', asked: 'work h', at: Date.now(), ...(await does()) };
  });

const options = {
  explicitCancellation: true,
  journalRetention: { days: 1 },
  idempotencyRetention: { days: 1 },
  inactivityTimeout: 50,
  retryPolicy: { initialInterval: 20, maxInterval: 50 },
  onJournalMismatchErrors: 'pause',
} as const;

const services = [
  service({
    name: names.flow('outer'),
    options,
    handlers: {
      async run(ctx: Context, asks: RunAsks) {
        const { ms = 0, fail = false, sleep = 0, child = false } = (asks.input ?? {}) as Plan;
        await attempt(ctx, changed ? 'other' : 'first', () => ({ ok: true, output: { n: 1 } }));
        await attempt(ctx, 'second', () => ({
          ok: false,
          error: { name: 'E', code: 'MR3100', message: 'no', retryable: true, fault: 'user-code' },
        }));
        await ctx.sleep(1, 'second~wait2');
        await attempt(ctx, 'second~2', async () => {
          await new Promise((done) => setTimeout(done, ms));
          return { ok: true, output: 2 };
        });
        if (child) {
          const run = `${asks.run}/below`;
          const body: RunAsks = { run, at: asks.at, input: { sleep }, parent: { run: asks.run, step: 'below' } };
          await ctx.genericCall({
            service: names.flow('inner'),
            method: 'run',
            name: 'below',
            parameter: body,
            idempotencyKey: run,
            inputSerde: json(),
            outputSerde: json(),
          });
        } else if (sleep > 0) {
          const over = (ctx as unknown as { cancellation(): RestatePromise<unknown> }).cancellation();
          const end = await RestatePromise.race([
            ctx.sleep(sleep, 'nap').map(() => 'slept'),
            over.map(() => 'cancelled'),
          ]);
          if (end === 'cancelled') throw failure('cancelled', 'MR3203', 'It was cancelled.');
        }
        if (fail) {
          const third = await attempt(ctx, 'third', () =>
            mends ? { ok: true, output: 3 } : { ok: false, error: wrong },
          );
          if ((third as { ok?: boolean }).ok !== true) {
            await attempt(ctx, 'second/~undo', () => ({ ok: true }));
            throw failure('failed', 'MR3100', 'broken', 'third');
          }
        }
        return { output: 'done' };
      },
    },
  }),
  service({
    name: names.flow('inner'),
    options,
    handlers: {
      async run(ctx: Context, asks: RunAsks) {
        await ctx.sleep((asks.input as Plan).sleep ?? 0, 'nap');
        return { output: 'in' };
      },
    },
  }),
];
const wrong = { name: 'E', code: 'MR3100', message: 'broken', retryable: false, fault: 'user-code' } as const;

function failure(status: RunFailed['status'], code: string, message: string, step?: string): TerminalError {
  const failed: RunFailed = {
    status,
    error: { name: 'E', code, message, retryable: false, fault: 'user-code', ...(step && { details: { step } }) },
  };
  return new TerminalError(message, {
    errorCode: status === 'failed' ? 500 : 409,
    metadata: { millrace: JSON.stringify(failed) },
  });
}

describe.skipIf(!restateIsInstalled())('a client of a system on Restate', () => {
  let restate: TestRestate;
  let client: RestateClient;
  beforeAll(async () => {
    restate = await startRestate();
    await restate.serve(services);
    client = new RestateClient(system, restate);
  });
  afterAll(async () => {
    await client.close();
    await restate.close();
  });
  const until = async (run: string, status: string): Promise<void> => {
    await expect.poll(async () => (await client.status(run))?.status, { timeout: 10_000, interval: 20 }).toBe(status);
  };

  it('starts a run, shows it and gives its result', async () => {
    const { runId } = await client.start('outer', { a: "it's" }, { id: 'o1', metadata: { for: 'ada' } });
    expect(runId).toBe('o1');
    const result = await client.result('o1');
    expect(result).toMatchObject({ flowId: 'outer', status: 'completed', success: true, output: 'done', errors: [] });
    expect(result.stepResults).toEqual({
      first: { status: 'completed', attempts: 1, output: { n: 1 } },
      second: { status: 'completed', attempts: 2, output: 2 },
    });
    expect(result.executionTime).toBeGreaterThan(0);
    expect(await client.status('o1')).toMatchObject({
      id: 'o1',
      kind: 'flow',
      target: 'outer',
      status: 'completed',
      input: { a: "it's" },
      output: 'done',
      metadata: { for: 'ada' },
    });
    expect(await client.checkpoints('o1')).toMatchObject([
      { path: 'second', target: 'work', attempt: 2, status: 'trusted', counts: true },
      { path: 'first', target: 'work', attempt: 1 },
    ]);
  });

  it('knows a run as soon as it is started', async () => {
    for (let n = 0; n < 30; n++) {
      const { runId } = await client.start('outer', {});
      expect(await client.status(runId)).toBeDefined();
    }
  });

  it('starts one run under one id, whoever asks and however often', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => client.start('outer', { b: 1 }, { id: 'o2' })));
    expect(new Set(all.map(({ runId }) => runId))).toEqual(new Set(['o2']));
    expect(all.filter(({ attached }) => !attached)).toHaveLength(1);
    await expect(client.start('outer', { b: 2 }, { id: 'o2' })).rejects.toMatchObject({ code: 'MR3202' });
    await expect(client.start('inner', { b: 1 }, { id: 'o2' })).rejects.toMatchObject({ code: 'MR3202' });
    const keyed = await client.start('outer', { c: 1 }, { idempotencyKey: 'k' });
    expect(await client.start('outer', { c: 1 }, { idempotencyKey: 'k' })).toEqual({ ...keyed, attached: true });
    await expect(client.start('outer', { c: 2 }, { idempotencyKey: 'k' })).rejects.toMatchObject({ code: 'MR3220' });
  });

  it('takes any id that is one, and refuses the rest before anything is sent', async () => {
    const id = `é'"%_;x`;
    await client.start('outer', {}, { id });
    expect(await client.result(id)).toMatchObject({ status: 'completed', runId: id });
    expect(await client.status(`' OR '1'='1`)).toBeUndefined();
    await expect(client.start('outer', {}, { id: 'a b' })).rejects.toMatchObject({ code: 'MR3218' });
    await expect(client.start('none')).rejects.toMatchObject({ code: 'MR3201' });
    await expect(client.start('outer', {}, { priority: 1 })).rejects.toMatchObject({ code: 'MR5230' });
    await expect(client.result('nope')).rejects.toMatchObject({ code: 'MR3208' });
  });

  it('tells what works from what only waits', async () => {
    await client.start('outer', { ms: 400, sleep: 60_000 }, { id: 'w1' });
    await expect
      .poll(async () => (await client.steps('w1')).at(-1), { timeout: 5000, interval: 20 })
      .toMatchObject({ path: 'second', status: 'running', attempts: 2 });
    expect(await client.status('w1')).toMatchObject({ status: 'running' });
    await until('w1', 'waiting');
    expect((await client.steps('w1')).at(-1)).toMatchObject({ path: 'nap', kind: 'sleep', status: 'waiting' });
    expect(await client.list({ status: ['waiting'] })).toMatchObject([{ id: 'w1' }]);
    expect(await client.active()).toMatchObject([{ id: 'w1' }]);
    expect(await client.cancel('w1')).toEqual({ runId: 'w1', accepted: true });
    expect(await client.result('w1')).toMatchObject({ status: 'cancelled', error: { code: 'MR3203' } });
    expect(await client.cancel('w1')).toEqual({ runId: 'w1', accepted: false });
    expect((await client.steps('w1')).at(-1)).toMatchObject({ path: 'nap', status: 'cancelled' });
  });

  it('pauses and resumes a run with what it runs', async () => {
    await client.start('outer', { child: true, sleep: 1500 }, { id: 'p1' });
    await until('p1/below', 'waiting');
    await until('p1', 'waiting');
    // The server has let go of their processes.
    await new Promise((done) => setTimeout(done, 150));
    expect(await client.pause('p1')).toEqual({ runId: 'p1', status: 'paused', runs: ['p1', 'p1/below'] });
    await until('p1', 'paused');
    await until('p1/below', 'paused');
    expect(await client.status('p1/below')).toMatchObject({ parent: 'p1' });
    expect(await client.list({ parent: 'p1' })).toMatchObject([{ id: 'p1/below' }]);
    expect(await client.pause('p1')).toEqual({ runId: 'p1', status: 'paused', runs: [] });
    expect(await client.resume('p1')).toEqual({ runId: 'p1', status: 'running', runs: ['p1', 'p1/below'] });
    await expect(client.resume('p1')).rejects.toMatchObject({ code: 'MR3251' });
    expect(await client.result('p1')).toMatchObject({ status: 'completed' });
    await expect(client.pause('p1')).rejects.toMatchObject({ code: 'MR3250' });
    await expect(client.pause('nope')).rejects.toMatchObject({ code: 'MR3208' });
    await expect(client.pause('p1', { inFlight: 'abort' })).rejects.toMatchObject({ code: 'MR5230' });
  });

  it('begins what failed again, from what was undone on', async () => {
    await client.start('outer', { fail: true }, { id: 'r1' });
    expect(await client.result('r1')).toMatchObject({ status: 'failed', error: { code: 'MR3100', message: 'broken' } });
    made = [];
    await expect(client.retry('r1', { fromStep: 'none' })).rejects.toMatchObject({ code: 'MR3254' });
    await expect(client.retry('r1', { input: 1 })).rejects.toMatchObject({ code: 'MR5230' });
    // It fails once more, as a new invocation of the same run.
    expect(await client.retry('r1')).toMatchObject({
      runId: 'r1',
      fromStep: 'second',
      epoch: 1,
      dropped: ['second', 'third'],
      version: '1.2.3',
    });
    expect(await client.result('r1')).toMatchObject({ status: 'failed' });
    expect(made).toEqual(['second', 'second~2', 'third', 'second/~undo']);
    mends = true;
    expect(await client.retry('r1', { fromStep: '' })).toMatchObject({ epoch: 2, fromStep: '' });
    expect(await client.result('r1')).toMatchObject({ runId: 'r1', status: 'completed', output: 'done' });
    await expect(client.retry('r1')).rejects.toMatchObject({ code: 'MR3252' });
    // One run, whatever it took.
    expect((await client.list()).filter(({ id }) => id === 'r1')).toHaveLength(1);
    expect(await client.start('outer', { fail: true }, { id: 'r1' })).toEqual({ runId: 'r1', attached: true });
  });

  it('says why a run is blocked, and lets it go on with code that fits', async () => {
    await client.start('outer', { sleep: 700 }, { id: 'b1' });
    await until('b1', 'waiting');
    changed = true;
    await until('b1', 'blocked');
    expect(await client.status('b1')).toMatchObject({ error: { code: 'MR3205', details: { restate: 'RT0016' } } });
    expect(await client.result('b1')).toMatchObject({ status: 'blocked', success: false });
    await expect(client.pause('b1')).rejects.toMatchObject({ code: 'MR3250' });
    await expect(client.resume('b1')).rejects.toMatchObject({ code: 'MR3251' });
    changed = false;
    expect(await client.retry('b1')).toMatchObject({ runId: 'b1', dropped: [], epoch: 0 });
    expect(await client.result('b1')).toMatchObject({ status: 'completed' });
  });

  it('waits for an end over a restart of the server', async () => {
    await client.start('outer', { sleep: 1000 }, { id: 's1' });
    const tries: string[] = [];
    const other = new RestateClient(system, { ...restate, onUnreachable: ({ code }) => tries.push(code) });
    const ending = other.result('s1');
    await restate.killServer();
    await new Promise((done) => setTimeout(done, 300));
    await restate.restartServer();
    expect(await ending).toMatchObject({ status: 'completed', output: 'done' });
    expect(tries).toContain('MR5210');
    await other.close();
  });

  it('says that nobody listens, once its patience is over', async () => {
    const nobody = new RestateClient(system, {
      ingress: 'http://127.0.0.1:9',
      admin: 'http://127.0.0.1:9',
      patienceMs: 100,
    });
    await expect(nobody.status('o1')).rejects.toMatchObject({ code: 'MR5210', message: expect.stringContaining(':9') });
    await expect(nobody.start('outer')).rejects.toMatchObject({ code: 'MR5210' });
  });
});
