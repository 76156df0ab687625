import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { machineKinds } from '../../../test/support/machine-kinds.ts';
import type { MachineSketch } from '../../../test/support/sketch.ts';
import { SimulatedClock } from '../../testing/index.ts';
import { createMachineHost, type HostOptions, type MachineWithSchemas, type Unhandled } from '../index.ts';

const radio: MachineSketch = {
  events: ['volume', 'off', 'break'],
  creates: ['volume'],
  initial: 'on',
  states: {
    on: {
      on: {
        volume: { actions: [['assign', '({ context, event }) => ({ ...context, level: event.level })']] },
        break: { actions: [['assign', '() => ({ level: "loud" })']], target: 'broken' },
        off: 'off',
        'error.communication': {
          actions: [['assign', '({ context, event }) => ({ ...context, heard: event.code })']],
        },
      },
    },
    broken: {},
    off: { type: 'final' },
  },
};
const remote: MachineSketch = {
  events: ['press'],
  initial: 'on',
  states: {
    on: {
      on: {
        press: { actions: [['emit', 'volume', '({ event }) => ({ id: "1", level: event.level })']] },
      },
    },
  },
};
const teller: MachineSketch = {
  events: ['press', 'volume'],
  initial: 'on',
  states: {
    on: {
      on: {
        press: [
          { guard: '({ event }) => event.to === "me"', actions: [['send', 'volume', '() => ({ level: "x" })']] },
          { actions: [['send', 'volume', '() => ({ level: "x" })', { target: 'radio/1' }]] },
        ],
        'error.communication': { actions: [['assign', '({ event }) => ({ heard: event.code })']] },
      },
    },
  },
};
const payload = z.object({ id: z.string().optional(), level: z.coerce.number().max(10) });
const context = z.object({ level: z.number().default(3) });

describe.each(machineKinds)('a host of %s machines with schemas', (_, make) => {
  const open = (options: Partial<MachineWithSchemas> = { context, payloads: { volume: payload } }) => {
    const errors: string[] = [];
    const unhandled: Omit<Unhandled, 'instance' | 'available' | 'payload'>[] = [];
    const onUnhandled: HostOptions['onUnhandled'] = ({ machine, event, reason, message }) =>
      unhandled.push({ ...(machine !== undefined && { machine }), event, reason, message });
    const module = make('radio', radio);
    const machines = [
      { module, ...options },
      make('remote', remote),
      { module: make('teller', teller), payloads: { volume: payload } },
    ];
    const onError: HostOptions['onError'] = ({ code, message }) => errors.push(`${code} ${message}`);
    const host = createMachineHost({ machines, clock: new SimulatedClock({ start: 0 }), onError, onUnhandled });
    return { host, errors, unhandled, again: () => createMachineHost({ machines }).restore(host.dump()) };
  };
  const code = (expected: string) => expect.objectContaining({ code: expected });

  it('refuses payloads that do not fit, and hands on what the schema makes of them', () => {
    const { host } = open();
    const one = host.create('radio', { id: '1' });
    const other = host.create('teller', { id: '1' });
    expect(() => one.send({ name: 'volume', payload: { level: 'loud' } })).toThrow(code('MR3302'));
    expect(() => host.publish('volume', { id: '1', level: 11 })).toThrow(code('MR3302'));
    expect(() => host.publish('volume', { id: '1', level: 11 })).toThrow(/event 'volume' of machine 'radio'.*level: /);
    expect([one, other].map((each) => each.getSnapshot().context)).toEqual([{ level: 3 }, {}]);
    one.send({ name: 'volume', payload: { level: '7' } });
    expect(one.getSnapshot().context).toEqual({ level: 7 });
  });

  it('says when a machine emits or sends what does not fit', () => {
    const { host, errors } = open();
    const one = host.create('radio', { id: '1' });
    host.create('remote').send({ name: 'press', payload: { level: 'loud' } });
    expect(errors).toEqual([expect.stringMatching(/^MR3302 .*'volume'/)]);
    for (const to of ['me', 'you']) {
      const sender = host.create('teller');
      sender.send({ name: 'press', payload: { to } });
      expect([to, sender.getSnapshot().context, errors.slice(1)]).toEqual([to, { heard: 'MR3302' }, []]);
    }
    expect(one.getSnapshot().context).toEqual({ level: 3 });
  });

  it.each([
    ['payloads', undefined],
    ['no payloads', {}],
  ])('with %s it does not take a step after which the context would not fit: a dump can be restored', (_, given) => {
    const { host, errors, again } = open({ context, ...(given ?? { payloads: { volume: payload } }) });
    const one = host.create('radio', { id: '1' });
    one.send({ name: 'break' });
    expect(one.getSnapshot()).toMatchObject({ state: ['on'], context: { level: 3 } });
    expect(errors).toEqual([
      expect.stringMatching(/^MR3381 .*'1' of machine 'radio'.* after the step, which is not taken: level: /),
    ]);
    expect(again().map((each) => each.getSnapshot())).toEqual([one.getSnapshot()]);
  });

  it('refuses a machine whose first step leaves a context that does not fit', () => {
    const made = z.string().transform((text) => text.length);
    const { host } = open({ context: z.object({ level: made }) });
    expect(() => host.create('radio', { context: { level: 'five' } })).toThrow(code('MR3381'));
    expect(host.list()).toEqual([]);
  });

  it('checks nothing without schemas', () => {
    const { host, errors, again } = open({});
    const one = host.create('radio', { id: '1', context: { level: 'low' } });
    one.send({ name: 'volume', payload: { level: 'loud' } });
    expect([one.getSnapshot().context, errors]).toEqual([{ level: 'loud' }, []]);
    expect(again()).toHaveLength(1);
  });
});

