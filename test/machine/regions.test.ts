/** Parallel states: what is taken together, and in which order, for both implementations. */
import { describe, expect, it } from 'vitest';
import { drive, scope } from '../support/drive.ts';
import { implementations, names } from '../support/implementations.ts';
import type { StateSketch } from '../support/sketch.ts';

describe.each(implementations)('regions, %s', (_, machineOf) => {
  const trace = (name: string) => ({ entry: [['emit', `+${name}`]], exit: [['emit', `-${name}`]] }) as const;
  const machine = machineOf({
    events: ['both', 'inner', 'rival', 'out', 'cross', 'jump', 'ask'],
    initial: 'p',
    states: {
      p: {
        ...trace('p'),
        type: 'parallel',
        on: {
          inner: { target: 'end', actions: [['emit', 'p!']] },
          out: 'end',
          rival: 'end',
          jump: { target: ['r2', 's2'], actions: [['emit', 'jump!']] },
        },
        onDone: { target: 'end', actions: [['emit', 'done!']] },
        states: {
          r: {
            ...trace('r'),
            states: {
              r1: {
                ...trace('r1'),
                on: {
                  both: { target: 'r2', actions: [['emit', 'r!']] },
                  inner: { actions: [['emit', 'r1!']] },
                  rival: 'r2',
                  cross: { target: 'end', actions: [['emit', 'cross from r']] },
                  ask: { target: 'r2', guard: '({ in: isIn }) => isIn("s1")' },
                },
              },
              r2: { ...trace('r2'), type: 'final' },
            },
          },
          s: {
            ...trace('s'),
            states: {
              s1: {
                ...trace('s1'),
                on: {
                  both: { target: 's2', actions: [['emit', 's!']] },
                  cross: { target: 's2', actions: [['emit', 'cross from s']] },
                  ask: 's0',
                },
              },
              s2: { ...trace('s2'), type: 'final' },
              s0: {},
            },
          },
        },
      },
      end: { ...trace('end'), type: 'final' },
    },
  });
  const last = (...events: readonly string[]) => {
    const { trace: steps, snapshot } = drive(machine, {}, ...events);
    return { state: snapshot.state.join(), emitted: names(steps.at(-1)?.effects ?? []).join(' ') };
  };

  it('enters all of them in document order', () => {
    expect(last()).toEqual({ state: 'r1,s1', emitted: '+p +r +r1 +s +s1' });
  });

  it('takes one transition in each: all exits, then all actions, then all entries; and is done when all are', () => {
    expect(last('both')).toEqual({ state: 'end', emitted: '-s1 -r1 r! s! +r2 +s2 -s2 -s -r2 -r -p done! +end -end' });
  });

  it('asks the state around them for each region that does not handle the event itself', () => {
    expect(last('inner')).toEqual({ state: 'end', emitted: '-s1 -s -r1 -r -p r1! p! +end -end' });
  });

  it('prefers the descendant when both would leave the same state', () => {
    expect(last('rival')).toEqual({ state: 'r2,s1', emitted: '-r1 +r2' });
  });

  it('leaves every region when one transition goes outside, and gives up the later one that this overtakes', () => {
    expect(last('out')).toEqual({ state: 'end', emitted: '-s1 -s -r1 -r -p +end -end' });
    expect(last('cross')).toEqual({ state: 'end', emitted: '-s1 -s -r1 -r -p cross from r +end -end' });
  });

  it('goes to a state in each region', () => {
    expect(last('jump')).toEqual({
      state: 'end',
      emitted: '-s1 -s -r1 -r -p jump! +p +r +r2 +s +s2 -s2 -s -r2 -r -p done! +end -end',
    });
  });

  it('selects in all of them before anything moves', () => {
    expect(last('ask').state).toBe('r2,s0');
    expect(drive(machine, {}, 'ask', 'ask').handled).toBe(false);
  });

  it('lists what any of them listens to', () => {
    expect(machine.available(machine.start({}, scope).snapshot)).toEqual([
      'both',
      'inner',
      'rival',
      'out',
      'cross',
      'jump',
      'ask',
    ]);
  });

  it('leaves later regions first, also where nothing else is to be seen', () => {
    const region = (name: string) => ({
      states: { [`${name}1`]: { exit: [['emit', `-${name}1`]] as const, on: { go: `${name}2` } }, [`${name}2`]: {} },
    });
    const pair = machineOf({
      events: ['go'],
      initial: 'p',
      states: { p: { type: 'parallel', states: { a: region('a'), b: region('b') } } },
    });
    expect(names(drive(pair, {}, 'go').effects)).toEqual(['-b1', '-a1']);
  });

  it('does not ask regions that the event itself has only entered', () => {
    const region = (name: string) => ({ states: { [`${name}1`]: { on: { go: `${name}2` } }, [`${name}2`]: {} } });
    const nested = machineOf({
      events: ['go'],
      initial: 'p',
      states: {
        p: {
          type: 'parallel',
          states: {
            a: {
              states: { a1: { on: { go: 'q' } }, q: { type: 'parallel', states: { c: region('c'), d: region('d') } } },
            },
            b: region('b'),
          },
        },
      },
    });
    expect(drive(nested, {}, 'go', 'go').states).toEqual(['a1,b1', 'c1,d1,b2', 'c2,d2,b2']);
  });
});

describe.each(implementations)('a parallel state whose regions are parallel, %s', (_, machineOf) => {
  const region = (name: string, event: string): Readonly<Record<string, StateSketch>> => ({
    [name]: { states: { [`${name}1`]: { on: { [event]: `${name}2` } }, [`${name}2`]: { type: 'final' } } },
  });
  const machine = (tells: boolean) => {
    const told = (name: string): StateSketch => (tells ? { onDone: { actions: [['emit', name]] } } : {});
    return machineOf({
      events: ['e', 'f'],
      initial: 'p',
      states: {
        p: {
          type: 'parallel',
          onDone: 'end',
          states: {
            q: { type: 'parallel', ...told('q'), states: { ...region('a', 'e'), ...region('b', 'e') } },
            r: { type: 'parallel', states: { s: { type: 'parallel', ...told('s'), states: region('c', 'f') } } },
          },
        },
        end: {},
      },
    });
  };

  it.each([true, false])('is done when all of them are (their ends are told: %s)', (tells) => {
    expect(drive(machine(tells), {}, 'e', 'f').states).toEqual(['a1,b1,c1', 'a2,b2,c1', 'end']);
    expect(drive(machine(tells), {}, 'f', 'e').states).toEqual(['a1,b1,c1', 'a1,b1,c2', 'end']);
  });

  it('is done after those inside', () => {
    const told = (...events: readonly string[]) =>
      drive(machine(true), {}, ...events).trace.map(({ effects }) => names(effects).join());
    expect(told('e', 'f')).toEqual(['', 'q', 's']);
    expect(told('f', 'e')).toEqual(['', 's', 'q']);
  });
});
