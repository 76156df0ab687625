import { expect, it } from 'vitest';
import { at, call, lambda, machine, state, system } from '../../model/fixtures/nodes.ts';
import type { ActionOf, StateNode } from '../../model/index.ts';
import { found, messages } from '../fixtures/found.ts';
import { sendTargets } from './rule.ts';

const location = at(3);
const run = (id: string, name: string, kind: 'machine' | 'flow' = 'machine'): StateNode['run'][number] => ({
  kind: 'run',
  id,
  target: { kind, name },
  onDone: [],
  onError: [],
  location,
});
const send = (target: NonNullable<ActionOf<'send'>['target']>): ActionOf<'send'> => ({
  kind: 'send',
  call: call('event', 'e'),
  target,
  location,
});
const sending = (target: NonNullable<ActionOf<'send'>['target']>) =>
  system({
    machines: [
      machine('child', [
        state('a', { entry: [send(target)], run: [run('a.cart', 'cart'), run('a.pay', 'pay', 'flow')] }),
      ]),
      machine('cart', [state('a')]),
      machine('boss', [state('a', { run: [run('a.child', 'child')] })]),
    ],
  });

it.each(['#parent', '#a.cart', 'cart', 'cart/17', 'cart/a/b', 'child', 'boss/x'])('is content with %j', (target) => {
  expect(messages(sendTargets, sending(target))).toEqual([]);
});

it('says nothing of a target that is computed, nor of a send to the instance itself', () => {
  expect(messages(sendTargets, sending(lambda("'nobody'")))).toEqual([]);
  const own: ActionOf<'send'> = { kind: 'send', call: call('event', 'e'), location };
  expect(messages(sendTargets, system({ machines: [machine('m', [state('a', { entry: [own] })])] }))).toEqual([]);
});

it.each([
  ['crat', 'which is no machine of the system', "Did you mean 'cart'?"],
  ['crat/17', 'which is no machine of the system', "Did you mean 'cart'?"],
  ['#a.crat', "but no state runs a machine as 'a.crat'", "Did you mean 'a.cart'?"],
  ['#a.pay', "but no state runs a machine as 'a.pay'", "'a.cart'"],
  ['!cart', 'which is no target', "'#parent'"],
  ['#', 'which is no target', "'#parent'"],
  ['', 'which is no target', "'#parent'"],
  ['cart/', 'which is no target', "'#parent'"],
])('refuses %j', (target, why, hint) => {
  expect(found(sendTargets, sending(target))).toMatchObject([
    {
      message: `State 'a' of machine 'child' sends to '${target}', ${why}.`,
      hint: expect.stringContaining(hint),
      path: 'machines.child.states.a.entry.0',
      location,
    },
  ]);
});

it('refuses a parent where nothing runs the machine, also inside lists and conditions', () => {
  const nested = state('a', {
    exit: [
      {
        kind: 'when',
        condition: lambda('true'),
        actions: [],
        otherwise: [{ kind: 'forEach', over: lambda('[]'), actions: [send('#parent')], location }],
        location,
      },
    ],
  });
  expect(found(sendTargets, system({ machines: [machine('m', [nested])] }))).toMatchObject([
    {
      message: "State 'a' of machine 'm' sends to '#parent', but nothing runs machine 'm'.",
      path: 'machines.m.states.a.exit.0.otherwise.0.actions.0',
    },
  ]);
});
