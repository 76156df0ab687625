import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

const names = ['compile', 'check', 'explain', 'inspect', 'run', 'runs', 'send'];

test.each([
  ['complie', 'compile'],
  ['Chekc', 'check'],
  ['inspct', 'inspect'],
  ['rnu', 'run'],
  ['snd', 'send'],
])('%s is most like %s', (word, name) => expect(nearest(word, names)).toBe(name));

test('a word like none of them has no neighbour', () => {
  expect(nearest('deploy', names)).toBeUndefined();
  expect(nearest('', names)).toBeUndefined();
});
