/** What histories remember and where they lead, for both implementations. */
import { describe, expect, it } from 'vitest';
import { drive } from '../support/drive.ts';
import { implementations, names } from '../support/implementations.ts';
import type { MachineSketch, StateSketch } from '../support/sketch.ts';

const traced = (name: string, state: StateSketch = {}): StateSketch => ({
  entry: [['emit', `+${name}`]],
  exit: [['emit', `-${name}`]],
  ...state,
});

describe.each(implementations)('history, %s', (_, machineOf) => {
  const player = (history: 'shallow' | 'deep', more: Partial<MachineSketch> = {}) =>
    machineOf({
      events: ['next', 'stop', 'resume'],
      initial: 'off',
      ...more,
      states: {
        off: { on: { resume: { target: 'was', actions: [['emit', 'resume!']] } } },
        on: traced('on', {
          on: { stop: 'off' },
          initial: 'album',
          states: {
            album: traced('album', {
              states: { one: traced('one', { on: { next: 'two' } }), two: traced('two', { on: { next: 'radio' } }) },
            }),
            radio: traced('radio', { on: { next: 'one' } }),
            was: { type: 'history', history, initial: 'radio' },
          },
        }),
      },
    });
  const last = (machine: ReturnType<typeof machineOf>, ...events: readonly string[]) => {
    const { trace, snapshot } = drive(machine, {}, ...events);
    const { state, history } = snapshot;
    return { state: state.join(), history, emitted: names(trace.at(-1)?.effects ?? []).join(' ') };
  };

  it('leads to its initial as long as there is nothing to remember', () => {
    expect(last(player('shallow'), 'resume')).toEqual({
      state: 'radio',
      history: undefined,
      emitted: 'resume! +on +radio',
    });
  });

  it('shallow: remembers the state right below, which starts in what it starts in', () => {
    expect(last(player('shallow'), 'resume', 'next', 'next', 'stop', 'resume')).toEqual({
      state: 'one',
      history: { was: ['album'] },
      emitted: 'resume! +on +album +one',
    });
  });

  it('deep: remembers the leaf', () => {
    expect(last(player('deep'), 'resume', 'next', 'next', 'stop', 'resume')).toEqual({
      state: 'two',
      history: { was: ['two'] },
      emitted: 'resume! +on +album +two',
    });
  });

  it('is part of the snapshot under its name, and is read from there', () => {
    const machine = player('deep');
    const { snapshot } = drive(machine, {}, 'resume', 'next', 'stop');
    expect(snapshot).toEqual({ state: ['off'], context: {}, status: 'active', history: { was: ['one'] } });
    const stored = { ...snapshot, history: { was: ['two'] } };
    const resume = { name: 'resume', payload: undefined };
    expect(machine.send(stored, resume, { instanceId: 'i', now: 0 }).snapshot.state).toEqual(['two']);
  });

  it('may be what a state, or the machine, starts in', () => {
    expect(last(player('deep', { initial: 'was' })).state).toBe('radio');
    const machine = machineOf({
      events: ['out', 'in', 'go'],
      initial: 'room',
      states: {
        room: {
          initial: 'before',
          on: { out: 'hall' },
          states: { before: { type: 'history', initial: 'door' }, door: { on: { go: 'desk' } }, desk: {} },
        },
        hall: { on: { in: 'room' } },
      },
    });
    expect(drive(machine, {}, 'go', 'out', 'in').states).toEqual(['door', 'desk', 'hall', 'desk']);
  });

  it('remembers before the exit actions, and each time anew', () => {
    expect(last(player('deep'), 'resume', 'stop', 'resume', 'next', 'stop').history).toEqual({ was: ['one'] });
  });

  describe('with regions', () => {
    const region = (name: string): StateSketch =>
      traced(name, {
        states: { [`${name}1`]: traced(`${name}1`, { on: { [name]: `${name}2` } }), [`${name}2`]: traced(`${name}2`) },
      });
    const machine = machineOf({
      events: ['a', 'b', 'out', 'deep', 'shallow', 'restart'],
      initial: 'both',
      states: {
        both: {
          on: { out: 'away', restart: 'deep' },
          states: {
            pair: { type: 'parallel', states: { a: region('a'), b: region('b') } },
            deep: { type: 'history', history: 'deep', initial: ['a2', 'b2'] },
            shallow: { type: 'history', initial: 'pair' },
          },
        },
        away: { on: { deep: 'deep', shallow: 'shallow' } },
      },
    });

    it('deep: remembers a leaf in each region', () => {
      expect(last(machine, 'b', 'out', 'deep')).toEqual({
        state: 'a1,b2',
        history: { deep: ['a1', 'b2'], shallow: ['pair'] },
        emitted: '+a +a1 +b +b2',
      });
    });

    it('shallow: the regions start afresh', () => {
      expect(last(machine, 'b', 'out', 'shallow').state).toBe('a1,b1');
    });

    it('remembers what a transition is about to leave', () => {
      expect(last(machine, 'a', 'restart')).toEqual({
        state: 'a2,b1',
        history: { deep: ['a2', 'b1'], shallow: ['pair'] },
        emitted: '-b1 -b -a2 -a +a +a2 +b +b1',
      });
    });

    it('leads to several targets at first', () => {
      const later = machineOf({
        events: ['go'],
        initial: 'away',
        states: {
          away: { on: { go: 'deep' } },
          both: {
            states: {
              pair: { type: 'parallel', states: { a: region('a'), b: region('b') } },
              deep: { type: 'history', history: 'deep', initial: ['a2', 'b2'] },
            },
          },
        },
      });
      expect(last(later, 'go').state).toBe('a2,b2');
    });
  });

  it('does not leave what holds both the source and what is remembered', () => {
    const machine = machineOf({
      events: ['out', 'in', 'back', 'next'],
      initial: 'p',
      states: {
        p: traced('p', {
          on: { out: 'o' },
          states: {
            q: traced('q', {
              states: {
                q1: traced('q1', { on: { next: 'q2', back: 'was' } }),
                q2: traced('q2', { on: { back: 'was' } }),
              },
            }),
            was: { type: 'history', history: 'deep', initial: 'q1' },
          },
        }),
        o: { on: { in: 'q2' } },
      },
    });
    // q1 is remembered: q stays, and so does p.
    expect(last(machine, 'out', 'in', 'back').emitted).toBe('-q2 +q1');
  });
});
