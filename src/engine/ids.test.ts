import { expect, it } from 'vitest';
import { checkId } from './ids.ts';

it.each(['', 'a b', 'a\n', 'x'.repeat(201), '\ud800'])('refuses %j as an id', (id) => {
  expect(() => checkId(id)).toThrow(expect.objectContaining({ code: 'MR3218' }));
});

it.each(['a', '..', '.a', 'a.', 'é', "it's", 'a/b', '1'])('takes %j', (id) => {
  expect(() => checkId(id)).not.toThrow();
});
