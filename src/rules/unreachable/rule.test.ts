import { expect, it } from 'vitest';
import { at, final, go, machine, on, state, system } from '../../model/fixtures/nodes.ts';
import { found } from '../fixtures/found.ts';
import { unreachable } from './rule.ts';

const check = (...args: Parameters<typeof machine>) =>
  found(unreachable, system({ machines: [machine(...args)] })).map(({ context }) => context?.ids?.[0]);
const location = at(1);

it('is silent where a state does not say what it starts in: that is told by another rule', () => {
  const nowhere = { ...state('b', { states: [state('c'), state('d')] }), initial: [] };
  expect(check('m', [state('a', { on: [on('x', go('b'))] }), nowhere])).toEqual([]);
});

it('follows every kind of transition', () => {
  const states = [
    state('a', {
      on: [on('x', go('b'))],
      always: [go('c')],
      after: [{ delay: '1d', transitions: [go('d')], location }],
      run: [
        { kind: 'run', id: 'r', target: { kind: 'flow', name: 'f' }, onDone: [go('e')], onError: [go('f')], location },
      ],
      onDone: [go('g')],
    }),
    ...['b', 'c', 'd', 'e', 'f', 'g'].map((name) => final(name)),
  ];
  expect(check('m', states)).toEqual([]);
});

it('enters what is around a target, and what a state starts in', () => {
  const inner = state('b', { states: [state('c'), state('d')] });
  expect(check('m', [state('a', { on: [on('x', go('d'))] }), inner])).toEqual(['c']);
  expect(check('m', [state('a', { on: [on('x', go('b'))] }), inner])).toEqual(['d']);
  const regions = state('p', {
    type: 'parallel',
    states: [state('l', { states: [state('l1')] }), state('r', { states: [state('r1'), state('r2')] })],
  });
  expect(check('m', [state('a', { on: [on('x', go('l1'))] }), regions])).toEqual(['r2']);
});

it('names the outermost state only', () => {
  expect(check('m', [state('a'), state('b', { states: [state('c')] })])).toEqual(['b']);
  const model = system({ machines: [machine('m', [state('a'), state('b', { states: [state('c')] }), state('d')])] });
  expect(found(unreachable, model).map(({ hint }) => hint)).toEqual([
    'Nor to those below it.',
    'Add a transition to it, or take it away.',
  ]);
});

it('leaves unknown names to their own rules', () => {
  expect(check('m', [state('a', { on: [on('x', go('c'))] }), state('b')])).toEqual([]);
  expect(check('m', [state('a'), state('b')], { initial: ['nowhere'] })).toEqual([]);
});

it('takes a history state for all that it may remember', () => {
  const open = state('open', {
    initial: ['b'],
    states: [state('b', { on: [on('x', go('c'))] }), state('c'), state('past', { type: 'history', initial: ['b'] })],
  });
  expect(check('m', [state('a', { on: [on('y', go('past'))] }), open])).toEqual([]);
});
