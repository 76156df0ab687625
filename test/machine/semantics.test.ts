/** What a machine does, in the order in which it does it: by hand from the Recommendation, for both implementations. */
import { describe, expect, it } from 'vitest';
import { drive, scope } from '../support/drive.ts';
import { implementations, names } from '../support/implementations.ts';
import type { MachineSketch } from '../support/sketch.ts';

describe.each(implementations)('%s', (_, machineOf) => {
  describe('hierarchy', () => {
    const nested: MachineSketch = {
      events: ['go', 'out', 'self', 'inside'],
      initial: 'a',
      states: {
        a: {
          initial: 'a1',
          entry: [['emit', '+a']],
          exit: [['emit', '-a']],
          on: {
            out: { target: 'b', actions: [['emit', 'out!']] },
            self: 'a',
            inside: { target: 'a', internal: true, actions: [['emit', 'inside!']] },
          },
          states: {
            a1: {
              entry: [['emit', '+a1']],
              exit: [['emit', '-a1']],
              on: { go: { target: 'a2', actions: [['emit', 'go!']] } },
            },
            a2: {
              entry: [['emit', '+a2']],
              exit: [['emit', '-a2']],
              on: { out: { target: 'b1', guard: '({ event }) => event === 1' } },
            },
          },
        },
        b: { entry: [['emit', '+b']], states: { b1: { entry: [['emit', '+b1']] } } },
      },
    };
    const machine = machineOf(nested);

    it('enters ancestors first and leaves descendants first, the transition in between', () => {
      const { trace, states } = drive(machine, {}, 'go', 'out');
      expect(states).toEqual(['a1', 'a2', 'b1']);
      expect(trace.map(({ effects }) => names(effects))).toEqual([
        ['+a', '+a1'],
        ['-a1', 'go!', '+a2'],
        ['-a2', '-a', 'out!', '+b', '+b1'],
      ]);
    });

    it('asks the descendant first and the ancestor when its guards do not hold', () => {
      expect(drive(machine, {}, 'go', ['out', 1]).trace.at(-1)?.effects).not.toContainEqual({
        type: 'emit',
        event: 'out!',
        payload: undefined,
      });
      expect(names(drive(machine, {}, 'go', ['out', 2]).effects)).toContain('out!');
    });

    it('leaves and enters the source of an external transition to itself, but not that of an internal one', () => {
      expect(names(drive(machine, {}, 'go', 'self').effects)).toEqual(['-a2', '-a', '+a', '+a1']);
      expect(names(drive(machine, {}, 'go', 'inside').effects)).toEqual(['-a2', 'inside!', '+a1']);
    });

    it('does not enter anything around a state that an internal transition stays in', () => {
      const staying = machineOf({
        events: ['x'],
        initial: 'a',
        states: {
          a: {
            entry: [['emit', '+a']],
            states: { b: { on: { x: { target: 'b', internal: true, actions: [['emit', 'x!']] } } } },
          },
        },
      });
      expect(names(drive(staying, {}, 'x').effects)).toEqual(['x!']);
    });

    it('gives back the very same snapshot when nothing matches', () => {
      const { snapshot } = machine.start({}, scope);
      const step = machine.send(snapshot, { name: 'nobody', payload: 1 }, scope);
      expect(step).toEqual({ snapshot, handled: false, effects: [], errors: [] });
      expect(step.snapshot).toBe(snapshot);
    });

    it('lists what the state and its ancestors listen to', () => {
      expect(machine.available(machine.start({}, scope).snapshot)).toEqual(['go', 'out', 'self', 'inside']);
      expect(machine.available({ state: ['b1'], context: {}, status: 'active' })).toEqual([]);
    });
  });

  describe('the scope of lambdas', () => {
    it('has context, event, now, instanceId and in', () => {
      const machine = machineOf({
        events: ['go'],
        initial: 'a',
        states: {
          a: {
            states: {
              a1: {
                on: {
                  go: {
                    target: 'b',
                    actions: [
                      [
                        'assign',
                        '({ context, event, now, instanceId, in: isIn }) => ({ sum: context.n + event, now, instanceId, a: isIn("a"), a1: isIn("a1") })',
                      ],
                      ['emit', 'seen', '({ context }) => context.sum'],
                    ],
                  },
                },
              },
            },
          },
          b: {},
        },
      });
      const { snapshot, effects } = drive(machine, { n: 1 }, ['go', 2]);
      // Both are left when the transition acts.
      expect(snapshot.context).toEqual({ n: 1, sum: 3, now: 1000, instanceId: 'i', a: false, a1: false });
      expect(effects).toEqual([{ type: 'emit', event: 'seen', payload: 3 }]);
    });
  });

  describe('timers and work', () => {
    const machine = machineOf({
      events: ['next'],
      initial: 'a',
      states: {
        a: {
          entry: [
            ['assign', '() => ({ delay: 7 })'],
            ['emit', '+a'],
          ],
          exit: [['emit', '-a']],
          after: { '2s': 'b', '({ context }) => context.delay': { actions: [['emit', 'soon']] } },
          run: [
            {
              id: 'work',
              input: '({ context }) => context.delay',
              onDone: { target: 'b', actions: [['assign', '({ output }) => ({ output })']] },
              onError: { target: 'b', actions: [['assign', '({ error }) => ({ error })']] },
            },
          ],
          on: { next: 'b' },
        },
        b: {},
      },
    });

    it('schedules and runs on entry, takes both back on exit', () => {
      const { trace } = drive(machine, {}, 'next');
      expect(trace[0]?.effects).toEqual([
        { type: 'emit', event: '+a', payload: undefined },
        { type: 'schedule', id: 'after.a.0', delay: 2000, event: { name: 'after.a.0', payload: undefined } },
        { type: 'schedule', id: 'after.a.1', delay: 7, event: { name: 'after.a.1', payload: undefined } },
        { type: 'run', id: 'work', target: { kind: 'flow', name: 'work' }, input: 7 },
      ]);
      expect(trace[1]?.effects).toEqual([
        { type: 'emit', event: '-a', payload: undefined },
        { type: 'unschedule', id: 'after.a.0' },
        { type: 'unschedule', id: 'after.a.1' },
        { type: 'stop', id: 'work' },
      ]);
    });

    it('takes the reserved events of both', () => {
      expect(drive(machine, {}, 'after.a.1').states).toEqual(['a', 'a']);
      expect(drive(machine, {}, 'after.a.0').states).toEqual(['a', 'b']);
      expect(drive(machine, {}, ['done.run.work', 1]).snapshot).toMatchObject({ state: ['b'], context: { output: 1 } });
      expect(drive(machine, {}, ['error.run.work', 'why']).snapshot).toMatchObject({
        state: ['b'],
        context: { error: 'why' },
      });
    });

    it('counts work as failed whose input throws', () => {
      const failing = machineOf({
        initial: 'a',
        states: {
          a: {
            run: [
              {
                id: 'work',
                input: '() => { throw new Error("no input") }',
                onError: { target: 'b', actions: [['assign', '({ error }) => ({ why: error.message })']] },
              },
            ],
          },
          b: {},
        },
      });
      const { snapshot, errors, effects } = failing.start({}, scope);
      expect(snapshot).toMatchObject({ state: ['b'], context: { why: 'no input' } });
      expect(errors).toEqual([{ message: 'no input', at: 'a.run.work.input' }]);
      expect(effects).toEqual([{ type: 'stop', id: 'work' }]);
    });

    it('does not begin work in a state that it only passes through', () => {
      const passing = machineOf({
        initial: 'a',
        states: { a: { run: [{ id: 'never' }], always: 'b' }, b: { run: [{ id: 'work' }] } },
      });
      expect(passing.start({}, scope).effects).toEqual([
        { type: 'run', id: 'work', target: { kind: 'flow', name: 'work' }, input: undefined },
      ]);
    });
  });

  describe('final states', () => {
    it('tells the parent, with the output, and ends the machine in a final state of its own', () => {
      const machine = machineOf({
        events: ['end'],
        initial: 'a',
        states: {
          a: {
            states: { a1: { on: { end: 'a2' } }, a2: { type: 'final', output: '() => 42' } },
            onDone: { target: 'z', actions: [['assign', '({ output }) => ({ output })']] },
          },
          z: { type: 'final', exit: [['emit', '-z']], output: '({ context }) => context.output + 1' },
        },
      });
      const { snapshot, effects } = drive(machine, {}, 'end');
      expect(snapshot).toEqual({ state: ['z'], context: { output: 42 }, status: 'done', output: 43 });
      expect(names(effects)).toEqual(['-z']);
      expect(machine.send(snapshot, { name: 'end', payload: undefined }, scope)).toEqual({
        snapshot,
        handled: false,
        effects: [],
        errors: [],
      });
      expect(machine.available(snapshot)).toEqual([]);
    });
  });

  describe('the internal queue', () => {
    it('takes eventless transitions before raised events, and those in the order in which they were raised', () => {
      const machine = machineOf({
        events: ['go'],
        initial: 'a',
        states: {
          a: {
            on: {
              go: {
                target: 'b',
                actions: [
                  ['raise', 'one', '() => 1'],
                  ['raise', 'two'],
                ],
              },
            },
          },
          b: { always: 'c', on: { one: 'wrong' } },
          c: { on: { one: { actions: [['assign', '({ event }) => ({ event })']] }, two: 'd' } },
          d: {},
          wrong: {},
        },
      });
      expect(drive(machine, {}, 'go').snapshot).toMatchObject({ state: ['d'], context: { event: 1 } });
    });

    it('stops a machine that does not come to rest', () => {
      const machine = machineOf({ initial: 'a', states: { a: { always: 'b' }, b: { always: 'a' } } });
      expect(() => machine.start({}, scope)).toThrow(expect.objectContaining({ code: 'MR3331' }));
    });
  });

  describe('descriptors', () => {
    const machine = machineOf({
      events: ['order', 'order.placed', 'orders'],
      initial: 'a',
      states: {
        a: {
          on: { 'order.*': { actions: [['emit', 'prefix']] }, '*': { actions: [['emit', 'any']] } },
          after: { '1s': 'b' },
        },
        b: {},
      },
    });

    it('covers a prefix with and without a rest, and anything with a star', () => {
      const { trace } = drive(machine, {}, 'order', 'order.placed', 'orders', 'unheard');
      expect(trace.slice(1).flatMap(({ effects }) => names(effects))).toEqual(['prefix', 'prefix', 'any', 'any']);
    });

    it('leaves timers to their state', () => {
      expect(drive(machine, {}, 'after.a.0').states).toEqual(['a', 'b']);
      expect(drive(machine, {}, 'after.b.0').handled).toBe(false);
    });
  });
});
