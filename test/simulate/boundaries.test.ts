import { describe, expect, it } from 'vitest';
import { history, type Deed } from './history.ts';
import type { Body, Step } from './spec.ts';

const work = (more: Partial<Extract<Step, { do: 'work' }>> = {}): Step => ({
  do: 'work',
  fails: 0,
  slow: 500,
  late: false,
  undo: true,
  ...more,
});
const wait: Step = { do: 'receive', n: 1, timeout: true };

/** Small flows that together have every kind of step. */
const flows: Readonly<Record<string, Body>> = {
  steps: [work(), work({ fails: 1 }), work()],
  'a late result': [work(), work({ late: true })],
  'a failure': [work(), work(), { do: 'broken' }],
  'a wait for time': [work(), { do: 'sleep', minutes: 60 }, work()],
  'a wait for an event': [work(), wait, work()],
  'an event': [{ do: 'emit', n: 1 }, wait],
  'a decision': [work(), { do: 'approve' }],
  'a child': [work(), { do: 'child', timeout: true, body: [work(), { do: 'sleep', minutes: 1 }] }],
  'side by side': [{ do: 'all', body: [work(), wait] }],
  'a failure side by side': [{ do: 'all', body: [{ do: 'race', body: [{ do: 'broken' }] }, wait] }],
  'a list': [{ do: 'map', body: [work({ slow: 0 }), { do: 'sleep', minutes: 1 }] }],
  'an attempt': [{ do: 'attempt', body: [work(), work(), { do: 'broken' }] }],
  'a race': [{ do: 'race', body: [work(), { do: 'sleep', minutes: 1 }] }],
  'a graph': [{ do: 'graph', body: [work()] }],
  'a branch': [{ do: 'branch', body: [work(), wait] }],
  'a repeat': [{ do: 'repeat', body: [work(), wait] }],
};

/** What is done, the second one so many moments after the first. */
type Deeds = readonly [first: Deed, second?: Deed, after?: number];
const deeds: readonly (readonly [name: string, deeds: Deeds])[] = [
  ['cancel', ['cancel']],
  ['pause and resume', ['pause', 'resume', 9]],
  ['pause hard and resume', ['pause hard', 'resume', 9]],
  ['an event while it is paused', ['pause', 'go', 3]],
  ['an event, and the same again', ['go', 'go', 2]],
  ['an event and a cancel', ['go', 'cancel', 0]],
  ['a cancel and an event', ['cancel', 'go', 0]],
  ['two hours pass', ['later']],
  ['an hour is taken back', ['back']],
  ['a crash', ['crash']],
  ['a crash, and another', ['crash', 'crash', 4]],
  ['a cancel and a crash', ['cancel', 'crash', 1]],
  ['a pause and a crash', ['pause', 'crash', 1]],
  ['it stands still, another takes over, and it goes on', ['stall', 'wake', 5]],
  ['a clean end', ['close']],
];

let histories = 0;
const ends = new Set<string>();

describe.each(Object.entries(flows))('%s', (name, body) => {
  it.each(deeds)('%s, at every moment', async (what, [first, second, after = 0]) => {
    // Whether there is a time limit decides what two hours do.
    const flow = first === 'later' ? 'timed' : 'outer';
    let last = 0;
    const steps = 120;
    await history(2, {
      body,
      flow,
      script: [],
      watch: (moment, isOver) => (last = isOver ? last : moment),
      more: { steps },
    });
    for (let moment = 0; moment <= Math.min(last + 1, 60); moment++) {
      const script: (readonly [number, Deed])[] = [[moment, first]];
      if (second !== undefined) script.push([moment + after, second]);
      script.push([moment + after + 1, 'look']);
      const { violations, trace } = await history(2, { body, flow, script, more: { steps } });
      expect({ name, what, moment, violations }).toEqual({ name, what, moment, violations: [] });
      histories++;
      for (const { what: told } of trace) if (/^run\.\w+ r\b/.test(told)) ends.add(told.split(' ')[0] ?? '');
    }
  });
});

it('went through every moment', () => {
  expect(histories).toBeGreaterThan(3000);
  expect([...ends].sort()).toEqual(
    expect.arrayContaining([
      'run.cancelled',
      'run.completed',
      'run.failed',
      'run.paused',
      'run.recovered',
      'run.resumed',
      'run.stopping',
    ]),
  );
});
