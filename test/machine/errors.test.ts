/** What becomes of what guards and actions throw: for both implementations. */
import { describe, expect, it } from 'vitest';
import { drive, scope } from '../support/drive.ts';
import { implementations, names } from '../support/implementations.ts';

describe.each(implementations)('%s', (_, machineOf) => {
  const machine = machineOf({
    events: ['guard', 'action', 'entry'],
    initial: 'a',
    states: {
      a: {
        on: {
          guard: [{ target: 'b', guard: '() => { throw new Error("no") }' }, { actions: [['emit', 'second']] }],
          action: {
            target: 'b',
            actions: [
              ['emit', 'before'],
              ['assign', '({ context }) => context.missing.field'],
              ['emit', 'never'],
            ],
          },
          'error.execution': { actions: [['assign', '({ event }) => ({ at: event.details.at })']] },
        },
      },
      b: {
        on: { 'error.*': { actions: [['assign', '({ event }) => ({ at: event.details.at })']] } },
        entry: [['emit', '+b']],
      },
    },
  });

  it('counts a guard that throws as false and raises error.execution', () => {
    const { snapshot, effects, errors } = drive(machine, {}, 'guard');
    expect(names(effects)).toEqual(['second']);
    expect(errors).toEqual([{ message: 'no', at: 'a.on.guard[0].guard' }]);
    expect(snapshot).toMatchObject({ state: ['a'], context: { at: 'a.on.guard[0].guard' } });
  });

  it.each([
    'Object.create(null)',
    'Object.assign(new Error(), { message: Object.create(null) })',
    '{ get message() { throw 1 } }',
    '(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy })()',
    'Symbol("no")',
    'undefined',
  ])('whatever is thrown becomes error.execution: %s', (thrown) => {
    const odd = machineOf({
      events: ['go'],
      initial: 'a',
      states: {
        a: {
          on: {
            go: { target: 'b', guard: `() => { throw ${thrown} }` },
            'error.execution': {
              target: 'c',
              actions: [
                ['assign', '() => { throw null }'],
                ['emit', 'never'],
              ],
            },
          },
        },
        b: {},
        c: {},
      },
    });
    const { snapshot, errors } = drive(odd, {}, 'go');
    expect(snapshot.state).toEqual(['c']);
    expect(errors.map(({ message }) => typeof message)).toEqual(['string', 'string']);
  });

  it('ends the block of an action that throws, and nothing else', () => {
    const { snapshot, effects, errors } = drive(machine, {}, 'action');
    expect(names(effects)).toEqual(['before', '+b']);
    expect(errors).toHaveLength(1);
    expect(snapshot).toMatchObject({ state: ['b'], context: { at: 'a.on.action[0].actions[1]' } });
  });

  it('reports a guard that throws also when nothing else matches', () => {
    const silent = machineOf({
      events: ['go'],
      initial: 'a',
      states: { a: { on: { go: { target: 'a', guard: '({ event }) => event.x.y' } } } },
    });
    const { snapshot } = silent.start({}, scope);
    const step = silent.send(snapshot, { name: 'go', payload: {} }, scope);
    expect(step.handled).toBe(false);
    expect(step.snapshot).toBe(snapshot);
    expect(step.errors).toHaveLength(1);
  });

  it('asks an eventless guard that throws again after a transition, not after events that lead nowhere', () => {
    const guard = '({ context }) => { if (context.n < 2) throw new Error("early"); return context.n === 2; }';
    const waiting = machineOf({
      events: ['go', 'heard'],
      initial: 'a',
      states: {
        a: { on: { go: 'b', heard: 'd' } },
        // Nobody hears the events that entering it raises, neither 'heard' nor its end.
        b: {
          initial: 'end',
          entry: [['raise', 'heard']],
          always: { target: 'c', guard },
          states: { end: { type: 'final' } },
        },
        c: {},
        d: {
          always: { target: 'c', guard },
          on: { 'error.execution': { actions: [['assign', '({ context }) => ({ n: context.n + 1 })']] } },
        },
      },
    });
    const unheard = drive(waiting, { n: 0 }, 'go');
    expect([unheard.snapshot.state, unheard.errors]).toEqual([
      ['end'],
      [{ message: 'early', at: 'b.always[0].guard' }],
    ]);
    const heard = drive(waiting, { n: 0 }, 'heard');
    expect([heard.snapshot, heard.errors]).toMatchObject([{ state: ['c'], context: { n: 2 } }, [{}, {}]]);
  });

  it('refuses a snapshot with a state that it does not have', () => {
    expect(() =>
      machine.send({ state: ['gone'], context: {}, status: 'active' }, { name: 'x', payload: 0 }, scope),
    ).toThrow(/no state 'gone'/);
  });
});
