import { describe, expect, it } from 'vitest';
import { drive } from '../../test/support/drive.ts';
import { enliven, sketchMachine, type MachineSketch } from '../../test/support/sketch.ts';
import { interpretMachine, type MachineModule, type Microstep } from './index.ts';

// What both implementations do is in test/machine; here stands what only the interpreter does.
const interpreted = (sketch: MachineSketch): MachineModule<unknown> =>
  interpretMachine(enliven(sketchMachine('m', sketch)));

describe('regions and history', () => {
  const machine = interpreted({
    events: ['x', 'both', 'leave', 'back', 'deep', 'probe'],
    initial: 'p',
    states: {
      p: {
        type: 'parallel',
        onDone: 'end',
        on: { leave: 'away' },
        states: {
          r: {
            states: {
              r1: { on: { x: 'r2', both: 'r3' } },
              r2: {
                initial: 'r2a',
                on: { probe: { guard: '({ in: isIn }) => isIn("s1")', target: 'r3' } },
                states: { r2a: { on: { x: 'r2b' } }, r2b: {} },
              },
              r3: { type: 'final' },
              shallow: { type: 'history', history: 'shallow', initial: 'r1' },
              deep: { type: 'history', history: 'deep', initial: 'r1' },
            },
          },
          s: { states: { s1: { on: { both: 's2' } }, s2: { type: 'final' } } },
        },
      },
      away: { on: { back: 'shallow', deep: { target: ['deep', 's2'] } } },
      end: { type: 'final' },
    },
  });

  it('takes a transition in every region and ends when all are final', () => {
    expect(drive(machine, {}, 'x', 'both').states).toEqual(['r1,s1', 'r2a,s1', 'r2a,s2']);
    expect(drive(machine, {}, 'both').snapshot).toEqual({
      state: ['end'],
      context: {},
      status: 'done',
      history: expect.anything(),
    });
  });

  it('remembers as deep as it says', () => {
    expect(drive(machine, {}, 'x', 'x', 'leave', 'back').states.at(-1)).toBe('r2a,s1');
    expect(drive(machine, {}, 'x', 'x', 'leave', 'deep').states.at(-1)).toBe('r2b,s2');
    expect(drive(machine, {}, 'x', 'x', 'leave').snapshot.history).toEqual({ shallow: ['r2'], deep: ['r2b'] });
  });

  it('asks for other regions with in', () => {
    expect(drive(machine, {}, 'x', 'probe').states.at(-1)).toBe('r3,s1');
  });
});

it('refuses a target that is no state', () => {
  expect(() => interpreted({ initial: 'a', states: { a: { always: 'gone' } } })).toThrow(
    expect.objectContaining({ code: 'MR3330' }),
  );
});

it('tells of each microstep: what was taken, left and entered', () => {
  const steps: Microstep[] = [];
  const definition = enliven(
    sketchMachine('m', {
      events: ['x', 'y'],
      initial: 'a',
      states: {
        a: { on: { x: 'b' } },
        b: { initial: 'b1', always: [{ target: 'c', guard: '() => false' }, { target: 'c' }], states: { b1: {} } },
        c: { on: { y: {} } },
      },
    }),
  );
  const machine = interpretMachine(definition, { onMicrostep: (step) => steps.push(step) });
  expect(machine.definition).toBe(definition);
  drive(machine, {}, ['x', 1], 'z', 'y');
  expect(steps).toEqual([
    { transitions: [], exited: [], entered: ['a'] },
    {
      event: { name: 'x', payload: 1 },
      transitions: [{ at: 'a.on.x[0]', source: 'a', targets: ['b'] }],
      exited: ['a'],
      entered: ['b', 'b1'],
    },
    { transitions: [{ at: 'b.always[1]', source: 'b', targets: ['c'] }], exited: ['b1', 'b'], entered: ['c'] },
    { event: { name: 'y' }, transitions: [{ at: 'c.on.y[0]', source: 'c', targets: [] }], exited: [], entered: [] },
  ]);
});
