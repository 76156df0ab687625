import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../core/index.ts';
import { anyEvent, bind } from '../../runtime/fixtures/bind.ts';
import { noting, sketched } from '../../runtime/fixtures/sketched.ts';
import type { BoundMachine } from '../../tasks/index.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startMachines, type TestMachines } from '../fixtures/machines.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';

const me = '({ context, event, instanceId }) => ({ id: instanceId })';
const hears = (...events: string[]) =>
  Object.fromEntries(events.map((event) => [event, { actions: [noting(`'${event}'`)] }]));

describe.runIf(restateIsInstalled())('machines on Restate send', () => {
  let restate: TestRestate;
  beforeAll(async () => {
    restate = await startRestate();
  }, 60_000);
  afterAll(() => restate?.close());
  const open = (machines: readonly BoundMachine[], factor = 1): Promise<TestMachines> => {
    const names = new Set(machines.flatMap(({ module }) => Object.keys(module.events)));
    const system = bind({ machines, events: [...names].map((name) => anyEvent(name)) });
    return startMachines(restate, system, { clock: systemClock({ factor }) });
  };
  const seenBy =
    (on: TestMachines, machine: string, id: string): (() => Promise<unknown>) =>
    async () =>
      ((await on.get(machine, id))?.context as { readonly seen: unknown } | undefined)?.seen;
  const patient = { timeout: 15_000, interval: 30 };

  describe('to itself', () => {
    const teller = sketched('teller', {
      events: ['go', 'a', 'b', 'late', 'off', 'end'],
      creates: ['go'],
      initial: 'on',
      states: {
        on: {
          on: {
            go: {
              actions: [
                ['send', 'a', me],
                ['send', 'late', me, { delay: '20s', id: 'x' }],
                ['send', 'late', me, { delay: '10s', id: 'x' }],
                ['send', 'late', me, { delay: '10s' }],
                ['send', 'b', me, { id: 'x' }],
                ['assign', `({ context }) => ({ seen: [...context.seen, 'go'] })`],
              ],
            },
            off: { actions: [['cancel', 'x']] },
            end: 'over',
            ...hears('a', 'b', 'late'),
          },
        },
        over: { type: 'final' },
      },
    });

    it('arrives in order, after the step and before any later event, and is taken back under its id', async () => {
      const on = await open([teller], 4);
      for (const id of ['A', 'B', 'C']) await on.sendEvent('go', { id });
      expect(await seenBy(on, 'teller', 'A')()).toEqual(['go', 'a', 'b']);
      expect((await on.history('teller', 'A')).map(({ event }) => event)).toEqual(['b', 'a', 'go', '']);
      await on.sendEvent('off', { id: 'B' });
      await on.sendEvent('end', { id: 'C' });
      await expect.poll(seenBy(on, 'teller', 'A'), patient).toEqual(['go', 'a', 'b', 'late', 'late', 'late']);
      expect(await seenBy(on, 'teller', 'B')()).toEqual(['go', 'a', 'b', 'late']);
      expect(await seenBy(on, 'teller', 'C')()).toEqual(['go', 'a', 'b']);
    });

    it('takes back what was sent without delay and has not arrived', async () => {
      const hasty = sketched('hasty', {
        events: ['go', 'a', 'b'],
        creates: ['go'],
        initial: 'on',
        states: {
          on: {
            on: {
              go: {
                actions: [
                  ['send', 'a', me],
                  ['send', 'b', me, { id: 'x' }],
                  ['send', 'b', me],
                  ['send', 'a', me, { id: 'y' }],
                  ['cancel', 'y'],
                ],
              },
              a: { actions: [noting(`'a'`), ['cancel', 'x']] },
              ...hears('b'),
            },
          },
        },
      });
      const on = await open([hasty]);
      await on.sendEvent('go', { id: 'A' });
      expect(await seenBy(on, 'hasty', 'A')()).toEqual(['a', 'b']);
    });

    it('refuses the event whose sends have no end, and all that they did', async () => {
      const restless = sketched('restless', {
        events: ['make', 'go'],
        creates: ['make'],
        initial: 'on',
        states: {
          on: {
            on: {
              make: {},
              go: {
                actions: [
                  ['send', 'go', me],
                  ['emit', 'made', me],
                ],
              },
            },
          },
        },
      });
      const on = await open([restless]);
      await on.sendEvent('make', { id: 'A' });
      expect(await on.sendEvent('go', { id: 'A' })).toMatchObject({ errors: [{ code: 'MR3311' }] });
      expect(await on.history('restless', 'A')).toHaveLength(2);
    });
  });

  describe('to others', () => {
    const failure = noting(`event.code + ' ' + event.message`);
    const sender = (target: string, delay?: string) =>
      sketched('sender', {
        events: ['go', 'then', 'ping'],
        creates: ['go'],
        initial: 'on',
        states: {
          on: {
            on: {
              go: {
                actions: [
                  ['send', 'then', me],
                  ['send', 'ping', '({ event }) => event.ping', { target, ...(delay === undefined ? {} : { delay }) }],
                ],
              },
              'error.communication': { actions: [failure] },
              ...hears('then'),
            },
          },
        },
      });
    const receiver = sketched('receiver', {
      events: ['ping', 'stop', 'make'],
      creates: ['make'],
      initial: 'on',
      states: {
        on: { on: { ping: { actions: [noting('event.n')] }, make: {}, stop: 'off' } },
        off: { type: 'final' },
      },
    });
    const willing = sketched('willing', {
      events: ['ping'],
      creates: ['ping'],
      initial: 'on',
      states: { on: { on: { ping: { actions: [noting('event.n')] } } } },
    });

    it.each([
      ['receiver/R', { n: 1 }, 'receiver', 'R'],
      ['receiver', { id: 'R/2x', n: 1 }, 'receiver', 'R/2x'],
      ['willing', { id: 'W', n: 1 }, 'willing', 'W'],
    ])('reaches %s', async (target, ping, machine, id) => {
      const on = await open([sender(target), receiver, willing]);
      if (machine === 'receiver') await on.create('receiver', { id });
      await on.sendEvent('go', { id: 'S', ping });
      await expect.poll(seenBy(on, machine, id), patient).toEqual([1]);
      expect(await seenBy(on, 'sender', 'S')()).toEqual(['then']);
    });

    it.each([
      // What the sender can see for itself it hears at once, what is with the receiver a moment later.
      ['nobody', { id: 'R' }, /no such machine/, true],
      ['nobody/R', { id: 'R' }, /no machine 'nobody'/, true],
      ['receiver', {}, /does not name an instance/, true],
      ['#parent', {}, /no other instance runs this one/, true],
      ['#kid', {}, /no machine works for it under 'kid'/, true],
      ['receiver', { id: 'R' }, /to 'receiver': there is no instance 'R'/, false],
      ['receiver/gone', { id: 'R' }, /'gone' of machine 'receiver' has ended/, false],
      ['willing/W', { id: 'W' }, /^MR3357 .*no instance 'W'/, false],
      ['willing', { id: 'a b' }, /cannot be an id/, false],
    ])('tells the sender that %s %j cannot be reached', async (target, ping, why, atOnce) => {
      const on = await open([sender(target), receiver, willing]);
      await on.create('receiver', { id: 'gone' });
      await on.sendEvent('stop', { id: 'gone' });
      await on.sendEvent('go', { id: 'S', ping });
      const failed = expect.stringMatching(why);
      await expect.poll(seenBy(on, 'sender', 'S'), patient).toEqual(atOnce ? [failed, 'then'] : ['then', failed]);
      if (atOnce) {
        const step = (await on.history('sender', 'S')).find(({ event }) => event === 'go');
        expect(step?.errors).toMatchObject([{ at: 'send', message: failed }]);
      }
    });

    it('later, and is told then who is not there', async () => {
      const on = await open([sender('receiver', '1h'), receiver], 10_000);
      await on.create('receiver', { id: 'R' });
      await on.sendEvent('go', { id: 'S', ping: { id: 'R', n: 1 } });
      await on.sendEvent('go', { id: 'S', ping: { id: 'gone', n: 2 } });
      await expect.poll(seenBy(on, 'receiver', 'R'), patient).toEqual([1]);
      const failed = expect.stringContaining(`no instance 'gone'`);
      await expect.poll(seenBy(on, 'sender', 'S'), patient).toEqual(['then', 'then', failed]);
    });

    it('a receiver that fails does not take the sender with it', async () => {
      const broken = sketched('receiver', {
        events: ['ping'],
        creates: [],
        initial: 'on',
        states: { on: { on: { ping: 'a' } }, a: { always: 'b' }, b: { always: 'a' } },
      });
      const on = await open([sender('receiver/R'), broken]);
      await on.create('receiver', { id: 'R' });
      await on.sendEvent('go', { id: 'S', ping: { n: 1 } });
      await expect
        .poll(() => on.history('receiver', 'R', { tail: 1 }), patient)
        .toMatchObject([{ event: 'ping', errors: [{ message: expect.stringContaining('MR3331') }] }]);
      expect(await seenBy(on, 'sender', 'S')()).toEqual(['then']);
    });

    it('stops two that send one another events without end', async () => {
      const ball = (name: string, other: string) =>
        sketched(name, {
          events: ['ping'],
          creates: ['ping'],
          initial: 'on',
          states: { on: { on: { ping: { actions: [['send', 'ping', me, { target: other }]] } } } },
        });
      const on = await open([ball('one', 'two'), ball('two', 'one')]);
      const ping = { event: { name: 'ping', payload: { id: 'P' } }, by: { machine: 'two', id: 'P' }, target: 'one' };
      await on.ask('one', 'P', 'send', { ...ping, name: 'ping', creates: true, depth: 990 });
      const last = async (): Promise<unknown> => (await on.history('one', 'P', { tail: 1 }))[0]?.errors;
      await expect.poll(last, patient).toMatchObject([{ message: expect.stringContaining('MR3311') }]);
      expect((await on.get('one', 'P'))?.changes).toBe(7);
      expect((await on.get('two', 'P'))?.changes).toBe(6);
    });
  });

  describe('between a machine and the one that works for it', () => {
    const outer = sketched('outer', {
      events: ['go', 'hello', 'bye', 'tell', 'leave'],
      creates: ['go'],
      initial: 'off',
      states: {
        off: { on: { go: 'on' } },
        on: {
          entry: [['send', 'tell', '() => ({ n: 1 })', { target: '#kid' }]],
          run: [
            {
              id: 'kid',
              target: { kind: 'machine', name: 'inner' },
              onDone: { target: 'over', actions: [noting(`'done'`)] },
              onError: {
                target: 'over',
                actions: [['assign', '({ context, error }) => ({ seen: [...context.seen, error.code] })']],
              },
            },
          ],
          on: {
            leave: 'over',
            tell: { actions: [['send', 'tell', '({ event }) => event', { target: '#kid' }]] },
            hello: { actions: [noting(`'hello ' + event.n`)] },
            bye: { actions: [noting(`'bye'`)] },
          },
        },
        over: {},
      },
    });
    const inner = sketched('inner', {
      events: ['tell', 'hello', 'bye'],
      initial: 'on',
      states: {
        on: {
          on: {
            tell: [
              { guard: '({ event }) => event.n === 9', target: 'off' },
              { actions: [['send', 'hello', '({ event }) => ({ n: event.n })', { target: '#parent' }]] },
            ],
          },
        },
        off: { type: 'final', entry: [['send', 'bye', '() => ({})', { target: '#parent' }]] },
      },
    });

    it('both hear each other, a last word comes before the end, and who is left stops', async () => {
      const on = await open([outer, inner]);
      await on.sendEvent('go', { id: 'A' });
      await on.sendEvent('tell', { id: 'A', n: 2 });
      await on.sendEvent('tell', { id: 'A', n: 9 });
      await expect.poll(seenBy(on, 'outer', 'A'), patient).toEqual(['hello 1', 'hello 2', 'bye', 'done']);
      expect(await on.get('inner', 'outer:A:2.1')).toMatchObject({
        status: 'done',
        parent: { machine: 'outer', id: 'A' },
      });
      await on.sendEvent('go', { id: 'B' });
      await expect.poll(seenBy(on, 'outer', 'B'), patient).toEqual(['hello 1']);
      await on.sendEvent('leave', { id: 'B' });
      await expect.poll(() => on.get('inner', 'outer:B:2.1'), patient).toMatchObject({ status: 'stopped' });
    });

    it('one that is removed tells whom it worked for, and its id is free', async () => {
      const on = await open([outer, inner]);
      await on.sendEvent('go', { id: 'A' });
      await expect.poll(seenBy(on, 'outer', 'A'), patient).toEqual(['hello 1']);
      await expect(on.remove('inner', 'outer:A:2.1')).rejects.toMatchObject({ code: 'MR3360' });
      await on.remove('inner', 'outer:A:2.1', { force: true });
      await expect.poll(seenBy(on, 'outer', 'A'), patient).toEqual(['hello 1', 'MR3203']);
      await on.remove('outer', 'A', { force: true });
      expect(await on.get('outer', 'A')).toBeUndefined();
      expect(await on.history('outer', 'A')).toEqual([]);
      await on.sendEvent('go', { id: 'A' });
      await expect.poll(() => on.get('inner', 'outer:A:2.1~2'), patient).toMatchObject({ status: 'active' });
    });
  });
});