describe.each(machineKinds)('what nobody takes in a host of %s machines', (_, make) => {
  const open = (sketch: MachineSketch = radio) => {
    const told: Unhandled[] = [];
    const radioModule = make('radio', sketch);
    // What `player.play` is to the system is `play` to the machine.
    const module = { ...radioModule, events: { 'radio.volume': 'volume', off: 'off' } };
    const host = createMachineHost({
      machines: [module, make('remote', remote)],
      clock: new SimulatedClock({ start: 0 }),
      onUnhandled: (one) => told.push(one),
    });
    const why = () => told.splice(0).map(({ machine, event, reason, message }) => [machine, event, reason, message]);
    return { host, why };
  };

  it('is told with its reason', () => {
    const { host, why } = open();
    expect(host.publish('nothing', {})).toEqual([]);
    expect(why()).toEqual([
      [undefined, 'nothing', 'unknown-event', "No machine of the host lists the event 'nothing'."],
    ]);
    host.publish('volume', { id: '1', level: 1 });
    expect(why()).toEqual([
      [undefined, 'volume', 'unknown-event', expect.stringContaining("The system calls it 'radio.volume'.")],
    ]);
    host.publish('off', { id: '7' });
    expect(why()).toEqual([
      ['radio', 'off', 'no-instance', "There is no instance '7' of 'radio', and 'off' does not create one."],
    ]);
    for (const payload of [undefined, null, 7, {}, { id: true }]) {
      host.publish('radio.volume', payload);
      expect(why()).toEqual([
        ['radio', 'volume', 'no-key', "The payload lacks 'id', which names the instance of 'radio'."],
      ]);
    }
  });

  it('is told of instances that have ended, or have no transition, or do not know the name', () => {
    const { host, why } = open();
    const one = host.create('radio', { id: '1' });
    one.send({ name: 'radio.volume' });
    expect(why()).toEqual([
      [
        'radio',
        'radio.volume',
        'unknown-event',
        "'radio' does not list the event 'radio.volume'. Here it is called 'volume'.",
      ],
    ]);
    one.send({ name: 'off' });
    host.publish('off', { id: '1' });
    one.send({ name: 'off' });
    expect(why()).toEqual([
      ['radio', 'off', 'ended', "Instance '1' of 'radio' has ended."],
      ['radio', 'off', 'ended', "Instance '1' of 'radio' has ended."],
    ]);
    const other = open({ ...radio, states: { on: { on: { off: 'off' } }, off: { type: 'final' } } });
    other.host.create('radio', { id: '1' }).send({ name: 'volume' });
    expect(other.why()).toEqual([
      ['radio', 'volume', 'no-transition', "Instance '1' of 'radio' does not take 'volume' in on."],
    ]);
  });

  it('is told of what machines emit only when a machine of the host lists it', () => {
    const { host, why } = open();
    host.create('remote').send({ name: 'press', payload: {} });
    expect(why()).toEqual([]);
  });
});
