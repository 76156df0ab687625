import { describe, expect, it, test } from 'vitest';
import {
  event,
  final,
  flow,
  go,
  machine,
  on,
  parallel,
  schema,
  state,
  step,
  system,
  task,
  waitFor,
} from '../fixtures/nodes.ts';
import type { StepNode } from '../nodes/flow.ts';
import type { StateNode } from '../nodes/machine.ts';
import type { SystemModel } from '../nodes/system.ts';
import { vanishedBetween } from './renamed.ts';

const told = (before: SystemModel, after: SystemModel, renames: Readonly<Record<string, string>> = {}) =>
  vanishedBetween(before, after, new Map(Object.entries(renames))).map(({ path, candidates }) =>
    `${path} -> ${candidates.map(({ name }) => name).join(' ')}`.trim(),
  );
const states = (...all: readonly StateNode[]) => system({ machines: [machine('order', all)] });
const steps = (...all: readonly StepNode[]) => system({ flows: [flow('pay', all)] });

describe('vanishedBetween', () => {
  it('lists nothing that stayed', () => {
    const model = system({ events: [event('a')], tasks: [task('t')], flows: [flow('f', [step('s', 't')])] });
    expect(told(model, structuredClone(model))).toEqual([]);
  });

  it('tells events of one payload apart by who takes them', () => {
    const world = (paid: string, sent: string): SystemModel =>
      system({
        events: [event(paid), event(sent)],
        machines: [
          machine('order', [
            state('open', { on: [on(paid, go('sending'))] }),
            state('sending', { on: [on(sent, go('done'))] }),
            final('done'),
          ]),
        ],
      });
    expect(told(world('a', 'b'), world('x', 'y'))).toEqual(['events.a -> x y', 'events.b -> y x']);
  });

  it('tells tasks apart by what they take', () => {
    const charge = (name: string) => task(name, { input: schema('z.object({ cents: z.int() })'), timeout: '9s' });
    const mail = (name: string) => task(name, { input: schema('z.object({ to: z.email(), body: z.string() })') });
    expect(told(system({ tasks: [charge('a'), mail('b')] }), system({ tasks: [mail('x'), charge('y')] }))).toEqual([
      'tasks.a -> y x',
      'tasks.b -> x y',
    ]);
  });

  it('tells states apart by how they are reached, at any depth', () => {
    const world = (one: string, two: string): SystemModel =>
      states(
        state('around', {
          initial: ['open'],
          states: [state('open', { on: [on('paid', go(one)), on('lost', go(two))] }), state(one), state(two)],
        }),
      );
    expect(told(world('a', 'b'), world('x', 'y'))).toEqual([
      'machines.order.states.a -> x y',
      'machines.order.states.b -> y x',
    ]);
  });

  it('does not take an event for the state of the same name', () => {
    const world = (name: string): SystemModel => {
      const lend = on('lent', go(name));
      return states(state('shelf', { on: [lend] }), state(name, { on: [on('returned', go('home'))] }), final('home'));
    };
    expect(vanishedBetween(world('lent'), world('away'))).toMatchObject([
      { path: 'machines.order.states.lent', candidates: [{ name: 'away', likeness: 0.75 }] },
    ]);
  });

  it('prefers the name that is alike where all else is', () => {
    expect(
      told(states(state('open'), state('paid')), states(state('open'), state('shipped'), state('prepaid'))),
    ).toEqual(['machines.order.states.paid -> prepaid shipped']);
  });

  it('looks into flows, and below what was renamed', () => {
    const before = steps(step('a', 't'), parallel('both', { one: [waitFor('w', 'paid')], two: [step('b', 't')] }));
    const after = steps(step('x', 't'), parallel('all', { one: [waitFor('v', 'paid')], two: [step('b', 't')] }));
    expect(told(before, after)).toEqual(['flows.pay.body.a -> x all', 'flows.pay.body.both -> all x']);
    expect(told(before, after, { 'flows.pay.body.a': 'x', 'flows.pay.body.both': 'all' })).toEqual([
      'flows.pay.body.both/one/w -> v',
    ]);
  });

  it('looks into a machine once it is known what it is called', () => {
    const before = states(state('a'));
    const after = system({ machines: [machine('purchase', [state('x')])] });
    expect(told(before, after)).toEqual(['machines.order -> purchase']);
    expect(told(before, after, { 'machines.order': 'purchase' })).toEqual(['machines.order.states.a -> x']);
  });

  it('does not offer what is taken', () => {
    const [before, after] = [states(state('a'), state('b')), states(state('x'), state('y'))];
    expect(told(before, after, { 'machines.order.states.a': 'x' })).toEqual(['machines.order.states.b -> y']);
  });

  it('has nothing to offer where nothing is new', () => {
    expect(told(states(state('a'), state('b')), states(state('b')))).toEqual(['machines.order.states.a ->']);
  });
});

test('names with dots stand in quotes', () => {
  expect(told(system({ events: [event('order.paid')] }), system({ events: [event('order.settled')] }))).toEqual([
    'events."order.paid" -> order.settled',
  ]);
});
