import { expect, test } from 'vitest';
import { bringUp, type FileFormat } from './format.ts';

const chain: FileFormat = {
  what: 'a list',
  field: 'format',
  current: 4,
  steps: [
    { from: 3, upgrade: ({ names, ...rest }) => ({ ...rest, items: (names as string[]).map((name) => ({ name })) }) },
    { from: 2, upgrade: ({ words, ...rest }) => ({ ...rest, names: words }) },
  ],
};

test('the present format stays the object that it is', () => {
  const json = { format: 4, items: [] };
  expect(bringUp(json, chain)).toEqual({ json });
  expect((bringUp(json, chain) as { json: unknown }).json).toBe(json);
});

test('an older one goes through every step, in order, and is not changed itself', () => {
  const json = Object.freeze({ format: 2, words: Object.freeze(['a']), kept: true });
  expect(bringUp(json, chain)).toEqual({ json: { format: 4, items: [{ name: 'a' }], kept: true }, from: 2 });
  expect(bringUp({ format: 3, names: [] }, chain)).toEqual({ json: { format: 4, items: [] }, from: 3 });
});

test.each([
  [{ format: 5 }, 'This is a list of format 5; this version of Millrace reads format 4.'],
  [{ format: 1 }, 'This is a list of format 1, from which no step leads on; this version of Millrace reads format 4.'],
  [
    { format: -1 },
    'This is a list of format -1, from which no step leads on; this version of Millrace reads format 4.',
  ],
  [{ format: 2.5 }, 'This is a list of format 2.5; this version of Millrace reads format 4.'],
  [{ format: '4' }, 'This is a list of format "4"; this version of Millrace reads format 4.'],
  [{}, 'This is a list of format none; this version of Millrace reads format 4.'],
  [
    { format: 3 },
    "This is a list of format 3, and could not be brought to format 4: Cannot read properties of undefined (reading 'map')",
  ],
])('%j is refused', (json, problem) => {
  expect(bringUp(json, chain)).toMatchObject({ problem });
});
