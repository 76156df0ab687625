import { expect, it } from 'vitest';
import { compiled } from '../../../test/support/compile-machine.ts';
import { enliven, sketchMachine, type MachineSketch } from '../../../test/support/sketch.ts';
import { interpretMachine, type MachineModule } from 'millrace/machine';

const scope = { instanceId: 'i', now: 0 };

function run(machine: MachineModule<unknown>, ...events: readonly string[]): unknown {
  let { snapshot } = machine.start({ n: 0 }, scope);
  for (const name of events) ({ snapshot } = machine.send(snapshot, { name, payload: 1 }, scope));
  return snapshot;
}

/** Transitions that lead out of their region, so that what each region selects stands in a variable. */
const regionsCalled = (name: string, other: string): MachineSketch => ({
  events: ['e'],
  initial: 'p',
  states: {
    p: {
      type: 'parallel',
      on: { e: { target: 'p', guard: '({ event }) => event === 5' } },
      states: {
        [name]: {
          states: {
            u: {
              on: {
                e: {
                  target: 'v',
                  guard: '({ context, event }) => context.n < event',
                  actions: [
                    ['assign', '({ event }) => ({ n: event })'],
                    ['forEach', '() => [1]', [['emit', 'z', '({ item, index }) => [item, index]']]],
                  ],
                },
              },
            },
            v: {},
          },
        },
        [other]: { states: { w: { on: { e: { target: 'y', guard: '({ event }) => event === 1' } } }, y: {} } },
      },
    },
  },
});

const words = ['event', 'output', 'error', 'item', 'index', 'context', 'payload', 'name', 'transition', 'taken', 'at'];

it.each<readonly [string, string]>([
  ...words.map((name) => [name, 'other'] as const),
  ['event', 'event_'],
  ['Map', 'Map_'],
])("a region may be called '%s', and another '%s'", (name, other) => {
  const node = sketchMachine('pair', regionsCalled(name, other));
  expect(run(compiled(node), 'e')).toEqual(run(interpretMachine(enliven(node)), 'e'));
  expect(run(compiled(node), 'e')).toMatchObject({ state: ['v', 'y'], context: { n: 1 } });
});

const remembersAs = (history: string, region: string): MachineSketch => ({
  events: ['e', 'x'],
  initial: 'p',
  states: {
    p: {
      type: 'parallel',
      on: { x: 'out' },
      states: {
        [region]: {
          states: { u: { on: { e: 'v' } }, v: {}, [history]: { type: 'history', history: 'shallow', initial: 'u' } },
        },
        other: { states: { w: {} } },
      },
    },
    out: { on: { e: history } },
  },
});

it.each(['constructor', 'toString', 'hasOwnProperty', '__proto__', 'valueOf'])(
  "a history state and a region may be called '%s'",
  (name) => {
    for (const sketch of [remembersAs(name, 'region'), remembersAs('history', name)]) {
      const node = sketchMachine('pair', sketch);
      for (const events of [[], ['x', 'e'], ['e', 'x'], ['e', 'x', 'e']])
        expect(run(compiled(node), ...events)).toEqual(run(interpretMachine(enliven(node)), ...events));
      expect(run(compiled(node), 'e', 'x', 'e')).toMatchObject({ state: ['v', 'w'] });
    }
  },
);
