/** What the rule calls endless is endless when it runs. */
import fc from 'fast-check';
import { interpretMachine } from 'millrace/machine';
import { expect, it } from 'vitest';
import { systemOf } from '../../../test/support/compile-machine.ts';
import {
  enliven,
  sketchMachine,
  type ActionSketch,
  type MachineSketch,
  type StateSketch,
} from '../../../test/support/sketch.ts';
import { found } from '../fixtures/found.ts';
import { raiseLoop } from './rule.ts';

const leaves = ['a', 'b', 'c1', 'c2'];
const events = ['x', 'y', 'z'];
const raises = fc.array(
  fc.constantFrom(...events).map((name): ActionSketch => ['raise', name]),
  { maxLength: 1 },
);
const go = fc.record({
  target: fc.option(fc.constantFrom(...leaves, 'c'), { nil: undefined }),
  internal: fc.constantFrom(true as const, undefined),
  actions: raises,
});
const state = fc
  .record({ entry: raises, exit: raises, on: fc.dictionary(fc.constantFrom(...events), go, { maxKeys: 3 }) })
  .map(({ on, ...rest }): StateSketch => ({
    ...rest,
    on: Object.fromEntries(
      Object.entries(on).map(([event, { target, internal, actions }]) => [
        event,
        { actions, ...(target !== undefined && { target }), ...(internal !== undefined && { internal }) },
      ]),
    ),
  }));
const machines = fc.tuple(state, state, state, state, state).map(([a, b, c, c1, c2]): MachineSketch => ({
  events,
  initial: 'a',
  states: { a, b, c: { ...c, states: { c1, c2 } } },
}));

it('agrees with the interpreter', () => {
  let endless = 0;
  fc.assert(
    fc.property(machines, (sketch) => {
      const node = sketchMachine('m', sketch);
      const machine = interpretMachine(enliven(node));
      const scope = { instanceId: 'i', now: 1 };
      const reported = found(raiseLoop, systemOf(node)).map(({ context }) => `${context?.ids?.[0]} ${context?.actual}`);
      for (const at of reported) {
        const [leaf = '', name = ''] = at.split(' ');
        const snapshot = { state: [leaf], context: {}, status: 'active' as const };
        expect(() => machine.send(snapshot, { name, payload: undefined }, scope)).toThrow('did not come to rest');
        endless++;
      }
    }),
    { numRuns: 300 },
  );
  expect(endless).toBeGreaterThan(20);
});
