import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Registry } from '../../engine/index.ts';
import { eventContract, type FlowModule, type Host } from '../../flow/index.ts';
import { anyFlow, at, bind } from '../../runtime/fixtures/bind.ts';
import { back, ok, tasks } from '../../runtime/fixtures/noting-tasks.ts';
import { decide, decisionView } from '../decisions/index.ts';
import { sendEvent } from '../events/index.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { startSystem, until, type TestSystem } from '../fixtures/system.ts';

const went = eventContract('went', {
  payload: z.object({ n: z.number(), word: z.string().optional(), nth: z.number().optional() }),
  ttl: '7d',
  source: 'test.dsl.ts:2:1',
});
const registry = new Registry(bind({ events: [went] }));
const fields = [
  { event: 'went', fields: ['n'] },
  { event: 'went', fields: ['word'] },
  { event: 'went', fields: [] },
];

describe.skipIf(!restateIsInstalled())('what a flow on Restate waits for', () => {
  let restate: TestRestate;
  let count = 0;
  let runs = 0;
  beforeAll(async () => {
    restate = await startRestate();
  }, 60_000);
  afterAll(() => restate?.close());

  const open = async (run: FlowModule['run'], seen: string[] = [], more: object = {}): Promise<TestSystem> => {
    const flow = anyFlow('f', run as (host: Host, input: never) => Promise<unknown>, { waits: fields, ...more });
    const system = bind({ tasks: tasks(seen), flows: [flow], events: [went] });
    return startSystem(restate, { ...system, name: `waits${++count}` });
  };
  /** Begins a run, and waits until it waits. */
  const begin = async (system: TestSystem, waits: RegExp): Promise<{ run: string; invocation: string }> => {
    const run = `w${++runs}`;
    const invocation = await system.start('f', undefined, { run });
    await waiting(invocation, waits);
    return { run, invocation };
  };
  const waiting = (invocation: string, path: RegExp): Promise<void> =>
    until(async () => {
      const rows = await restate.sql(
        `SELECT name, entry_type FROM sys_journal WHERE id = '${invocation}' AND entry_type NOT LIKE '%Input'`,
      );
      // The answer to the call of that name has come.
      return (
        rows.some(({ name }) => path.test(String(name))) &&
        rows.some(({ entry_type: type }) => String(type).includes('Notification'))
      );
    });
  const send = (system: TestSystem, payload: unknown): Promise<unknown> =>
    sendEvent(restate.call, { names: system.names, registry }, 'went', payload);

  describe('sleep', () => {
    it('lets its time pass, by the clock of the flow too', async () => {
      const system = await open(async (host) => {
        const before = host.now();
        await host.sleep('s', '120ms', at);
        await host.sleep('t', () => '30ms', at);
        return host.now() - before;
      });
      const begun = Date.now();
      expect(await system.run('f')).toMatchObject({ output: 150 });
      expect(Date.now() - begun).toBeGreaterThanOrEqual(150);
    });

    it('that says no time fails its step', async () => {
      const system = await open((host) => host.sleep('s', () => 'soon' as '1s', at));
      expect(await system.run('f')).toMatchObject({
        status: 'failed',
        error: { code: 'MR3002', details: { step: 's', source: 'test.dsl.ts:11:3' } },
      });
    });
  });

  describe('receive', () => {
    it('takes what comes while it waits, and only what fits', async () => {
      const system = await open((host) => host.receive('r', went, { ...at, match: () => ({ n: 2 }) }));
      const { run } = await begin(system, /^r$/);
      await send(system, { n: 1 });
      await send(system, { n: 2, word: 'yes' });
      expect(await system.end('f', run)).toMatchObject({ output: { n: 2, word: 'yes' } });
    });

    it('takes what came before it waits, the oldest first, each once', async () => {
      const system = await open(async (host) => {
        const first = await host.receive('first', went, { ...at, match: () => ({ n: 0 }) });
        const words = [];
        for (const id of ['a', 'b', 'c'])
          words.push((await host.receive(id, went, { ...at, match: () => ({ n: 1 }) })).word);
        return [first.n, ...words];
      });
      const { run } = await begin(system, /^first$/);
      for (const word of ['x', 'y', 'z']) await send(system, { n: 1, word });
      await send(system, { n: 0 });
      expect(await system.end('f', run)).toMatchObject({ output: [0, 'x', 'y', 'z'] });
    });

    it('takes an event once, even if two of its parts wait for it by different fields', async () => {
      const system = await open(async (host) => {
        const both = await host.all(
          'all',
          {
            n: (h) => h.receive('r', went, { ...at, match: () => ({ n: 1 }) }),
            word: (h) => h.receive('r', went, { ...at, match: () => ({ word: 'w' }) }),
          },
          at,
        );
        return [both.n.nth, both.word.nth].toSorted();
      });
      const { run } = await begin(system, /all\/word\/r/);
      await send(system, { n: 1, word: 'w', nth: 1 });
      await new Promise((resolve) => setTimeout(resolve, 100));
      await send(system, { n: 1, word: 'w', nth: 2 });
      expect(await system.end('f', run)).toMatchObject({ status: 'completed', output: [1, 2] });
    });

    it('fails when nothing came in time, or goes on', async () => {
      const failing = await open((host) =>
        host.receive('r', went, { ...at, timeout: '50ms', match: () => ({ n: 7 }) }),
      );
      expect(await failing.run('f', undefined, { run: 'late1' })).toMatchObject({
        status: 'failed',
        error: {
          code: 'MR3211',
          message: `Nothing came for 'r' of run 'late1': no event 'went' with {"n":7} within 50ms.`,
          details: { run: 'late1', step: 'r' },
        },
      });
      const going = await open(async (host) => [
        (await host.receive('r', went, { ...at, timeout: '50ms', onTimeout: 'continue' })) ?? 'none',
        (await host.receive('s', went, { ...at, timeout: '1h', onTimeout: 'continue' })) ?? 'none',
      ]);
      const { run } = await begin(going, /^s$/);
      await send(going, { n: 3 });
      expect(await going.end('f', run)).toMatchObject({ output: ['none', { n: 3 }] });
    });

    it('is left when its run is cancelled, and undone when that was its last step', async () => {
      const seen: string[] = [];
      const system = await open(async (host) => {
        await host.receive('first', went, at);
        host.undo('first', () => back('first'), at);
        await host.receive('r', went, at);
      }, seen);
      const { run, invocation } = await begin(system, /^first$/);
      await send(system, { n: 1 });
      await waiting(invocation, /^r$/);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await system.cancel(invocation);
      expect(await system.end('f', run)).toMatchObject({ status: 'cancelled' });
      expect(seen).toEqual(['back first']);
      const left = await restate.sql(
        `SELECT key FROM state WHERE service_name = '${system.names.buffers}' AND key LIKE 'w%'`,
      );
      expect(left).toEqual([]);
    });

    it('that loses a race leaves its event to the next', async () => {
      const system = await open(async (host) => {
        const { winner } = await host.race(
          'r',
          { event: (h) => h.receive('e', went, at), time: (h) => h.sleep('t', '50ms', at) },
          at,
        );
        return [winner, (await host.receive('later', went, at)).n];
      });
      const { run } = await begin(system, /^later$/);
      await send(system, { n: 9 });
      expect(await system.end('f', run)).toMatchObject({ output: ['time', 9] });
    });
  });

  describe('emit', () => {
    it('publishes once, also to its own run, and says the time', async () => {
      const system = await open(async (host) => {
        const before = host.now();
        await host.emit('one', () => went({ n: 5, word: 'self' }), at);
        const { word } = await host.receive('r', went, { ...at, match: () => ({ n: 5 }) });
        return [word, host.now() > before];
      });
      expect(await system.run('f')).toMatchObject({ output: ['self', true] });
    });

    it('refuses what does not fit its event, and what is none', async () => {
      const wrong = await open((host) => host.emit('one', () => went({ n: 'x' as never }), at));
      expect(await wrong.run('f')).toMatchObject({ status: 'failed', error: { code: 'MR3302' } });
      const none = await open((host) => host.emit('one', () => ok('x') as never, at));
      expect(await none.run('f')).toMatchObject({ status: 'failed', error: { code: 'MR3215' } });
    });
  });

  describe('approve', () => {
    const form = z.object({ note: z.string(), amount: z.number().default(3) });
    const open2 = (timeout?: '60ms' | '1h', onTimeout?: 'continue'): Promise<TestSystem> =>
      open(
        async (host) =>
          (await host.approve('ask', {
            ...at,
            form,
            message: () => 'May it?',
            ...(timeout === undefined ? {} : { timeout }),
            ...(onTimeout === undefined ? {} : { onTimeout }),
          } as never)) ?? 'nobody',
        [],
        { forms: { ask: form } },
      );
    const questions = async (system: TestSystem) => {
      const rows = await restate.sql(
        `SELECT value_utf8 AS text FROM state WHERE service_name = '${system.names.decisions}' AND key = 'question'`,
      );
      return rows.map(({ text }) => decisionView(String(text)));
    };

    it('shows who is asked what, and takes one decision with its form', async () => {
      const system = await open2('1h');
      const { run: runId } = await begin(system, /^ask$/);
      await until(async () => (await questions(system)).length === 1);
      const [question] = await questions(system);
      expect(question).toMatchObject({ runId, flow: 'f', step: 'ask', message: 'May it?' });
      expect((question?.until ?? 0) - (question?.since ?? 0)).toBe(3_600_000);
      const say = (more: object) =>
        decide(restate.call, system, { runId, step: 'ask', approved: true, by: 'ada', ...more });
      await expect(say({ form: { note: 3 } })).rejects.toMatchObject({ code: 'MR3234' });
      await say({ form: { note: 'fine' } });
      expect(await system.end('f', runId)).toMatchObject({
        output: { approved: true, by: 'ada', form: { note: 'fine', amount: 3 }, at: expect.any(Number) },
      });
      await expect(say({ form: { note: 'again' } })).rejects.toMatchObject({ code: 'MR3233' });
      expect(await questions(system)).toEqual([]);
    });

    it('fails when nobody decides in time, or goes on without a decision', async () => {
      const failing = await open2('60ms');
      expect(await failing.run('f', undefined, { run: 'late2' })).toMatchObject({
        status: 'failed',
        error: { code: 'MR3235', message: "Nobody decided 'ask' of run 'late2' within 60ms." },
      });
      expect(await questions(failing)).toEqual([]);
      expect(await (await open2('60ms', 'continue')).run('f')).toMatchObject({ output: 'nobody' });
    });

    it('is asked no more when its run is cancelled', async () => {
      const system = await open2();
      const { run, invocation } = await begin(system, /^ask$/);
      await until(async () => (await questions(system)).length === 1);
      await system.cancel(invocation);
      expect(await system.end('f', run)).toMatchObject({ status: 'cancelled' });
      expect(await questions(system)).toEqual([]);
    });

    it('fails its step when it cannot be asked', async () => {
      const system = await open((host) =>
        host.approve('ask', {
          ...at,
          message: () => {
            throw new Error('no words');
          },
        }),
      );
      expect(await system.run('f')).toMatchObject({
        status: 'failed',
        error: { message: 'no words', details: { step: 'ask' } },
      });
    });
  });
});
