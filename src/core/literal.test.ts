import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { literalOf } from './literal.ts';

const place = { indent: 0, column: 0, after: 0 };

it.each(['{"1":1}', '{"true":true,"false":false}', '{"null":null}', '{"__proto__":{"a":1},"a-b":"\\u2028\'\\"`${x}"}'])(
  'is read as the value that it was written from: %s',
  (json) => {
    const value: unknown = JSON.parse(json);
    expect(JSON.stringify(runInNewContext(`(${literalOf(value, place)})`))).toBe(JSON.stringify(value));
  },
);

it('writes a part that has a name by it', () => {
  const line = { sku: 'A' };
  expect(literalOf({ line }, place, new Map([[JSON.stringify(line), 'line']]))).toBe('{ line }');
});
