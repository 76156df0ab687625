import { expect, it } from 'vitest';
import { assign, go, machine, on, state, system } from '../../model/fixtures/nodes.ts';
import { messages } from '../fixtures/found.ts';
import { historyStates } from './rule.ts';

const past = (more: Parameters<typeof state>[1] = {}) =>
  state('past', { type: 'history', history: 'deep', initial: ['b'], ...more });
const inside = (...states: Parameters<typeof machine>[1]) =>
  messages(
    historyStates,
    system({ machines: [machine('m', [state('a', { states: [state('b'), ...states] }), state('c')])] }),
  );

it('is content with a history below the state that it remembers', () => {
  expect(inside(past())).toEqual([]);
});

it.each([
  ['says where to go', past({ initial: [] }), 'does not say where to go'],
  ['goes below its parent', past({ initial: ['c'] }), "leads to 'c', which is not below 'a'"],
  [
    'leads to more than another history',
    past({ initial: ['past'] }),
    "leads to 'past', which remembers the same state",
  ],
  ['does nothing', past({ entry: [assign('({})')] }), 'nothing happens in it'],
  ['leads nowhere by itself', past({ on: [on('x', go('b'))] }), 'nothing happens in it'],
  ['holds nothing', past({ states: [state('d')] }), 'nothing can be below it'],
] as const)('wants that it %s', (_what, history, text) => {
  expect(inside(history)).toEqual([expect.stringContaining(text)]);
});

it('refuses one outside of any state', () => {
  expect(messages(historyStates, system({ machines: [machine('m', [state('b'), past()])] }))[0]).toContain(
    'there is no state around it',
  );
});

it('refuses `history` on another state', () => {
  expect(inside(state('d', { history: 'deep' }))[0]).toContain('says `history` but is none');
});
