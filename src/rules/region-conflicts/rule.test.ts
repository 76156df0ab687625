import { expect, it } from 'vitest';
import { at, final, go, lambda, machine, on, state, system } from '../../model/fixtures/nodes.ts';
import { found, messages } from '../fixtures/found.ts';
import { regionConflicts } from './rule.ts';

const events = ['x', 'y', 'p.a'].map((name) => ({ alias: name, name }));
const both = (left: Parameters<typeof state>[1], right: Parameters<typeof state>[1]) =>
  system({
    machines: [
      machine(
        'm',
        [
          state('p', {
            type: 'parallel',
            states: [
              state('l', { states: [state('l1', left), state('l2')] }),
              state('r', { states: [state('r1', right), state('r2')] }),
            ],
          }),
          final('end'),
        ],
        { events },
      ),
    ],
  });
const check = (...args: Parameters<typeof both>) => messages(regionConflicts, both(...args));
const guard = lambda('true');

it('is content when each region goes on by itself', () => {
  expect(check({ on: [on('x', go('l2'))] }, { on: [on('x', go('r2'))] })).toEqual([]);
});

it('is content when only one goes, or on another event', () => {
  expect(check({ on: [on('x', go('end'))] }, {})).toEqual([]);
  expect(check({ on: [on('x', go('end'))] }, { on: [on('y', go('r2'))] })).toEqual([]);
  // What stays is taken all the same.
  expect(check({ on: [on('x', go('end'))] }, { on: [on('x', go([]))] })).toEqual([]);
});

it('says which one wins, at the one that loses', () => {
  const model = both(
    { on: [on('x', go('end', { location: at(3) }))] },
    { on: [on('x', go('r2', { location: at(7) }))] },
  );
  expect(found(regionConflicts, model)).toMatchObject([
    {
      message:
        "On 'x', states 'l1' and 'r1' of machine 'm' would both go, and 'l1' leaves the parallel state 'p': only that of 'l1' is taken, since its region 'l' comes first.",
      hint: "Give both a guard, so that one of them goes; or let 'p' itself react to 'x'.",
      path: 'machines.m.states.p/r/r1.on.x.0',
      location: { line: 7 },
      related: [{ location: { line: 3 } }],
    },
  ]);
  // The earlier region wins also when it is the later one that leaves.
  expect(check({ on: [on('x', go('l2'))] }, { on: [on('x', go('end'))] })[0]).toContain(
    "'r1' leaves the parallel state 'p': only that of 'l1' is taken",
  );
});

it('counts a way into the other region, and to the region itself, as leaving', () => {
  expect(check({ on: [on('x', go('r2'))] }, { on: [on('x', go('r2'))] })).toHaveLength(1);
  expect(check({ on: [on('x', go('l'))] }, { on: [on('x', go('r2'))] })).toHaveLength(1);
});

it('sees events that patterns cover', () => {
  expect(check({ on: [on('*', go('end'))] }, { on: [on('y', go('r2'))] })[0]).toContain("On 'y'");
  expect(check({ on: [on('p.*', go('end'))] }, { on: [on('p.a', go('r2'))] })[0]).toContain("On 'p.a'");
  expect(check({ on: [on('p.*', go('end'))] }, { on: [on('x', go('r2'))] })).toEqual([]);
});

it('trusts two guards to exclude each other, but not one', () => {
  expect(check({ on: [on('x', go('end', { guard }))] }, { on: [on('x', go('r2', { guard }))] })).toEqual([]);
  expect(check({ on: [on('x', go('end', { guard }))] }, { on: [on('x', go('r2'))] })).toHaveLength(1);
});

it('leaves unknown names to their own rule', () => {
  expect(check({ on: [on('x', go('nowhere'))] }, { on: [on('x', go('r2'))] })).toEqual([]);
});
