import { expect, it } from 'vitest';
import { describeFailure } from '../project/kit/failure.ts';
import { RestateError } from './errors.ts';

it.each([
  ['MR5210', '--server'],
  ['MR5212', '--port'],
  ['MR5213', '--admin'],
  ['MR5216', 'dsl serve FILE --engine restate --server'],
  ['MR5221', '--force'],
])('%s says on a command line what to type', (code, says) => {
  const { hint } = describeFailure(new RestateError(code, 'It is so.'));
  expect(hint).toContain('`dsl serve FILE');
  expect(hint).toContain(says);
});

it('says where to read more of what has no such hint', () => {
  expect(describeFailure(new RestateError('MR5222', 'It is so.')).hint).toBe('`dsl explain MR5222` tells more.');
});
