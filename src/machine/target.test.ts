import { expect, it } from 'vitest';
import { parseTarget } from '../core/index.ts';
import { targetOf } from './target.ts';

it.each([
  ['#parent', { kind: 'parent' }],
  ['#open.cart', { kind: 'run', id: 'open.cart' }],
  ['##', { kind: 'run', id: '#' }],
  ['order', { kind: 'machine', machine: 'order' }],
  ['my.order-2', { kind: 'machine', machine: 'my.order-2' }],
  ['order/17', { kind: 'instance', machine: 'order', id: '17' }],
  ['order/a/b\n', { kind: 'instance', machine: 'order', id: 'a/b\n' }],
])('reads %j', (text, target) => {
  expect(parseTarget(text)).toEqual(target);
  expect(targetOf(text)).toBe(text);
});

it.each(['', '#', '/', 'order/', '/17', '!order', '7', ' order', 'order ', undefined, null, 7, ['order']])(
  'refuses %j',
  (target) => {
    expect(() => targetOf(target)).toThrow(expect.objectContaining({ code: 'MR3341' }));
  },
);
