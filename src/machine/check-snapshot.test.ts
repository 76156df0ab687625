import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compiled } from '../../test/support/compile-machine.ts';
import { randomEvents, randomMachine } from '../../test/support/random-machine.ts';
import { enliven, sketchMachine, type MachineSketch } from '../../test/support/sketch.ts';
import { checkSnapshot, interpretMachine, type Snapshot } from './index.ts';

const house: MachineSketch = {
  events: ['turn', 'leave'],
  initial: 'inside',
  states: {
    inside: {
      type: 'parallel',
      states: {
        light: { states: { dark: { on: { turn: 'bright' } }, bright: {} } },
        heat: { initial: 'cold', states: { cold: {}, warm: { states: { low: {}, high: {} } } } },
      },
    },
    outside: {},
    gone: { type: 'final' },
  },
};
const node = sketchMachine('house', house);

describe.each([
  ['compiled', compiled(node)],
  ['interpreted', interpretMachine(enliven(node))],
])('%s', (_, machine) => {
  const at = (state: unknown, status: unknown = 'active') => checkSnapshot(machine, { state, status, context: {} });

  it('lets exactly the states pass in which the machine can stand', () => {
    const all = machine.states.map(([name]) => name);
    const legal = ['dark,cold', 'dark,low', 'dark,high', 'bright,cold', 'bright,low', 'bright,high', 'outside'];
    const order = (names: readonly string[]) => [...names].sort((a, b) => all.indexOf(a) - all.indexOf(b)).join();
    fc.assert(
      fc.property(fc.shuffledSubarray(all), (names) => {
        if (names.includes('gone')) return;
        if (legal.includes(order(names))) expect(at(names).state.join()).toBe(order(names));
        else expect(() => at(names)).toThrow(expect.objectContaining({ code: 'MR3374', fault: 'input' }));
      }),
      { numRuns: 2000 },
    );
    for (const names of legal) expect(at(names.split(',')).state.join()).toBe(names);
  });

  it('says what is wrong', () => {
    const said = (state: unknown, status?: unknown) => {
      try {
        return at(state, status);
      } catch (thrown) {
        return (thrown as Error).message.replace("A snapshot does not fit machine 'house': ", '');
      }
    };
    expect(said(['outside', 'dark', 'cold'])).toBe("'inside' and 'outside' cannot be active together.");
    expect(said(['dark'])).toBe("no state is named for the region 'heat' of 'inside'.");
    expect(said(['dark', 'dark', 'cold'])).toBe("'dark' is named twice.");
    expect(said(['dark', 'heat'])).toBe("'heat' has states below it, and none of them is named.");
    expect(said([])).toBe('no state is named.');
    expect(said(['gone'])).toBe("in [gone] it has ended, but its status is 'active'.");
    expect(said(['outside'], 'done')).toBe("in [outside] it has not ended, but its status is 'done'.");
    expect(said(['attic'])).toBe("Machine 'house' has no state 'attic'.");
  });

  it.each<unknown>([null, 7, 'text', [], {}, { state: 'dark', status: 'active' }, { state: [1], status: 'active' }])(
    'refuses %j, which is no snapshot',
    (value) => {
      expect(() => checkSnapshot(machine, value)).toThrow(expect.objectContaining({ code: 'MR3370' }));
    },
  );

  it('lets the snapshots of a run pass', () => {
    const scope = { instanceId: '1', now: 0 };
    const first = machine.start({}, scope).snapshot;
    const second = machine.send(first, { name: 'turn', payload: undefined }, scope).snapshot;
    for (const snapshot of [first, second]) expect(checkSnapshot(machine, snapshot)).toEqual(snapshot);
  });
});

const desk = sketchMachine('desk', {
  events: ['go'],
  initial: 'off',
  states: {
    off: { on: { go: 'all' } },
    on: {
      type: 'parallel',
      on: { go: 'off' },
      states: {
        left: {
          initial: 'l1',
          states: {
            l1: { after: { '1s': 'lately' } },
            l2: { initial: 'deep', states: { deep: {}, deeper: {} } },
            lately: { type: 'history', history: 'shallow', initial: 'l1' },
          },
        },
        right: { initial: 'r1', states: { r1: {}, r2: {} } },
        all: { type: 'history', history: 'deep', initial: ['l1', 'r1'] },
        side: { type: 'history', history: 'shallow', initial: ['l1', 'r1'] },
      },
    },
  },
});

describe.each([
  ['compiled', compiled(desk)],
  ['interpreted', interpretMachine(enliven(desk))],
])('what history states remember, %s,', (_, machine) => {
  const with_ = (history: Snapshot['history']) =>
    checkSnapshot(machine, { state: ['off'], status: 'active', context: {}, history });

  it.each([
    { lately: ['l2'] },
    { side: ['left', 'right'] },
    { all: ['deep', 'r1'] },
    { all: ['l1', 'r2'], lately: ['l1'] },
  ])('may be %j', (history) => expect(with_(history).history).toEqual(history));

  it.each([
    { lately: ['r1'] },
    { lately: ['l1', 'l2'] },
    { lately: [] },
    // A shallow one names what lies right below, a deep one leaves, and each once.
    { lately: ['deep'] },
    { lately: ['l2', 'l2'] },
    { all: ['left', 'right'] },
    { all: ['l2', 'r1'] },
    { all: ['l1', 'l1', 'r1'] },
    { all: [] },
    { side: ['left', 'right', 'side'] },
    { all: ['l1'] },
    { all: ['l1', 'deep', 'r1'] },
  ])('cannot be %j', (history) => expect(() => with_(history)).toThrow(expect.objectContaining({ code: 'MR3374' })));

  it('belongs to a history state', () => {
    expect(() => with_({ on: ['left', 'right'] })).toThrow(expect.objectContaining({ code: 'MR3330' }));
  });
});

it('lets every snapshot of every machine pass', () => {
  fc.assert(
    fc.property(randomMachine({ regions: true }), randomEvents, (sketch, events) => {
      const machine = interpretMachine(enliven(sketchMachine('random', sketch)));
      const scope = { instanceId: '1', now: 0 };
      try {
        let { snapshot } = machine.start({ n: 0 }, scope);
        for (const event of events) {
          expect(checkSnapshot(machine, snapshot)).toEqual(snapshot);
          ({ snapshot } = machine.send(snapshot, event, scope));
        }
      } catch (thrown) {
        // A machine that does not come to rest has no snapshot.
        expect(thrown).toMatchObject({ code: 'MR3331' });
      }
    }),
    { numRuns: 100 },
  );
});
