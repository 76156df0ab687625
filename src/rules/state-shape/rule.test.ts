import { expect, it } from 'vitest';
import { machine, state, system } from '../../model/fixtures/nodes.ts';
import { messages } from '../fixtures/found.ts';
import { stateShape } from './rule.ts';

const check = (...states: Parameters<typeof machine>[1]) =>
  messages(stateShape, system({ machines: [machine('m', states)] }));

it('is content when type and content agree', () => {
  expect(
    check(
      state('a'),
      state('b', { states: [state('c')] }),
      state('d', { type: 'parallel', states: [state('e'), state('f')] }),
    ),
  ).toEqual([]);
});

it('refuses the others', () => {
  expect(check(state('a', { type: 'atomic', states: [state('b')] }))).toEqual([
    "State 'a' of machine 'm' is atomic, but has states below it.",
  ]);
  expect(
    check(
      state('a', { type: 'compound' }),
      state('b', { type: 'parallel', states: [state('p', { type: 'history' })] }),
    ),
  ).toEqual([
    "State 'a' of machine 'm' is compound, but has no states below it.",
    "State 'b' of machine 'm' is parallel, but has no states below it.",
  ]);
});
