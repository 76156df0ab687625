import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SimulatedClock } from 'millrace/testing';
import { openSqlite } from 'millrace/store';
import type { ReactiveSystemRuntime } from '../index.ts';
import { anyEvent } from '../fixtures/bind.ts';
import { machineKinds } from '../../../test/support/machine-kinds.ts';
import { noteBook, noting, openSketched, seen } from '../fixtures/sketched.ts';

const me = '({ context, event, instanceId }) => ({ id: instanceId })';
let runtime: ReactiveSystemRuntime;
afterEach(() => runtime.close());

/** Takes and notes these events, whatever happens. */
const hears = (...events: string[]) =>
  Object.fromEntries(events.map((event) => [event, { actions: [noting(`'${event}'`)] }]));

describe.each(machineKinds)('%s machines send', (_kind, make) => {
  const sketched = (...of: Parameters<typeof make>) => noteBook(make(...of));

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
                ['send', 'late', me, { delay: '10s', id: 'x' }],
                ['send', 'late', me, { delay: '5s', id: 'x' }],
                ['send', 'late', me, { delay: '5s' }],
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

    it('arrives in order, after the step and before any later event, and what waits under one id is not replaced', async () => {
      const clock = new SimulatedClock();
      runtime = openSketched([teller], {}, { clock });
      await Promise.all(['go', 'a'].map((event) => runtime.sendEvent(event, { id: 'A' })));
      expect(seen(runtime, 'teller', 'A')).toEqual(['go', 'a', 'b', 'a']);
      expect(runtime.history('teller', 'A').map(({ event }) => event)).toEqual(['a', 'b', 'a', 'go', '']);
      await clock.advance('5s');
      expect(seen(runtime, 'teller', 'A')).toEqual(['go', 'a', 'b', 'a', 'late', 'late']);
      await clock.advance('5s');
      expect(seen(runtime, 'teller', 'A')).toEqual(['go', 'a', 'b', 'a', 'late', 'late', 'late']);
    });

    it('is taken back under its id, all of it, and only that', async () => {
      const clock = new SimulatedClock();
      runtime = openSketched([teller], {}, { clock });
      await runtime.sendEvent('go', { id: 'A' });
      await runtime.sendEvent('go', { id: 'B' });
      await runtime.sendEvent('off', { id: 'A' });
      await clock.advance('1m');
      expect(seen(runtime, 'teller', 'A')).toEqual(['go', 'a', 'b', 'late']);
      expect(seen(runtime, 'teller', 'B')).toEqual(['go', 'a', 'b', 'late', 'late', 'late']);
    });

    it('is a row that survives a restart and dies with the instance', async () => {
      const clock = new SimulatedClock();
      const store = openSqlite(':memory:');
      runtime = openSketched([teller], {}, { clock, store, db: undefined });
      for (const id of ['A', 'B']) await runtime.sendEvent('go', { id });
      expect(store.tables.timers.count()).toBe(6);
      await runtime.sendEvent('end', { id: 'B' });
      expect(store.tables.timers.count()).toBe(3);
      runtime.abandon();
      store.transaction((tx) => tx.owner.release());
      runtime = openSketched([teller], {}, { clock, store, db: undefined });
      await runtime.idle();
      await clock.advance('1h');
      expect(seen(runtime, 'teller', 'A')).toEqual(['go', 'a', 'b', 'late', 'late', 'late']);
      expect(seen(runtime, 'teller', 'B')).toEqual(['go', 'a', 'b']);
    });

    it('takes back what was sent without delay in the same step', async () => {
      const hasty = sketched('hasty', {
        events: ['go', 'a', 'b'],
        creates: ['go'],
        initial: 'on',
        states: {
          on: {
            on: {
              go: {
                actions: [
                  ['send', 'a', me, { id: 'x' }],
                  ['send', 'b', me],
                  ['cancel', 'x'],
                  ['send', 'a', me],
                ],
              },
              ...hears('a', 'b'),
            },
          },
        },
      });
      runtime = openSketched([hasty]);
      await runtime.sendEvent('go', { id: 'A' });
      expect(seen(runtime, 'hasty', 'A')).toEqual(['b', 'a']);
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
                ],
              },
              a: { actions: [noting(`'a'`), ['cancel', 'x']] },
              ...hears('b'),
            },
          },
        },
      });
      runtime = openSketched([hasty]);
      await runtime.sendEvent('go', { id: 'A' });
      expect(seen(runtime, 'hasty', 'A')).toEqual(['a', 'b']);
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
      runtime = openSketched([restless]);
      await runtime.sendEvent('make', { id: 'A' });
      expect(await runtime.sendEvent('go', { id: 'A' })).toMatchObject({ errors: [{ code: 'MR3311' }] });
      expect(runtime.history('restless', 'A')).toHaveLength(2);
    });

    it('lets one event reach thousands', async () => {
      const many = sketched('many', {
        events: ['go', 'hello'],
        creates: ['go', 'hello'],
        initial: 'on',
        states: {
          on: {
            on: {
              go: {
                actions: [
                  [
                    'forEach',
                    '() => Array.from({ length: 3000 }, (_, n) => n)',
                    [['send', 'hello', '({ item }) => ({ id: String(item) })', { target: 'many' }]],
                  ],
                ],
              },
              hello: { actions: [noting(`'hello'`)] },
            },
          },
        },
      });
      runtime = openSketched([many]);
      expect(await runtime.sendEvent('go', { id: 'first' })).toMatchObject({ handled: true });
      expect(runtime.instances({ machine: 'many' })).toHaveLength(3001);
      expect(seen(runtime, 'many', '2999')).toEqual(['hello']);
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
    const go = (ping: object) => runtime.sendEvent('go', { id: 'S', ping });

    it('reaches an instance by name, and one that the key names', async () => {
      runtime = openSketched([sender('receiver/R'), receiver]);
      await runtime.create('receiver', { id: 'R' });
      await go({ n: 1 });
      expect(seen(runtime, 'receiver', 'R')).toEqual([1]);
      await runtime.close();
      runtime = openSketched([sender('receiver'), receiver]);
      await runtime.create('receiver', { id: 'R/2x' });
      await go({ id: 'R/2x', n: 2 });
      expect(seen(runtime, 'receiver', 'R/2x')).toEqual([2]);
      expect(seen(runtime, 'sender', 'S')).toEqual(['then']);
    });

    it('creates the instance only where the machine says so, and not by its name', async () => {
      runtime = openSketched([sender('willing'), willing]);
      await go({ id: 'W', n: 1 });
      expect(seen(runtime, 'willing', 'W')).toEqual([1]);
      await runtime.close();
      runtime = openSketched([sender('willing/W'), willing]);
      await go({ id: 'W', n: 1 });
      expect(runtime.get('willing', 'W')).toBeUndefined();
      expect(seen(runtime, 'sender', 'S')).toEqual([expect.stringMatching(/^MR3357 .*no instance 'W'/), 'then']);
    });

    it.each([
      ['nobody', { id: 'R' }, /no such machine/],
      ['nobody/R', { id: 'R' }, /no machine 'nobody'/],
      ['receiver', {}, /does not name an instance/],
      ['receiver', { id: 'R' }, /no instance 'R'/],
      ['receiver/gone', { id: 'R' }, /'gone' of machine 'receiver' has ended/],
      ['#parent', {}, /no other instance runs this one/],
      ['#kid', {}, /no machine works for it under 'kid'/],
      ['willing', { id: 'a b' }, /cannot be an id/],
    ])('tells the sender next that %s %j cannot be reached', async (target, ping, why) => {
      runtime = openSketched([sender(target), receiver, willing]);
      await runtime.create('receiver', { id: 'gone' });
      await runtime.sendEvent('stop', { id: 'gone' });
      await go(ping);
      const late = target === 'willing';
      const failed = expect.stringMatching(why);
      expect(seen(runtime, 'sender', 'S')).toEqual(late ? ['then', failed] : [failed, 'then']);
      if (!late) {
        const step = runtime.history('sender', 'S').find(({ event }) => event === 'go');
        expect(step?.errors).toMatchObject([{ at: 'send', message: failed }]);
      }
    });

    it('is told when a payload does not fit the event', async () => {
      const others = ['go', 'then', 'stop', 'make'].map((name) => anyEvent(name));
      runtime = openSketched([sender('receiver/R'), receiver], {
        events: [...others, anyEvent('ping', z.object({ n: z.number() }))],
      });
      await runtime.create('receiver', { id: 'R' });
      await go({ n: 'no number' });
      expect(seen(runtime, 'sender', 'S')).toEqual([expect.stringMatching(/^MR3302 .*n: /), 'then']);
      expect(seen(runtime, 'receiver', 'R')).toEqual([]);
    });

    it('waits in the database, and is told then who is not there', async () => {
      const clock = new SimulatedClock();
      runtime = openSketched([sender('receiver', '1h'), receiver], {}, { clock });
      await runtime.create('receiver', { id: 'R' });
      await go({ id: 'R', n: 1 });
      await go({ id: 'gone', n: 2 });
      await clock.advance('1h');
      expect(seen(runtime, 'receiver', 'R')).toEqual([1]);
      expect(seen(runtime, 'sender', 'S')).toEqual(['then', 'then', expect.stringContaining(`no instance 'gone'`)]);
    });

    it('a receiver that fails does not take the sender with it', async () => {
      const broken = sketched('receiver', {
        events: ['ping'],
        creates: [],
        initial: 'on',
        states: { on: { on: { ping: 'a' } }, a: { always: 'b' }, b: { always: 'a' } },
      });
      runtime = openSketched([sender('receiver/R'), broken]);
      await runtime.create('receiver', { id: 'R' });
      await go({ n: 1 });
      expect(seen(runtime, 'sender', 'S')).toEqual(['then']);
      expect(runtime.history('receiver', 'R', 1)).toMatchObject([
        { event: 'ping', errors: [{ message: expect.stringContaining('MR3331') }] },
      ]);
    });
  });

  describe('between a machine and the one that works for it', () => {
    const outer = sketched('outer', {
      events: ['go', 'hello', 'bye', 'tell'],
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
            },
          ],
          on: {
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

    it('both hear each other, and a last word comes before the end', async () => {
      runtime = openSketched([outer, inner]);
      await runtime.sendEvent('go', { id: 'A' });
      await runtime.sendEvent('tell', { id: 'A', n: 2 });
      await runtime.sendEvent('tell', { id: 'A', n: 9 });
      expect(seen(runtime, 'outer', 'A')).toEqual(['hello 1', 'hello 2', 'bye', 'done']);
      expect(runtime.instances({ machine: 'inner' })).toMatchObject([
        { status: 'done', parent: { machine: 'outer', id: 'A' } },
      ]);
    });
  });
});
