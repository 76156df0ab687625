import { expect, it } from 'vitest';
import type { ActionNode } from '../../model/index.ts';
import { at, call, final, go, lambda, machine, on, state, system } from '../../model/fixtures/nodes.ts';
import { found, messages } from '../fixtures/found.ts';
import { raiseLoop } from './rule.ts';

const events = [
  { alias: 'ping', name: 'table.ping' },
  { alias: 'pong', name: 'table.pong' },
];
const model = (...states: Parameters<typeof machine>[1]) => system({ machines: [machine('m', states, { events })] });
const check = (...states: Parameters<typeof machine>[1]) => messages(raiseLoop, model(...states));
const raise = (name: string, line = 1): ActionNode => ({
  kind: 'raise',
  call: call('event', `table.${name}`),
  location: at(line),
});
const guard = lambda('true');

it('is content when what is raised comes to an end', () => {
  expect(check(state('a', { on: [on('ping', go('b', { actions: [raise('pong')] }))] }), state('b'))).toEqual([]);
  expect(check(state('a', { on: [on('ping', go([], { actions: [raise('pong')] })), on('pong', go([]))] }))).toEqual([]);
  // Nobody hears it in the state where it comes.
  const once = state('a', { on: [on('ping', go('b', { actions: [raise('ping')] }))] });
  expect(check(once, state('b', { on: [on('pong', go('a'))] }))).toEqual([]);
});

it('refuses an event that raises itself, at the action that does', () => {
  const states = [state('a', { on: [on('ping', go([], { actions: [raise('ping', 7)] }))] })];
  expect(found(raiseLoop, model(...states))).toMatchObject([
    {
      message:
        "Machine 'm' never comes to rest once 'ping' comes in state 'a': it raises 'ping' → 'ping', and no guard stops it.",
      path: 'machines.m.states.a.on.ping',
      location: { line: 7 },
    },
  ]);
});

it('follows the circle through states, entries, exits, ancestors and `always`', () => {
  expect(
    check(
      state('a', { on: [on('ping', go('b', { actions: [raise('pong')] }))] }),
      state('b', { on: [on('pong', go('a', { actions: [raise('ping')] }))] }),
    ),
  ).toHaveLength(1);
  expect(check(state('a', { entry: [raise('ping')], on: [on('ping', go('a'))] }))).toHaveLength(1);
  expect(check(state('a', { exit: [raise('ping')], on: [on('*', go('a'))] }))).toHaveLength(1);
  const inner = [
    state('c', { on: [on('ping', go('d'))] }),
    state('d', { always: [go('c', { actions: [raise('ping')] })] }),
  ];
  expect(check(state('b', { states: inner }))).toHaveLength(1);
  const outer = state('b', { on: [on('ping', go('b', { actions: [raise('ping')] }))], states: [state('c')] });
  expect(check(outer)).toHaveLength(1);
});

it('says nothing where a guard, a condition or an end may stop it', () => {
  expect(check(state('a', { on: [on('ping', go([], { guard, actions: [raise('ping')] }))] }))).toEqual([]);
  const maybe: ActionNode = { kind: 'when', condition: lambda('true'), actions: [raise('ping')], location: at(1) };
  expect(check(state('a', { on: [on('ping', go([], { actions: [maybe] }))] }))).toEqual([]);
  expect(check(state('a', { on: [on('ping', go('end', { actions: [raise('ping')] }))] }), final('end'))).toEqual([]);
  const loop = state('a', { always: [go('b', { guard })], on: [on('ping', go([], { actions: [raise('ping')] }))] });
  expect(check(loop, state('b'))).toEqual([]);
});

it('leaves circles of `always` alone, unknown names, and states that nothing reaches', () => {
  expect(check(state('a', { always: [go('b')], entry: [] }), state('b', { always: [go('a')] }))).toEqual([]);
  expect(check(state('a', { on: [on('ping', go('z', { actions: [raise('ping')] }))] }))).toEqual([]);
  expect(check(state('a'), state('b', { on: [on('ping', go([], { actions: [raise('ping')] }))] }))).toEqual([]);
});
