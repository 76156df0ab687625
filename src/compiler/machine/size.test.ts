/** The code of a machine grows with the sum of its regions, never with their product. */
import { expect, it } from 'vitest';
import { printed } from '../../../test/support/compile-machine.ts';
import { sketchMachine, type MachineSketch, type StateSketch } from '../../../test/support/sketch.ts';

const names = 'abcdefghij';
const sizes = (region: (name: string) => StateSketch, around: Partial<StateSketch> = {}): readonly number[] =>
  [2, 3, 4, 5, 6, 7, 8, 9, 10].map((count) => {
    const states = Object.fromEntries(Array.from(names.slice(0, count), (name) => [name, region(name)]));
    const sketch: MachineSketch = {
      events: ['go', 'back', 'out', 'in'],
      initial: 'all',
      states: { all: { ...around, type: 'parallel', states }, off: { on: { in: 'all' } } },
    };
    return printed(sketchMachine('many', sketch)).body.length;
  });
const leaves = (name: string): Readonly<Record<string, StateSketch>> => ({
  [`${name}1`]: { on: { go: `${name}2` } },
  [`${name}2`]: { on: { go: `${name}3`, back: `${name}1` } },
  [`${name}3`]: { on: { go: `${name}1`, back: `${name}1` } },
});
const traced = (name: string): StateSketch => ({
  entry: [['emit', `+${name}`]],
  exit: [['emit', `-${name}`]],
  states: {
    ...leaves(name),
    [`${name}4`]: {
      on: { go: { target: `${name}1`, guard: '({ context }) => context.n > 1', actions: [['emit', name]] } },
      exit: [['emit', `-${name}4`]],
    },
    [`${name}5`]: { type: 'final' },
    was: { type: 'history', history: 'deep', initial: `${name}1` },
  },
});

it.each([
  ['each region on its own', (name: string) => ({ states: leaves(name) }), {}],
  ['in phases, with history and ends', traced, { onDone: 'off' }],
  ['with transitions that stand in each other’s way', traced, { on: { go: 'off', out: 'off', back: 'all' } }],
] as const)('two to ten regions: %s', (_, region, around) => {
  const all = sizes((name) => rename(region(name), name), around);
  const steps = all.slice(1).map((size, index) => size - (all[index] as number));
  // Each region more adds the same, but for the digits of its numbers.
  expect(Math.max(...steps)).toBeLessThan(Math.min(...steps) * 1.1);
});

it('seven regions with three leaves each take less than ten kilobytes as they are printed, comments and all', () => {
  const [, , , , , seven] = sizes((name) => ({ states: leaves(name) }));
  expect(seven).toBeLessThan(10_240);
});

/** A history of its own for each region. */
function rename(state: StateSketch, name: string): StateSketch {
  const { was, ...others } = state.states ?? {};
  return was === undefined ? state : { ...state, states: { ...others, [`${name}0`]: was } };
}
