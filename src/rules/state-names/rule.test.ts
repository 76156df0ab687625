import { expect, it } from 'vitest';
import { at, machine, state, system } from '../../model/fixtures/nodes.ts';
import { found, messages } from '../fixtures/found.ts';
import { stateNames } from './rule.ts';

it('lets different machines use the same names', () => {
  expect(
    messages(stateNames, system({ machines: [machine('a', [state('open')]), machine('b', [state('open')])] })),
  ).toEqual([]);
});

it('reports two states of one name at any depth, with both places', () => {
  const states = [state('open', { location: at(2) }), state('b', { states: [state('open', { location: at(9) })] })];
  expect(found(stateNames, system({ machines: [machine('m', states)] }))).toMatchObject([
    {
      message: "Machine 'm' has two states 'open'.",
      path: 'machines.m.states.b/open',
      location: { line: 9 },
      related: [{ location: { line: 2 } }],
    },
  ]);
});
