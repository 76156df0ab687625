import { describe, expect, it } from 'vitest';
import { machineKinds } from '../../../test/support/machine-kinds.ts';
import type { MachineSketch, StateSketch } from '../../../test/support/sketch.ts';
import { SimulatedClock } from '../../testing/index.ts';
import { createMachineHost } from '../index.ts';

const names = ['go', 'ping', 'pong', 'note', 'leave', 'late'];
/** A machine that writes down what it hears, and sends what it is told. */
const machine = (on: NonNullable<StateSketch['on']>, rest: Partial<StateSketch> = {}): MachineSketch => ({
  events: names,
  creates: ['note'],
  initial: 'on',
  states: {
    on: {
      on: {
        ...on,
        'error.communication': {
          actions: [['assign', '({ context }) => ({ heard: [...(context.heard ?? []), "error"] })']],
        },
        '*': {
          actions: [['assign', '({ context, event }) => ({ heard: [...(context.heard ?? []), event?.n ?? "-"] })']],
        },
      },
      ...rest,
    },
    off: {},
  },
});

describe.each(machineKinds)('%s machines that send', (_, make) => {
  const hostOf = (sketches: Readonly<Record<string, MachineSketch>>) => {
    const clock = new SimulatedClock({ start: 0 });
    const errors: string[] = [];
    const host = createMachineHost({
      machines: Object.entries(sketches).map(([name, sketch]) => make(name, sketch)),
      clock,
      onError: ({ code, details }) => errors.push(`${code} ${String(details['event'])}`),
    });
    const heard = (machine: string, id = '1') =>
      (host.get(machine, id)?.getSnapshot().context as { readonly heard?: readonly unknown[] } | undefined)?.heard;
    return { host, clock, errors, heard };
  };
  const go = { name: 'go' };

  it('to themselves: after the step, in order, before what comes later', () => {
    const { host, heard } = hostOf({
      self: machine({
        go: {
          actions: [
            ['send', 'note', '() => ({ n: 1 })'],
            ['raise', 'note', '() => ({ n: 0 })'],
            ['send', 'note', '() => ({ n: 2 })'],
          ],
        },
      }),
    });
    const one = host.create('self');
    let first = true;
    one.subscribe(() => {
      if (first) one.send({ name: 'note', payload: { n: 3 } });
      first = false;
    });
    one.send(go);
    expect(heard('self')).toEqual([0, 1, 2, 3]);
  });

  it('later: each send is a delivery of its own, and an id takes back all that still wait under it', async () => {
    const { host, clock, heard } = hostOf({
      self: machine({
        go: {
          actions: [
            ['send', 'note', '() => ({ n: 1 })', { delay: '2s', id: 'mine' }],
            ['send', 'note', '() => ({ n: 2 })', { delay: '1s', id: 'mine' }],
            ['send', 'note', '() => ({ n: 3 })', { delay: '1s' }],
            ['send', 'note', '() => ({ n: 4 })', { delay: '1s' }],
            ['send', 'note', '() => ({ n: 5 })', { delay: '3s', id: 'mine' }],
          ],
        },
        leave: { actions: [['cancel', 'mine']] },
      }),
    });
    const one = host.create('self');
    one.send(go);
    await clock.advance('1s');
    expect(heard('self')).toEqual([2, 3, 4]);
    one.send({ name: 'leave' });
    await clock.advance('1h');
    expect(heard('self')).toEqual([2, 3, 4]);
  });

  it('at the same deadline in the order in which they were sent, and what is due at once before that', async () => {
    const { host, clock, heard } = hostOf({
      self: machine({
        go: {
          actions: [
            ['send', 'late', '() => undefined', { delay: '1s' }],
            ['send', 'note', '() => ({ n: "second" })', { delay: '1s' }],
          ],
        },
        late: { actions: [['send', 'note', '() => ({ n: "first" })']] },
      }),
    });
    host.create('self').send(go);
    await clock.advance('1s');
    expect(heard('self')).toEqual(['first', 'second']);
  });

  it('at once, and take it back before it was taken', () => {
    const { host, heard } = hostOf({
      self: machine({
        go: {
          actions: [
            ['send', 'note', '() => ({ n: 1 })', { id: 'mine' }],
            ['send', 'note', '() => ({ id: "1", n: 2 })', { id: 'mine', target: 'other' }],
            ['send', 'note', '() => ({ n: 3 })', { id: 'yours' }],
            ['send', 'note', '() => ({ id: "1", n: 4 })', { target: 'other' }],
            ['cancel', 'mine'],
          ],
        },
      }),
      other: machine({}),
    });
    host.create('self').send(go);
    expect([heard('self'), heard('other')]).toEqual([[3], [4]]);
  });

  it('nothing any more once they are done', async () => {
    const { host, clock, errors } = hostOf({
      ending: {
        events: names,
        initial: 'on',
        states: {
          on: {
            on: {
              go: {
                target: 'over',
                actions: [['send', 'note', '() => ({ id: "1" })', { delay: '1s', target: 'other' }]],
              },
            },
          },
          over: { type: 'final' },
        },
      },
      other: machine({}),
    });
    host.create('ending').send(go);
    await clock.advance('1h');
    expect([host.list('other').length, errors, clock.pending]).toEqual([0, [], 0]);
  });

  const parent = machine(
    {
      go: { actions: [['send', 'ping', '({ context }) => ({ n: 1 })', { target: '#kid' }]] },
      leave: 'off',
    },
    { run: [{ id: 'kid', target: { kind: 'machine', name: 'child' } }] },
  );

  it('to the machine that they run, and to the one that runs them', () => {
    const { host, heard } = hostOf({
      parent,
      child: machine({
        ping: { actions: [['send', 'pong', '({ event }) => ({ n: event.n + 1 })', { target: '#parent' }]] },
      }),
    });
    const one = host.create('parent');
    one.send(go);
    expect(heard('parent')).toEqual([2]);
    one.send({ name: 'leave' });
    expect(host.list('child')).toEqual([]);
  });

  it('to an instance by name, and to the one that the key names, created when the event may do that', () => {
    const { host, heard } = hostOf({
      sender: machine({
        go: {
          actions: [
            ['send', 'pong', '() => ({ n: 1 })', { target: 'other/there' }],
            ['send', 'note', '() => ({ id: "new", n: 2 })', { target: 'other' }],
            ['send', 'note', '() => ({ id: "there", n: 3 })', { target: '({ context }) => context.whom' }],
          ],
        },
      }),
      other: machine({}),
    });
    host.create('other', { id: 'there' });
    const one = host.create('sender', { context: { whom: 'other' } });
    one.send(go);
    expect([heard('other', 'there'), heard('other', 'new'), heard('sender')]).toEqual([[1, 3], [2], undefined]);
  });

  it.each([
    ['#parent', 'note'],
    ['#nobody', 'note'],
    ['other/absent', 'note'],
    ['other', 'pong'],
    ['nothing', 'note'],
    ['deaf/1', 'note'],
  ])('to %s, which cannot be reached, and hear of it before anything else', async (target, event) => {
    const { host, clock, heard, errors } = hostOf({
      sender: machine({
        go: {
          actions: [
            ['send', 'note', '() => ({ n: 1 })'],
            ['send', event, '() => ({ id: "new" })', { target }],
          ],
        },
        late: { actions: [['send', event, '() => ({ id: "new" })', { target, delay: '1s' }]] },
      }),
      other: machine({}),
      deaf: { events: ['go'], initial: 'on', states: { on: {} } },
    });
    host.create('deaf');
    const one = host.create('sender');
    one.send(go);
    expect(heard('sender')).toEqual(['error', 1]);
    one.send({ name: 'late' });
    await clock.advance('1s');
    expect(heard('sender')).toEqual(['error', 1, 'error']);
    expect(errors).toEqual([]);
  });

  it('says so when nobody handles that somebody could not be reached', () => {
    const { host, errors } = hostOf({
      sender: {
        events: names,
        initial: 'on',
        states: { on: { on: { go: { actions: [['send', 'note', '() => ({})', { target: '#parent' }]] } } } },
      },
    });
    host.create('sender').send(go);
    expect(errors).toEqual(['MR3383 error.communication']);
  });

  it('each other for ever, without freezing the page', async () => {
    const { host, clock, heard } = hostOf({
      one: machine({ ping: { actions: [['send', 'pong', '() => undefined', { target: 'two/1' }]] } }),
      two: machine({ pong: { actions: [['send', 'ping', '() => undefined', { target: 'one/1' }]] } }),
    });
    const one = host.create('one');
    host.create('two');
    one.send({ name: 'ping' });
    one.send({ name: 'note', payload: { n: 'heard' } });
    await clock.advance(1);
    expect(heard('one')).toEqual(['heard']);
    host.stop();
  });
});
