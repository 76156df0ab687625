import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { flowContract } from '../../flow/index.ts';
import { anyEvent, anyFlow, anyTask, at, bind, code } from '../../runtime/fixtures/bind.ts';
import { NonRetryableError } from '../../tasks/index.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { startSystem, until } from '../fixtures/system.ts';
import { RestateClient } from './client.ts';

const go = anyEvent('go');
const stop = anyEvent('stop');
const note = anyTask('note');
const fails = anyTask('fails', { retry: { attempts: 2, delay: '1h' } });
const bad = anyTask('bad');
const limited = anyTask('limited', { concurrency: 1 });
const seen: string[] = [];
let mends = false;

const below = flowContract('below', { input: z.any(), source: 'test.dsl.ts:10:1' });

const waits = [
  { event: 'go', fields: [] },
  { event: 'stop', fields: [] },
];
const system = bind({
  events: [go, stop],
  tasks: [
    code(note, (word: string) => void seen.push(word)),
    code(fails, () => {
      throw new Error('not yet');
    }),
    code(limited, async (word: string) => {
      seen.push(word);
      await until(() => mends || seen.includes('broken'));
    }),
    code(bad, (word: string) => {
      seen.push(word);
      if (!mends) throw new NonRetryableError('no');
    }),
  ],
  flows: [
    anyFlow(
      'timed',
      async (host) => {
        await host.step('first', () => note('first'), at);
        await host.receive('got', go, { ...at, timeout: '1h' });
        await host.step('second', () => note('second'), at);
        await host.approve('said', { ...at, timeout: '1h' });
        await host.step('third', () => note('third'), at);
        await host.step('broken', () => bad('broken'), at);
      },
      { waits },
    ),
    anyFlow('raced', async (host) => {
      await host.race(
        'race',
        {
          late: (h) => h.sleep('nap', '1h', at),
          again: (h) => h.step('again', () => fails(1), at),
          work: async (h) => {
            await h.sleep('short', '300ms', at);
            await h.step('work', () => note('work'), at);
          },
        },
        at,
      );
      await host.step('broken', () => bad('broken'), at);
    }),
    anyFlow(
      'beside',
      async (host) =>
        host.all(
          'all',
          {
            takes: async (h) => {
              await h.receive('early', go, at);
              await h.step('took', () => note('took'), at);
              await h.receive('never', stop, { ...at, timeout: '1h' });
              return 'both';
            },
            fails: async (h) => {
              await h.sleep('nap', '400ms', at);
              await h.step('broken', () => bad('broken'), at);
            },
          },
          at,
        ),
      { waits },
    ),
    anyFlow('below', async (host) => {
      await host.step('first', () => note('below first'), at);
      await host.step('broken', () => bad('broken'), at);
    }),
    anyFlow('above', async (host) => {
      await host.step('first', () => note('first'), at);
      await host.step('broken', () => note('not the one'), at);
      await host.child('child', () => ({ contract: below, input: 1 }), at);
    }),
    anyFlow('handled', async (host) => {
      await host.attempt(
        'tried',
        async (h) => {
          await h.step('one', () => note('one'), at);
          h.undo('one', () => note('undo one'), at);
          throw new Error('handled');
        },
        (h) => h.step('instead', () => note('instead'), at),
        at,
      );
      await host.step('two', () => note('two'), at);
      await host.step('broken', () => bad('broken'), at);
    }),
    anyFlow('turns', async (host) =>
      host.all(
        'all',
        {
          one: (h) => h.step('in', () => limited('one'), at),
          two: (h) => h.step('in', () => limited('two'), at),
          fails: async (h) => {
            await h.sleep('nap', '300ms', at);
            await h.step('broken', () => bad('broken'), at);
          },
        },
        at,
      ),
    ),
  ],
});

