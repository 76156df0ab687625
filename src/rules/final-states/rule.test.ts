import { expect, it } from 'vitest';
import { assign, at, final, go, lambda, machine, on, state, system } from '../../model/fixtures/nodes.ts';
import { messages } from '../fixtures/found.ts';
import { finalStates } from './rule.ts';

const check = (...states: Parameters<typeof machine>[1]) =>
  messages(finalStates, system({ machines: [machine('m', states)] }));

it('is content with an end that has an output and an entry', () => {
  expect(check(final('done', { output: lambda('1'), entry: [assign('({})')] }))).toEqual([]);
});

it.each([
  ['transitions', { on: [on('x', go('done'))] }],
  ['transitions', { after: [{ delay: '1d' as const, transitions: [go('done')], location: at(1) }] }],
  ['transitions', { always: [go('done')] }],
  ['states below it', { states: [state('b')] }],
  [
    'something to run',
    {
      run: [
        {
          kind: 'run' as const,
          id: 'r',
          target: { kind: 'flow' as const, name: 'f' },
          onDone: [],
          onError: [],
          location: at(1),
        },
      ],
    },
  ],
] as const)('refuses %s', (what, more) => {
  expect(check(final('done', more))).toEqual([`Final state 'done' of machine 'm' has ${what}.`]);
});

it('refuses the output of a state that is no end', () => {
  expect(check(state('a', { output: lambda('1') }))).toEqual([
    "State 'a' of machine 'm' has an output, which only final states have.",
  ]);
});

it('refuses an end right below a parallel state, which would be a region of its own', () => {
  const parallel = (...below: Parameters<typeof machine>[1]) => check(state('p', { type: 'parallel', states: below }));
  const region = state('r', { type: 'compound', initial: ['x'], states: [state('x'), final('f')] });
  expect(parallel(region, state('other'))).toEqual([]);
  expect(parallel(region, final('g'))).toEqual([
    "Final state 'g' of machine 'm' lies right below the parallel state 'p'.",
  ]);
});
