import { event, failed, flow, task, type Approval, type FlowRef } from 'millrace';
import type { ErrorRecord } from 'millrace/core';
import { z } from 'zod';
import { is, type Equal } from '../../../test/support/type-equal.ts';

const placed = event('placed', { payload: z.object({ id: z.string(), total: z.number() }) });
const done = event('done', { payload: z.object({ id: z.string() }) });
const charge = task('charge', {
  input: z.object({ id: z.string() }),
  output: z.object({ paymentId: z.string(), level: z.enum(['low', 'high']) }),
});
const refund = task('refund', { input: z.object({ paymentId: z.string() }), output: z.void() });
type Paid = { paymentId: string; level: 'low' | 'high' };
const Input = z.object({
  id: z.string(),
  express: z.boolean().default(false),
  lines: z.array(z.object({ sku: z.string(), parts: z.array(z.number()) })),
});
const input = { input: Input };

/** Gives the type of the one value that a flow returns. */
type Value<F extends FlowRef> = F['~gives'];
const anything = z.custom<unknown>();

const all = flow('all', { ...input, output: anything }, (f) =>
  f
    .step('a', ({ input }) => charge({ id: input.id }))
    .undo(({ a }) => refund({ paymentId: a.paymentId }))
    .step('b', ({ input }) => charge({ id: input.id }), {
      onFailure: 'continue',
      retry: { attempts: 2 },
      timeout: '5s',
    })
    .step('c', ({ input }) => charge({ id: input.id }), {
      onFailure: { fallback: ({ input, a }) => ({ none: input.id + a.paymentId }) },
    })
    .branch('d', ({ a }) => a.level, {
      low: (f) => f.returns(() => 1),
      high: (f) => f.step('x', ({ now }) => charge({ id: `${now}` })),
    })
    .branch('e', ({ input }) => input.express, { true: (f) => f.returns(() => ({ fast: true })), false: (f) => f })
    .map(
      'g',
      ({ input }) => input.lines,
      (f) =>
        f.map(
          'inner',
          ({ item }) => item.parts,
          (f) => f.returns(({ item, index }) => item * index),
        ),
      { concurrency: 2 },
    )
    .parallel(
      'h',
      { one: (f) => f.step('p', () => charge({ id: '' })), two: (f) => f.sleep('q', '1s') },
      { concurrency: 1 },
    )
    .repeat('i', (f) => f.step('r', ({ index }) => charge({ id: `${index}` })), {
      until: ({ value, index, input }) => value.level === 'low' || index > input.lines.length,
      max: 5,
      delay: '1m',
    })
    .graph(
      'j',
      (g) =>
        g
          .node('k', ({ input }) => charge({ id: input.id }))
          .node('l', ({ k }) => refund({ paymentId: k.paymentId }), { needs: ['k'] }),
      { concurrency: 2 },
    )
    .graph('j2', (g) => g.node('k2', () => charge({ id: '' })), { onFailure: 'skip' })
    .race('m', { pay: (f) => f.step('n', () => charge({ id: '' })), wait: (f) => f.sleep('o', '1d') })
    .attempt(
      'q',
      (f) => f.step('s', () => charge({ id: '' })),
      (f) => f.returns(({ error }) => error.code),
    )
    .waitFor('t', placed, { match: { id: ({ input }) => input.id }, timeout: '3d' })
    .waitFor('u', placed, { timeout: '3d', onTimeout: 'continue' })
    .waitFor('v', failed(charge))
    .approve('w', { form: z.object({ note: z.string() }), message: ({ input }) => input.id })
    .approve('x', { timeout: '1d', onTimeout: 'continue' })
    .sleep('y', ({ a }) => `${a.paymentId.length}h`)
    .emit('z', ({ input }) => done({ id: input.id }))
    .returns((scope) => {
      is<Equal<typeof scope.a, Paid>>();
      is<Equal<typeof scope.b, Paid | undefined>>();
      is<Equal<typeof scope.c, Paid | { none: string }>>();
      is<Equal<typeof scope.d, number | Paid>>();
      is<Equal<typeof scope.e, { fast: boolean } | void>>();
      is<Equal<typeof scope.g, readonly (readonly number[])[]>>();
      is<Equal<typeof scope.h, { readonly one: Paid; readonly two: void }>>();
      is<Equal<typeof scope.i, Paid>>();
      is<Equal<typeof scope.j, { readonly k: Paid; readonly l: void }>>();
      is<Equal<typeof scope.j2, { readonly k2: Paid | undefined }>>();
      is<
        Equal<
          typeof scope.m,
          { readonly winner: 'pay'; readonly value: Paid } | { readonly winner: 'wait'; readonly value: void }
        >
      >();
      is<Equal<typeof scope.q, string | Paid>>();
      is<Equal<typeof scope.t, { id: string; total: number }>>();
      is<Equal<typeof scope.u, { id: string; total: number } | undefined>>();
      is<Equal<typeof scope.v.error, ErrorRecord>>();
      is<Equal<typeof scope.w.form, { note: string } | undefined>>();
      if (scope.w.approved) is<Equal<typeof scope.w.form, { note: string }>>();
      is<Equal<typeof scope.x, Approval<z.ZodVoid> | undefined>>();
      is<Equal<typeof scope.y, void>>();
      is<Equal<typeof scope.now, number>>();
      is<Equal<typeof scope.runId, string>>();
      return scope.input.express;
    }),
);
is<Equal<Value<typeof all>, unknown>>();

// Without an output the result is void, whatever the last step gives; with one it is what is read.
const silent = flow('silent', input, (f) => f.step('a', () => charge({ id: '' })));
is<Equal<Value<typeof silent>, void>>();
const typed = flow('typed', { ...input, output: z.object({ n: z.number().default(1) }) }, (f) => f.returns(() => ({})));
is<Equal<Value<typeof typed>, { n: number }>>();
const last = flow('last', { ...input, output: z.object({ paymentId: z.string() }) }, (f) =>
  f.step('a', () => charge({ id: '' })),
);
is<Equal<ReturnType<typeof last>['~result'], { paymentId: string }>>();

// A child flow is a step; its input is as written, its value as read.
flow(
  'parent',
  {
    input: placed.payload,
    on: placed,
    schedule: {
      cron: '0 5 * * *',
      timeZone: 'Europe/Berlin',
      input: { id: 'a', total: 1 },
      missed: 'all',
      overlap: 'skip',
    },
    http: 'POST /orders',
    timeout: '3d',
  },
  (f) =>
    f
      .step('child', ({ input }) => typed({ id: input.id, lines: [] }))
      .step('next', ({ child }) => charge({ id: child.n.toFixed() })),
);
