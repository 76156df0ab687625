import { expect, it } from 'vitest';
import { machine, schema, system } from '../../model/fixtures/nodes.ts';
import { found, messages } from '../fixtures/found.ts';
import { createdContext } from './rule.ts';

const with_ = (context: string, creates: readonly string[] = ['placed']) =>
  system({ machines: [machine('order', [], { context: schema(context), creates: [...creates] })] });

it.each([
  'z.object({ n: z.int().default(0), at: z.iso.date().optional(), tags: z.array(z.string()).default([]) })',
  'z.object({ order: Order, any: z.any(), u: z.union([z.string(), z.undefined()]), l: z.lazy(() => x) })',
  'z.object({ n: z.int() }).partial()',
  'z.object({})',
  'Context',
  "z.object({ 'a b': z.object({ n: z.int() }).default({ n: 1 }), ...more })",
  'z.object({ n: z.string().transform((text) => text).optional() })',
])('is content with %s', (context) => {
  expect(messages(createdContext, with_(context))).toEqual([]);
});

it('names the fields that nobody fills in, and says what to do', () => {
  const model = with_(
    "z.object({ total: z.number(), 'a b': z.object({ x: z.int().optional() }), n: z.int().default(0) })",
  );
  expect(found(createdContext, model)).toMatchObject([
    {
      message: "Machine 'order' is created by 'placed', and its context needs 'total', 'a b', which have no defaults.",
      path: 'machines.order.context',
    },
  ]);
});

it('says nothing where instances are created by hand', () => {
  expect(messages(createdContext, with_('z.object({ total: z.number() })', []))).toEqual([]);
});
