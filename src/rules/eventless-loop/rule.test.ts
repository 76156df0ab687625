import { expect, it } from 'vitest';
import { go, lambda, machine, on, state, system } from '../../model/fixtures/nodes.ts';
import { messages } from '../fixtures/found.ts';
import { eventlessLoop } from './rule.ts';

const check = (...states: Parameters<typeof machine>[1]) =>
  messages(eventlessLoop, system({ machines: [machine('m', states)] }));
const guard = lambda('true');

it('is content when a guard or an event breaks the circle', () => {
  expect(check(state('a', { always: [go('b')] }), state('b', { always: [go('a', { guard })] }))).toEqual([]);
  expect(check(state('a', { always: [go('b')] }), state('b', { on: [on('x', go('a'))] }))).toEqual([]);
  expect(check(state('a', { always: [go('b', { guard }), go([])] }), state('b'))).toEqual([]);
  expect(check(state('a', { states: [state('b', { always: [go('c')] }), state('c')] }))).toEqual([]);
});

it('refuses a circle, once, with its way', () => {
  expect(
    check(state('a', { always: [go('b')] }), state('b', { always: [go('c')] }), state('c', { always: [go('a')] })),
  ).toEqual(["Machine 'm' never comes to rest: `always` goes 'a' → 'b' → 'c' → 'a' without a guard."]);
});

it('asks a state before those around it', () => {
  const inner = [state('b', { always: [go('rest')] }), state('c')];
  expect(check(state('a', { always: [go('b')], states: inner }), state('rest'))).toEqual([]);
});

it('refuses a state that goes to itself, or stays', () => {
  expect(check(state('a', { always: [go('a')] }))).toHaveLength(1);
  expect(check(state('a', { always: [go([])] }))).toHaveLength(1);
});

it('sees the way through what a state starts in, and what is around it', () => {
  expect(
    check(state('a', { always: [go('b')] }), state('b', { states: [state('c', { always: [go('a')] })] })),
  ).toHaveLength(1);
  // The state around is left and entered again, for ever.
  expect(check(state('a', { always: [go('c')], states: [state('b'), state('c')] }))).toHaveLength(1);
});

it('leaves the other regions and what is around out of it', () => {
  const region = (name: string) =>
    state(name, {
      initial: [`${name}1`],
      states: [state(`${name}1`, { always: [go(`${name}2`)] }), state(`${name}2`)],
    });
  expect(check(state('p', { type: 'parallel', states: [region('a'), region('b')] }))).toEqual([]);
});
