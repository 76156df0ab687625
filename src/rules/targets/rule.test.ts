import { expect, it } from 'vitest';
import { at, go, machine, on, state, system } from '../../model/fixtures/nodes.ts';
import { found, messages } from '../fixtures/found.ts';
import { targets } from './rule.ts';

const check = (...states: Parameters<typeof machine>[1]) =>
  messages(targets, system({ machines: [machine('order', states)] }));
const regions = state('both', {
  type: 'parallel',
  states: [state('left', { states: [state('l1'), state('l2')] }), state('right', { states: [state('r1')] })],
});

it('is content with known states, however deep', () => {
  expect(check(state('a', { on: [on('x', go('l2')), on('y', go([]))], always: [go('a')] }), regions)).toEqual([]);
});

it('names the state that there is not, where it stands, and suggests one', () => {
  const model = system({
    machines: [
      machine('order', [
        state('open', { states: [state('inner', { on: [on('x', go('opne', { location: at(7, 9) }))] })] }),
      ]),
    ],
  });
  expect(found(targets, model)).toMatchObject([
    {
      message: "A transition of state 'inner' of machine 'order' goes to 'opne', but the machine has no such state.",
      hint: "Did you mean 'open'? Known states: 'inner' and 'open'.",
      path: 'machines.order.states.open/inner.on.x.0',
      location: { line: 7, column: 9 },
      context: { actual: 'opne', suggestion: 'open' },
    },
  ]);
});

it('looks at every kind of transition, and reports all', () => {
  const location = at(1);
  const everywhere = state('a', {
    on: [on('x', go('n1'))],
    always: [go('n2')],
    after: [{ delay: '1d', transitions: [go('n3')], location }],
    run: [
      { kind: 'run', id: 'r', target: { kind: 'flow', name: 'f' }, onDone: [go('n4')], onError: [go('n5')], location },
    ],
    onDone: [go(['n6', 'a'])],
  });
  expect(check(everywhere).map((message) => /'n\d'/.exec(message)?.[0])).toEqual([
    "'n1'",
    "'n2'",
    "'n3'",
    "'n4'",
    "'n5'",
    "'n6'",
  ]);
});

it('lets several targets lie in different regions only', () => {
  expect(check(state('a', { always: [go(['l2', 'r1'])] }), regions)).toEqual([]);
  expect(check(state('a', { always: [go(['l1', 'l2'])] }), regions)[0]).toContain(
    "goes to 'l1' and 'l2', which cannot be active together",
  );
  expect(check(state('a', { always: [go(['left', 'l2'])] }), regions)).toHaveLength(1);
  expect(check(state('a', { always: [go(['a', 'l2'])] }), regions)).toHaveLength(1);
});

it('takes a history state for all that it may remember', () => {
  const parallel = state('p', {
    type: 'parallel',
    states: [
      state('left', { states: [state('l1'), state('l2'), state('was', { type: 'history', initial: ['l1'] })] }),
      state('right', { states: [state('r1')] }),
      state('all', { type: 'history', history: 'deep', initial: ['l1'] }),
    ],
  });
  expect(check(state('a', { always: [go(['was', 'r1'])] }), parallel)).toEqual([]);
  expect(check(state('a', { always: [go(['was', 'l2'])] }), parallel)).toHaveLength(1);
  expect(check(state('a', { always: [go(['all', 'r1'])] }), parallel)).toHaveLength(1);
});
