import { event, failed, flow, machine, part, task } from 'millrace';
import type { ErrorRecord } from 'millrace/core';
import { z } from 'zod';
import { is, type Equal } from '../../../test/support/type-equal.ts';

const placed = event('placed', { payload: z.object({ id: z.string(), total: z.number() }) });
const sent = event('parcel.sent', { payload: z.object({ id: z.string(), code: z.string() }) });
const come = event('parcel.come', { payload: z.object({ id: z.string() }) });
const charge = task('charge', { input: z.object({ id: z.string() }), output: z.object({ paymentId: z.string() }) });
const pay = flow('pay', { input: z.object({ id: z.string() }), output: z.object({ code: z.number() }) }, (f) =>
  f.returns(() => ({ code: 1 })),
);
const sub = machine('sub', { key: 'id', context: z.object({ deep: z.boolean() }), events: { come } }).states('only', {
  only: {},
});
const Line = z.object({ sku: z.string(), parts: z.array(z.number()) });

const head = machine('order', {
  key: 'id',
  context: z.object({ total: z.number().default(0), note: z.string().optional(), lines: z.array(Line).default([]) }),
  events: { placed, 'parcel.sent': sent, 'parcel.come': come, chargeFailed: failed(charge) },
  creates: ['placed'],
  flows: { pay },
  tasks: { charge },
  machines: { sub },
  tags: ['orders'],
});
type Context = { total: number; note?: string | undefined; lines: { sku: string; parts: number[] }[] };
type Name = 'idle' | 'open' | 'left' | 'right' | 'l1' | 'l2' | 'back' | 'deep' | 'done' | 'picking' | 'packed';

const packing = part(
  head,
  'picking',
  {
    picking: { on: { placed: 'packed' } },
    packed: { always: { target: 'done', guard: ({ in: isIn }) => isIn('picking') || isIn('done') } },
  },
  { exits: ['done'] },
);

const order = head.states(['idle'], {
  idle: {
    description: 'Nothing yet.',
    tags: ['quiet'],
    on: {
      placed: [
        {
          target: ['l1', 'right'],
          guard: ({ event, context, now, instanceId, in: isIn }) => {
            is<Equal<typeof event, { id: string; total: number }>>();
            is<Equal<typeof context, Context>>();
            is<Equal<typeof now, number>>();
            is<Equal<typeof instanceId, string>>();
            is<Equal<typeof isIn, (state: Name) => boolean>>();
            return true;
          },
          assign: ({ event }) => ({ total: event.total, note: undefined }),
          emit: [({ event }) => come({ id: event.id }), ({ context }) => sent({ id: '', code: context.note ?? '' })],
          raise: ({ event }) => come({ id: event.id }),
          start: ({ event }) => pay({ id: event.id }),
          send: {
            event: ({ event }) => come({ id: event.id }),
            delay: ({ context }) => `${context.total}h`,
            id: 'later',
          },
        },
        { target: 'done', internal: true, description: 'Otherwise.' },
        'open',
      ],
      'parcel.*': {
        guard: ({ event }) => is<Equal<typeof event, { id: string; code: string } | { id: string }>>() ?? true,
      },
      chargeFailed: { assign: ({ event }) => ({ note: is<Equal<typeof event.error, ErrorRecord>>() ? '' : event.id }) },
      '*': {},
      'error.execution': { assign: ({ event }) => ({ note: event.message }) },
      'error.communication': {
        guard: ({ event }) => is<Equal<typeof event, ErrorRecord>>() ?? true,
        send: [
          {
            event: () => come({ id: '' }),
            id: ({ event }) => event.code,
            target: ({ context }) => `order/${context.note}`,
          },
          { event: ({ event }) => come({ id: event.message }), delay: '1h', target: '#parent' },
          // Computed, it may also be a number of milliseconds.
          {
            event: () => come({ id: '' }),
            delay: ({ context, now }) => (context.total > 1 ? context.total - now : '1s'),
          },
        ],
        cancel: [({ event }) => event.code, 'later'],
      },
      'error.*': { guard: ({ event }) => is<Equal<typeof event, ErrorRecord>>() ?? true },
      // The ends of other states, and of their work.
      'done.state.left': { guard: ({ event }) => is<Equal<typeof event, unknown>>() ?? true, target: 'done' },
      'done.run.l1.charge': [{ guard: ({ event }) => event === 1 }, 'done'],
      'error.run.other': { guard: ({ event }) => is<Equal<typeof event, ErrorRecord>>() ?? true },
    },
    entry: {
      do: [
        {
          forEach: 'context.lines',
          do: [
            { assign: ({ item, index }) => ({ note: item.sku + index }) },
            { forEach: 'item.parts', do: [{ emit: ({ item }) => come({ id: item.toFixed() }) }] },
            { cancel: ({ item }) => item.sku },
          ],
        },
      ],
    },
  },
  open: {
    parallel: true,
    onDone: 'done',
    states: {
      left: {
        initial: 'l1',
        states: {
          l1: {
            run: [
              {
                task: 'charge',
                input: ({ context }) => ({ id: `${context.total}` }),
                onDone: {
                  target: 'l2',
                  guard: ({ output }) => is<Equal<typeof output, { paymentId: string }>>() ?? true,
                },
              },
              {
                id: 'other',
                flow: 'pay',
                input: () => ({ id: '' }),
                onDone: { guard: ({ output }) => is<Equal<typeof output, { code: number }>>() ?? true },
                onError: { guard: ({ error }) => error.retryable },
              },
              { machine: 'sub', input: () => ({ deep: true }) },
            ],
          },
          l2: {
            initial: 'deep',
            states: { deep: { after: [{ delay: ({ context }) => `${context.total}m`, target: 'back' }] } },
          },
          back: { history: 'deep', initial: 'l1' },
        },
      },
      right: { after: { '3d': 'done', '1h': { assign: () => ({ total: 1 }) } }, ...packing },
    },
  },
  done: { final: true, output: ({ context }) => context.total },
});
is<Equal<(typeof order)['~state'], Name>>();

