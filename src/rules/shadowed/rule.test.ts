import { expect, it } from 'vitest';
import { at, go, lambda, machine, on, state, system } from '../../model/fixtures/nodes.ts';
import { found, messages } from '../fixtures/found.ts';
import { shadowed } from './rule.ts';

const check = (more: Parameters<typeof state>[1]) =>
  messages(shadowed, system({ machines: [machine('m', [state('a', more)])] }));
const guard = lambda('true');
const other = lambda('false');
const run = (id: string) => ({
  kind: 'run' as const,
  id,
  target: { kind: 'flow' as const, name: 'f' },
  onError: [],
  location: at(1),
});

it('is content with alternatives whose last has no guard', () => {
  expect(
    check({
      on: [on('x', go('a', { guard }), go('a', { guard: other }), go('a')), on('y', go('a')), on('*', go('a'))],
    }),
  ).toEqual([]);
});

it('reports what comes after one without a guard, with both places', () => {
  const model = system({
    machines: [
      machine('m', [state('a', { on: [on('x', go('a', { location: at(3) }), go('a', { guard, location: at(4) }))] })]),
    ],
  });
  expect(found(shadowed, model)).toMatchObject([
    {
      message: "State 'a' of machine 'm' never takes this transition on 'x': one without a guard comes before it.",
      path: 'machines.m.states.a.on.x.1',
      location: { line: 4 },
      related: [{ location: { line: 3 } }],
    },
  ]);
});

it('reports one that has the guard of an earlier one', () => {
  const alike = { ...guard, text: `(scope) =>   ${guard.lambda?.body}` };
  expect(check({ on: [on('x', go('a', { guard }), go('a', { guard: other }), go('a', { guard: alike }))] })).toEqual([
    "State 'a' of machine 'm' never takes this transition on 'x': one with the same guard comes before it.",
  ]);
  expect(check({ on: [on('*', go('a', { guard })), on('x', go('a', { guard }))] })).toHaveLength(1);
  expect(check({ on: [on('x', go('a', { guard })), on('y', go('a', { guard }))] })).toEqual([]);
});

it('sees the same event twice, and patterns that cover it', () => {
  expect(check({ on: [on('x', go('a')), on('x', go('a'))] })).toHaveLength(1);
  expect(check({ on: [on('*', go('a')), on('x', go('a'))] })).toHaveLength(1);
  expect(
    check({ on: [on('mail.*', go('a')), on('mail.sent', go('a')), on('mail', go('a')), on('mailbox', go('a'))] }),
  ).toHaveLength(2);
  expect(check({ on: [on('*', go('a')), on('done.run.r', go('a'))] })).toEqual([]);
});

it('judges each trigger by itself', () => {
  const after = { delay: '1d' as const, transitions: [go('a')], location: at(1) };
  expect(
    check({
      always: [go('a')],
      after: [after, after],
      run: [
        { ...run('r'), onDone: [go('a')] },
        { ...run('s'), onDone: [go('a')] },
      ],
      onDone: [go('a')],
    }),
  ).toEqual([]);
  expect(check({ always: [go('a'), go('a')] })[0]).toContain('on `always`');
  expect(check({ run: [{ ...run('r'), onDone: [go('a'), go('a')] }] })[0]).toContain('on `onDone` of its run');
  expect(check({ after: [{ ...after, transitions: [go('a'), go('a')] }] })).toHaveLength(1);
});
