import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { checkContext, itemsOf, sendId } from './checks.ts';

it('takes a list once, whatever gives items', () => {
  const list = [1, 2];
  const items = itemsOf(list);
  list.push(3);
  expect(items).toEqual([1, 2]);
  expect(itemsOf(new Set(['a']))).toEqual(['a']);
  expect([itemsOf(undefined), itemsOf(null)]).toEqual([[], []]);
});

it.each([[7], [{}], [true], [{ length: 1, 0: 'a' }]])('takes no items from %j', (value) => {
  expect(() => itemsOf(value as never)).toThrow(expect.objectContaining({ code: 'MR3343' }));
});

it.each([[''], ['after.a.0'], [undefined], [7], [10n], [{ toJSON: () => undefined }]])('has no send under %s', (id) => {
  expect(() => sendId(id)).toThrow(expect.objectContaining({ code: 'MR3342' }));
});

it('names what does not fit', () => {
  const schema = z.object({ paymentId: z.string(), lines: z.array(z.object({ n: z.int() })) });
  checkContext(schema, 'paid', { paymentId: 'p', lines: [], more: 1 });
  expect(() => checkContext(schema, 'paid', { lines: [{ n: 1.5 }] })).toThrow(
    expect.objectContaining({
      code: 'MR3340',
      message: expect.stringMatching(/^The context does not fit state 'paid': paymentId: .*; lines\[0\]\.n: .*\.$/),
      details: { state: 'paid', problems: [expect.any(String), expect.any(String)] },
    }),
  );
});

it('does not wait for a schema, nor trip over one that fails later', async () => {
  const lost: unknown[] = [];
  const note = (reason: unknown): void => void lost.push(reason);
  process.on('unhandledRejection', note);
  const later = { '~standard': { validate: () => Promise.reject(new Error('later')) } };
  expect(() => checkContext(later, 'paid', {})).toThrow(expect.objectContaining({ code: 'MR3340' }));
  const slow = z.object({}).refine(() => Promise.resolve(true));
  expect(() => checkContext(slow, 'paid', {})).toThrow(expect.objectContaining({ code: 'MR3340' }));
  await setTimeout(5);
  process.off('unhandledRejection', note);
  expect(lost).toEqual([]);
});
