import { expect, it } from 'vitest';
import { at, call, lambda, machine, state, system } from '../../model/fixtures/nodes.ts';
import type { ActionNode, ActionOf } from '../../model/index.ts';
import { found } from '../fixtures/found.ts';
import { cancelledIds } from './rule.ts';

const location = at(3);
const send = (id?: ActionOf<'send'>['id']): ActionNode => ({
  kind: 'send',
  call: call('event', 'e'),
  ...(id === undefined ? {} : { id }),
  location,
});
const cancel = (id: ActionOf<'cancel'>['id']): ActionNode => ({ kind: 'cancel', id, location });
const check = (...actions: readonly ActionNode[]) =>
  found(
    cancelledIds,
    system({
      machines: [machine('m', [state('a', { exit: actions })]), machine('n', [state('a', { exit: [send('far')] })])],
    }),
  );

it('is content when something is sent under the id, or may be', () => {
  expect(check(cancel('soon'), send('soon'))).toEqual([]);
  expect(check(cancel('soon'), send(lambda("'soon'")))).toEqual([]);
  expect(check(cancel(lambda("'soon'")))).toEqual([]);
});

it('warns when nothing is', () => {
  expect(check(cancel('sonn'), send('soon'), send())).toMatchObject([
    {
      message: "State 'a' of machine 'm' cancels 'sonn', but nothing is sent under this id.",
      hint: "Did you mean 'soon'? Known ids: 'soon'.",
      path: 'machines.m.states.a.exit.0',
    },
  ]);
  expect(check(cancel('far'))).toHaveLength(1);
  expect(check(cancel('after.a.0'), cancel(''))).toEqual([]);
});
