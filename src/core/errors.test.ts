import { expect, test } from 'vitest';
import { MillraceError, RecordedError, toErrorRecord } from './errors.ts';

test('a failure survives being recorded and thrown again', () => {
  const error = new MillraceError('No stock.', {
    code: 'MR3100',
    retryable: false,
    fault: 'user-code',
    details: { sku: 'a' },
  });
  const again = new RecordedError(toErrorRecord(error));
  expect(toErrorRecord(again)).toEqual(toErrorRecord(error));
});

test('whatever is thrown becomes a record; a foreign error may be retried unless it says otherwise', () => {
  expect(toErrorRecord('boom')).toEqual({
    name: 'Error',
    message: 'boom',
    code: 'MR3100',
    retryable: true,
    fault: 'user-code',
  });
  expect(toErrorRecord(Object.assign(new TypeError('no'), { retryable: false, code: 'E_NO' }))).toMatchObject({
    name: 'TypeError',
    code: 'E_NO',
    retryable: false,
  });
  expect(toErrorRecord(undefined).message).toBe('undefined');
});
