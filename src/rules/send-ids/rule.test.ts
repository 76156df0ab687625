import { expect, it } from 'vitest';
import { at, call, lambda, machine, state, system } from '../../model/fixtures/nodes.ts';
import type { ActionNode } from '../../model/index.ts';
import { messages } from '../fixtures/found.ts';
import { sendIds } from './rule.ts';

const location = at(3);
const check = (...entry: readonly ActionNode[]) =>
  messages(sendIds, system({ machines: [machine('m', [state('a', { entry })])] }));
const send = call('event', 'e');

it('is content with other ids, none, and those that are computed', () => {
  expect(
    check(
      { kind: 'send', call: send, location },
      { kind: 'send', call: send, id: 'afterwards', location },
      { kind: 'send', call: send, id: lambda("'after.a.0'"), location },
      { kind: 'cancel', id: 'x', location },
    ),
  ).toEqual([]);
});

it('refuses those of timers, and empty ones', () => {
  expect(
    check(
      { kind: 'send', call: send, id: 'after.a.0', location },
      { kind: 'cancel', id: 'after.a.0', location },
      { kind: 'cancel', id: '', location },
    ),
  ).toEqual([
    "State 'a' of machine 'm' sends something under the id 'after.a.0', but ids that begin with 'after.' are those of timers.",
    "State 'a' of machine 'm' cancels the id 'after.a.0', but ids that begin with 'after.' are those of timers.",
    "State 'a' of machine 'm' cancels the id '', which is empty.",
  ]);
});