// A state's own schema narrows its lambdas and those of the states below, at every depth.
const Noted = z.object({ note: z.string() });
head.states('a', {
  a: { always: { guard: ({ context }) => is<Equal<typeof context.note, string | undefined>>() ?? true } },
  b: {
    context: Noted,
    entry: { assign: ({ context }) => ({ note: context.note.trim() }) },
    states: {
      c: { always: { guard: ({ context }) => is<Equal<typeof context, Context & { note: string }>>() ?? true } },
      d: {
        context: z.object({ total: z.literal(1) }),
        states: {
          e: {
            states: {
              f: {
                context: z.object({ lines: z.tuple([Line]) }),
                // What is read is narrowed, what is written is the context of the machine.
                exit: {
                  assign: ({ context }) => ({
                    total: is<Equal<typeof context.total, 1>>() ? 2 : context.lines[0].parts.length,
                    note: undefined,
                  }),
                },
                on: {
                  placed: {
                    target: 'a',
                    guard: ({ context: { note, total } }) => note.length > total,
                    assign: ({ context, event }) => ({ total: context.total + event.total, lines: [] }),
                  },
                },
                after: [
                  { delay: ({ context }) => `${context.total}s`, target: 'a' },
                  { delay: ({ context, now }) => context.total - now, target: 'a' },
                ],
                run: { flow: 'pay', input: ({ context }) => ({ id: context.lines[0].sku }), onDone: 'a' },
                entry: {
                  do: [
                    {
                      when: ({ context }) => context.note !== '',
                      do: [{ forEach: 'context.lines', do: [{ emit: ({ item }) => come({ id: item.sku }) }] }],
                      else: [
                        { assign: ({ context }) => ({ note: is<Equal<typeof context.note, string>>() ? '' : '' }) },
                      ],
                    },
                  ],
                },
              },
            },
          },
        },
        always: { guard: ({ context }) => is<Equal<typeof context.total, 1>>() ?? true },
      },
    },
  },
  // A handler around the state sees what the machine has.
  i: {
    states: { j: { context: Noted } },
    on: { placed: { guard: ({ context }) => is<Equal<typeof context, Context>>() ?? true } },
  },
  g: { states: { h: { always: { guard: ({ context }) => is<Equal<typeof context, Context>>() ?? true } } } },
});
