import { expect, it } from 'vitest';
import { final, go, machine, on, state, system } from '../../model/fixtures/nodes.ts';
import { messages } from '../fixtures/found.ts';
import { deadEnds } from './rule.ts';

const check = (...args: Parameters<typeof machine>) => messages(deadEnds, system({ machines: [machine(...args)] }));

it('is content when everything goes on', () => {
  expect(check('m', [state('a', { on: [on('x', go('b'))] }), state('b', { on: [on('y', go('a'))] })])).toEqual([]);
  expect(check('m', [state('a', { on: [on('x', go('end'))], states: [state('b')] }), final('end')])).toEqual([]);
  // It reacts, though it stays.
  expect(check('m', [state('a', { on: [on('x', go([]))] })])).toEqual([]);
});

it('reports a state that nothing leaves', () => {
  expect(check('m', [state('a', { on: [on('x', go('b'))] }), state('b')])).toEqual([
    "State 'b' of machine 'm' is a dead end: no transition leaves it.",
  ]);
});

it('is silent where a state does not say what it starts in: that is told by another rule', () => {
  const inner = state('b', { states: [state('c', { on: [on('y', go('end'))] })] });
  const states = (initial: string[]) => [state('a', { on: [on('x', go('b'))] }), { ...inner, initial }, final('end')];
  expect(check('m', states(['c']))).toEqual([]);
  expect(check('m', states([]))).toEqual([]);
});

it('reports a state that never comes to an end, where there is one', () => {
  const states = [
    state('a', { on: [on('x', go('b')), on('y', go('end'))] }),
    state('b', { on: [on('z', go('b'))] }),
    final('end'),
  ];
  expect(check('m', states)).toEqual(["State 'b' of machine 'm' can never come to a final state."]);
});

it('counts what the neighbours in a parallel state do', () => {
  const both = state('p', {
    type: 'parallel',
    states: [
      state('l', { states: [state('l1')] }),
      state('r', { states: [state('r1', { on: [on('x', go('end'))] })] }),
    ],
  });
  expect(check('m', [both, final('end')])).toEqual([]);
});

it('leaves unknown names to their own rules', () => {
  expect(check('m', [state('a', { on: [on('x', go('bb'))] }), state('b')])).toEqual([]);
  expect(check('m', [state('a', { on: [on('x', go(['b', 'cc']))] }), state('b')])).toEqual([]);
});

it('leaves unreachable states to their own rule', () => {
  expect(check('m', [state('a', { on: [on('x', go('a'))] }), state('b')])).toEqual([]);
});
