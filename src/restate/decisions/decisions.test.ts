import type { Context } from '@restatedev/restate-sdk';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonSchema } from '../../engine/index.ts';
import { anyFlow, bind } from '../../runtime/fixtures/bind.ts';
import type { Place, RunAsks } from '../contract.ts';
import { placeOf } from '../fixtures/place.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { json } from '../json.ts';
import { RestatePromise, service } from '../sdk.ts';
import {
  askDecision,
  decide,
  decisionServices,
  decisionView,
  leaveDecision,
  type Asked,
  type DecidedSignal,
} from './index.ts';

const form = z.object({ limit: z.number().int().max(100) });
const older = z.object({ note: z.string().min(2) });
const system = bind({
  flows: [anyFlow('review', async () => {}, { forms: { 'all/ok': form, plain: undefined as never } })],
});

/** What the stand-in of a flow asks. */
interface Does {
  readonly step: string;
  readonly form?: unknown;
  readonly limit?: number;
}

const reviewer = (place: Place) =>
  service({
    name: place.names.flow('review'),
    handlers: {
      async run(ctx: Context, { run, input, at }: RunAsks): Promise<DecidedSignal | 'nobody'> {
        const { step, limit, form: asks } = input as Does;
        const invocation = ctx.request().id;
        const asked: Asked = {
          run,
          flow: 'review',
          step,
          since: at,
          invocation,
          signal: step,
          message: 'Well?',
          ...(asks !== undefined && { form: asks }),
        };
        await askDecision(ctx, place, asked);
        const told = ctx.signal<DecidedSignal>(step, json());
        if (limit === undefined) return told;
        const first = await RestatePromise.race([told, ctx.sleep(limit).map(() => undefined)]);
        if (first !== undefined) return first;
        const { underWay } = await leaveDecision(ctx, place, { run, step }, { invocation, signal: step });
        return underWay ? told : 'nobody';
      },
    },
  });

describe.skipIf(!restateIsInstalled())('decisions on a server of Restate', () => {
  let restate: TestRestate;
  let place: Place;
  let count = 0;

  beforeAll(async () => {
    restate = await startRestate();
    place = placeOf(system, restate.ingress);
    await restate.serve([...decisionServices(place), reviewer(place)]);
  }, 60_000);
  afterAll(() => restate.close());

  const target = 'test.flows.review/run';
  const open = async (run: string) =>
    (
      await restate.sql(
        `select value_utf8 as text from state where service_name = '${place.names.decisions}' and key = 'question' and service_key like '${run} %'`,
      )
    ).map(({ text }) => decisionView(String(text)));
  const begin = async (does: Does): Promise<string> => {
    const run = `r${count++}`;
    await restate.send(target, { run, input: does, at: place.clock.now() }, run);
    while (does.limit === undefined && (await open(run)).length === 0) await delay(10);
    return run;
  };
  const end = async (run: string) => (await restate.result(target, run)).value;
  const say = (runId: string, step: string, approved: boolean, by: string, filled?: unknown) =>
    decide(place.ingress, place, { runId, step, approved, by, ...(filled !== undefined && { form: filled }) });

  it('lets a person decide, once', async () => {
    const step = 'all[3]/ok';
    const run = await begin({ step, form: jsonSchema(form) });
    expect(await open(run)).toEqual([
      { runId: run, flow: 'review', step, since: expect.any(Number), message: 'Well?', form: jsonSchema(form) },
    ]);
    await expect(say(run, step, true, 'ada', { limit: 500 })).rejects.toMatchObject({
      code: 'MR3234',
      details: { run, step },
    });
    await expect(say(run, step, true, 'ada')).rejects.toMatchObject({ code: 'MR3234' });
    await expect(say(run, step, true, ' ', { limit: 5 })).rejects.toMatchObject({ code: 'MR3234' });
    await expect(say(run, 'other', true, 'ada')).rejects.toMatchObject({
      code: 'MR3232',
      message: `Run '${run}' does not wait for a decision at 'other'.`,
    });
    expect(await say(run, step, true, 'ada', { limit: 5 })).toEqual({ runId: run, step });
    expect(await end(run)).toEqual({ approved: true, by: 'ada', form: { limit: 5 }, at: expect.any(Number) });
    await expect(say(run, step, false, 'bob')).rejects.toMatchObject({
      code: 'MR3233',
      message: `'${step}' of run '${run}' was approved by 'ada' already. A decision is not changed.`,
      details: { approved: true, by: 'ada' },
    });
    expect(await open(run)).toEqual([]);
  });

  it('takes a rejection that has nothing filled in, and nothing filled in where there is no form', async () => {
    const rejected = await begin({ step: 'all/ok', form: jsonSchema(form) });
    await say(rejected, 'all/ok', false, 'ada');
    expect(await end(rejected)).toMatchObject({ approved: false });
    const plain = await begin({ step: 'plain' });
    await expect(say(plain, 'plain', true, 'ada', { a: 1 })).rejects.toMatchObject({ code: 'MR3234' });
    await say(plain, 'plain', true, 'ada');
    expect(await end(plain)).toMatchObject({ approved: true, by: 'ada' });
  });

  it('checks the form of a run that is pinned to an older deployment by what that one has asked', async () => {
    const run = await begin({ step: 'all/ok', form: jsonSchema(older) });
    await expect(say(run, 'all/ok', true, 'ada', { limit: 5 })).rejects.toMatchObject({ code: 'MR3234' });
    await expect(say(run, 'all/ok', true, 'ada', { note: 'x' })).rejects.toMatchObject({ code: 'MR3234' });
    await say(run, 'all/ok', true, 'ada', { note: 'fine' });
    expect(await end(run)).toMatchObject({ form: { note: 'fine' } });
  });

  it('is taken or refused at the moment of the time limit, and the run agrees', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        const run = await begin({ step: 'plain', limit: 150 });
        // The last one comes too late whatever the machine does.
        if (n === 19) await end(run);
        else await delay(60 + n * 10);
        const said = await say(run, 'plain', true, 'ada').then(
          () => 'said',
          ({ code }: { code: string }) => code,
        );
        const ended = await end(run);
        expect(said).toBe(ended === 'nobody' ? 'MR3232' : 'said');
        return ended;
      }),
    );
    expect(answers).toContain('nobody');
  });

  it('takes one of many that decide at once', async () => {
    const run = await begin({ step: 'plain' });
    const all = await Promise.allSettled(Array.from({ length: 10 }, (_, n) => say(run, 'plain', n % 2 === 0, `p${n}`)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const winner = all.findIndex(({ status }) => status === 'fulfilled');
    expect(await end(run)).toMatchObject({ by: `p${winner}`, approved: winner % 2 === 0 });
  });
});
