import { expect, it } from 'vitest';
import type { JournalRow } from 'millrace/store';
import { planOf } from './plan.ts';
import { lineOf } from './rewind.ts';
import { effective, Rewinds } from './rewound.ts';

/** So many that whatever compares each step with each other one does not end in time. */
const many = 20_000;
const numbers = Array.from({ length: many }, (_, index) => index);

const shapes: Readonly<Record<string, (index: number) => string>> = {
  'one after the other': (index) => `s${index}`,
  'items of a list': (index) => `m[${index}]/s`,
  'rounds of a loop': (index) => `r[${index}]/s`,
};

it.each(Object.entries(shapes))('a long run that was undone goes back: steps as %s', (name, pathOf) => {
  const line = (seq: number, kind: JournalRow['kind'], path: string): JournalRow => ({
    run: 'r',
    seq,
    at: 0,
    kind,
    path,
    name: 'work',
    attempt: 1,
    place: null,
    data: null,
  });
  let seq = 0;
  const rows = [
    ...(name === 'items of a list' ? [line(++seq, 'mapped', 'm')] : []),
    ...numbers.map((index) => line(++seq, 'completed', pathOf(index))),
    line(++seq, 'failed', 'last'),
    line(++seq, 'stopping', ''),
    ...numbers.map((index) => line(++seq, 'completed', `${pathOf(many - 1 - index)}/~undo`)),
  ];
  // From what failed, and from each step of its own, the newest first, as a fork at a checkpoint does.
  for (const steps of [[], numbers.map((index) => pathOf(many - 1 - index))]) {
    const taken = planOf(rows, { steps, passed: new Set(), failed: true });
    // Later rounds go with the first one as a whole.
    expect(taken?.drops).toHaveLength(many + 1);
    expect(taken?.starts).toHaveLength(name === 'items of a list' ? many : 1);
    if (taken === undefined) throw new Error('There is nothing to take back.');
    const rewound = { ...taken, epoch: 1, reason: '', by: null, version: '1' };
    const all = [...rows, lineOf('r', ++seq, 0, '', rewound)];
    expect(effective(all).filter(({ kind }) => kind !== 'mapped')).toEqual([]);
    const rewinds = new Rewinds(all);
    expect(numbers.every((index) => rewinds.epochOf(pathOf(index)) === 1)).toBe(true);
  }
});
