import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { outermost, within } from './prefixes.ts';
import { covers, Rewinds } from './rewound.ts';
import { lineOf } from './rewind.ts';
import { locator, treeOf } from './tree.ts';

const segment = fc.constantFrom('a', 'b', 'ab', 'a[0]', 'a[10]', '~undo', '');
const path = fc.array(segment, { maxLength: 4 }).map((segments) => segments.filter(Boolean).join('/'));
const paths = fc.uniqueArray(path, { maxLength: 8 });

it('answers by place what asking each prefix would answer', () => {
  fc.assert(
    fc.property(paths, path, (prefixes, asked) => {
      expect(within(prefixes)(asked)).toBe(prefixes.some((prefix) => covers(prefix, asked)));
      expect(outermost(prefixes)).toEqual(
        prefixes.filter((each) => !prefixes.some((one) => one !== each && covers(one, each))),
      );
    }),
  );
});

it('counts each time that a path was taken back once', () => {
  fc.assert(
    fc.property(fc.array(paths, { maxLength: 5 }), path, (times, asked) => {
      const lines = times.map((drops, index) =>
        lineOf('r', index + 1, 0, '', { drops, ends: [], epoch: index + 1, reason: '', by: null, version: '' }),
      );
      const wanted = times.filter((drops) => drops.some((prefix) => covers(prefix, asked))).length;
      expect(new Rewinds(lines).epochOf(asked)).toBe(wanted);
    }),
  );
});

it('finds each step where it lies, and the first one of each part', () => {
  const line = (seq: number, kind: 'completed' | 'opened', at: string) =>
    ({ run: 'r', seq, at: 0, kind, path: at, name: null, attempt: 1, place: null, data: null }) as const;
  const done = ['s', 'all/x/one', 'all/x/two', 'all/y/one', 'rep[0]/s', 'rep[1]/s', 'rep[1]/t', 'g/n', 'g/m/~undo'];
  const find = locator(treeOf([line(1, 'opened', 'g'), ...done.map((each, at) => line(at + 2, 'completed', each))]));
  const places = (asked: string) => find(asked)?.map(({ part, at, node }) => [part.path, at, node.path]);
  expect(places('all/x/two')).toEqual([
    ['', 2, 'all'],
    ['all/x', 1, 'all/x/two'],
  ]);
  expect(places('all/y')).toEqual([
    ['', 2, 'all'],
    ['all/y', 0, 'all/y/one'],
  ]);
  expect(places('rep[1]')).toEqual([
    ['', 3, 'rep'],
    ['rep[1]', 0, 'rep[1]/s'],
  ]);
  expect(places('g/m')).toEqual([
    ['', 0, 'g'],
    ['g', 1, 'g/m'],
  ]);
  expect(places('g')).toEqual([['', 0, 'g']]);
  for (const none of ['', 'z', 'al', 'all/z', 'all/x/three', 'rep[2]', 's/t', 'g/n/~undo'])
    expect(places(none)).toBeUndefined();
});