describe.skipIf(!restateIsInstalled())('a retry on Restate', () => {
  let restate: TestRestate;
  let client: RestateClient;
  beforeAll(async () => {
    restate = await startRestate();
    await startSystem(restate, system);
    client = new RestateClient(system, restate);
  }, 60_000);
  beforeEach(() => {
    mends = false;
    seen.length = 0;
  });
  afterAll(async () => {
    await client?.close();
    await restate?.close();
  });
  const waiting = (run: string, step: string): Promise<void> =>
    until(async () => (await client.steps(run)).some(({ path, status }) => path === step && status === 'waiting'));
  const mend = (): void => {
    mends = true;
    seen.length = 0;
  };
  /** The timers that are still to ring. */
  const timers = "SELECT id FROM sys_invocation WHERE target_service_name = 'test.signals'";

  it('keeps what a run has waited for with a timeout, when it came before that', async () => {
    await client.start('timed', 1, { id: 't1' });
    await waiting('t1', 'got');
    await client.sendEvent('go', {});
    await waiting('t1', 'said');
    await client.decide('t1', 'said', { approved: true, by: 'ada' });
    expect(await client.result('t1')).toMatchObject({ status: 'failed', error: { message: 'no' } });
    // They were called off.
    await restate.until(timers, (rows) => rows.length === 0);
    mend();
    expect(await client.retry('t1')).toMatchObject({ fromStep: 'broken', dropped: ['broken'] });
    expect(await client.result('t1')).toMatchObject({ status: 'completed' });
    expect(seen).toEqual(['broken']);
  });

  it('keeps a race before, with the sleep and the tries again that it has stopped', async () => {
    await client.start('raced', 1, { id: 'r1' });
    await until(async () => (await client.status('r1'))?.status === 'waiting');
    expect(await client.result('r1')).toMatchObject({ status: 'failed', error: { message: 'no' } });
    await restate.until(timers, (rows) => rows.length === 0);
    const steps = Object.fromEntries((await client.steps('r1')).map(({ path, status }) => [path, status]));
    expect(steps).toMatchObject({
      'race/late/nap': 'cancelled',
      'race/again/again': 'cancelled',
      'race/work/short': 'completed',
      'race/work/work': 'completed',
    });
    mend();
    expect(await client.retry('r1')).toMatchObject({ fromStep: 'broken', dropped: ['broken'] });
    expect(await client.result('r1')).toMatchObject({ status: 'completed' });
    expect(seen).toEqual(['broken']);
  });

  it('waits anew for what was waited for beside the step, and keeps what had come', async () => {
    await client.start('beside', 1, { id: 'b1' });
    await waiting('b1', 'all/takes/early');
    await client.sendEvent('go', {});
    expect(await client.result('b1')).toMatchObject({ status: 'failed', error: { message: 'no' } });
    expect(seen).toEqual(['took', 'broken']);
    mend();
    await client.retry('b1');
    await until(() => seen.includes('broken'));
    await waiting('b1', 'all/takes/never');
    await client.sendEvent('stop', {});
    expect(await client.result('b1')).toMatchObject({ status: 'completed', output: { takes: 'both' } });
  });

  it('takes its turn anew where it waited for one beside the step', async () => {
    expect(await client.executeFlow('turns', 1, { id: 'l1' })).toMatchObject({ status: 'failed' });
    mend();
    await client.retry('l1');
    expect(await client.result('l1')).toMatchObject({ status: 'completed' });
    expect(seen.toSorted()).toEqual(['broken', 'one', 'two']);
  });

  it('goes back to the flow below that has failed, not to a step that is called as that of the other', async () => {
    expect(await client.executeFlow('above', 1, { id: 'a1' })).toMatchObject({ status: 'failed' });
    mend();
    expect(await client.retry('a1')).toMatchObject({ fromStep: 'child', dropped: ['child'] });
    expect(await client.result('a1')).toMatchObject({ status: 'completed' });
    expect(seen).toEqual(['below first', 'broken']);
  });

  it('leaves alone what was undone when its failure was handled', async () => {
    expect(await client.executeFlow('handled', 1, { id: 'h1' })).toMatchObject({ status: 'failed' });
    expect(seen).toEqual(['one', 'undo one', 'instead', 'two', 'broken']);
    mend();
    expect(await client.retry('h1')).toMatchObject({ fromStep: 'broken', dropped: ['broken'] });
    expect(await client.result('h1')).toMatchObject({ status: 'completed' });
    expect(seen).toEqual(['broken']);
  });
});
