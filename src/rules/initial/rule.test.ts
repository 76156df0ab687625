import { expect, it } from 'vitest';
import { machine, state, system } from '../../model/fixtures/nodes.ts';
import { found, messages } from '../fixtures/found.ts';
import { initial } from './rule.ts';

const check = (...args: Parameters<typeof machine>) => messages(initial, system({ machines: [machine(...args)] }));

it('is content when everything starts below itself', () => {
  expect(check('m', [state('a', { states: [state('b', { states: [state('c')] })] })])).toEqual([]);
  expect(check('m', [state('a', { initial: ['c'], states: [state('b', { states: [state('c')] })] })])).toEqual([]);
});

it('lists the states when the machine starts in none of them', () => {
  const model = system({ machines: [machine('m', [state('open'), state('closed')], { initial: ['opened'] })] });
  expect(found(initial, model)).toMatchObject([
    {
      message: "Machine 'm' starts in 'opened', which is no state.",
      hint: "Did you mean 'open'? Known states: 'closed' and 'open'.",
      path: 'machines.m.initial',
    },
  ]);
});

it('wants a start', () => {
  expect(check('m', [state('a')], { initial: [] })).toEqual(["Machine 'm' does not say which state it starts in."]);
  expect(check('m', [], { initial: [] })).toEqual(["Machine 'm' has no states."]);
  const { initial: _, ...without } = state('a', { states: [state('b')] });
  expect(check('m', [without])).toEqual(["State 'a' of machine 'm' does not say which state it starts in."]);
});

it('refuses a start that is not below the state', () => {
  expect(check('m', [state('a', { initial: ['z'], states: [state('b')] }), state('z')])).toEqual([
    "State 'a' of machine 'm' starts in 'z', which is not below it.",
  ]);
});

it('refuses a start where nothing starts', () => {
  expect(check('m', [state('a', { initial: ['a'] })])).toEqual([
    "State 'a' of machine 'm' has nothing below to start in.",
  ]);
  expect(check('m', [state('a', { type: 'parallel', states: [state('b'), state('c')] })])[0]).toContain(
    'starts in all states below',
  );
});

it('refuses two starts that cannot be active together', () => {
  expect(check('m', [state('a'), state('b')], { initial: ['a', 'b'] })).toEqual([
    "Machine 'm' starts in 'a' and 'b', which cannot be active together.",
  ]);
});
