import { expect, it } from 'vitest';
import { at, call, lambda, machine, state, system } from '../../model/fixtures/nodes.ts';
import type { ActionOf } from '../../model/index.ts';
import { messages } from '../fixtures/found.ts';
import { sendEvents } from './rule.ts';

const location = at(3);
const send = (event: string, target?: ActionOf<'send'>['target']): ActionOf<'send'> => ({
  kind: 'send',
  call: call('event', event),
  ...(target === undefined ? {} : { target }),
  location,
});
const runs = (name: string) =>
  state('b', {
    run: [{ kind: 'run', id: 'b.x', target: { kind: 'machine', name }, onDone: [], onError: [], location }],
  });
const check = (...actions: readonly ActionOf<'send'>[]) =>
  messages(
    sendEvents,
    system({
      machines: [
        machine('m', [state('a', { entry: actions }), runs('other')], {
          events: [{ alias: 'own', name: 'order.own' }],
        }),
        machine('other', [state('a')], { events: [{ alias: 'x', name: 'there' }] }),
        machine('first', [runs('m')], { events: [{ alias: 'up', name: 'up' }] }),
        machine('second', [runs('m')]),
      ],
    }),
  );

it('is content with events that the receiver lists, by their own names', () => {
  expect(check(send('order.own'), send('there', 'other'), send('there', 'other/7'), send('there', '#b.x'))).toEqual([]);
});

it('is content with a parent when one of those that run the machine listens', () => {
  expect(check(send('up', '#parent'))).toEqual([]);
});

it('says nothing of targets that are computed, wrong or unknown: others do', () => {
  expect(check(send('gone', lambda("'other'")), send('gone', '!'), send('gone', 'nobody'))).toEqual([]);
});

it('refuses the others', () => {
  expect(check(send('own'), send('order.own', 'other'), send('there', '#parent'), send('up', '#b.x'))).toEqual([
    "State 'a' of machine 'm' sends 'own' to itself, which does not list it among its events.",
    "State 'a' of machine 'm' sends 'order.own' to 'other', which does not list it among its events.",
    "State 'a' of machine 'm' sends 'there' to 'first' and 'second', none of which lists it among its events.",
    "State 'a' of machine 'm' sends 'up' to 'other', which does not list it among its events.",
  ]);
});
