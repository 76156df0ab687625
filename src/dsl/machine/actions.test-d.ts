import { event, machine } from 'millrace';
import { z } from 'zod';
import { is, type Equal } from '../../../test/support/type-equal.ts';

const go = event('go', { payload: z.object({ id: z.string(), n: z.number() }) });
const Context = z.object({ a: z.number(), lines: z.array(z.object({ sku: z.string(), parts: z.array(z.string()) })) });
type Line = { sku: string; parts: string[] };

// A list among the fields makes a `forEach` possible: a `when` must be told from it by what it does not have.
const head = machine('m', { key: 'id', context: Context, events: { go } });
head.states('s', {
  s: {
    on: {
      go: [
        { do: [{ when: ({ context }) => context.a > 1, do: [{ assign: ({ context }) => ({ a: context.a + 1 }) }] }] },
        {
          do: [
            {
              when: ({ event }) => is<Equal<typeof event, { id: string; n: number }>>() ?? true,
              do: [{ assign: ({ event }) => ({ a: is<Equal<typeof event.n, number>>() ? 1 : event.n }) }],
              else: [],
            },
          ],
        },
        {
          do: [
            { assign: () => ({ a: 1 }) },
            {
              when: ({ context }) => context.a > 1,
              do: [
                {
                  when: ({ context }) => context.a > 2,
                  do: [{ raise: ({ event }) => go({ id: event.id, n: event.n }) }],
                  else: [
                    { cancel: ({ event }) => event.id },
                    { send: { event: ({ context }) => go({ id: '', n: context.a }), delay: '1s' } },
                  ],
                },
              ],
              else: [
                { emit: ({ event }) => go({ id: event.id, n: 1 }) },
                { forEach: 'context.lines', do: [{ cancel: ({ item }) => item.sku }] },
              ],
            },
          ],
        },
      ],
    },
    after: [
      {
        delay: '1h',
        do: [{ when: ({ now }) => now > 1, do: [{ assign: ({ now }) => ({ a: now }) }], else: [] }],
      },
    ],
    entry: {
      do: [
        {
          forEach: 'context.lines',
          do: [
            { when: ({ item }) => item.sku !== '', do: [{ assign: ({ item }) => ({ a: item.sku.length }) }] },
            { when: ({ index }) => index > 0, do: [{ assign: ({ index }) => ({ a: index }) }], else: [] },
            {
              when: ({ item }) => is<Equal<typeof item, Line>>() ?? true,
              do: [{ forEach: 'item.parts', do: [{ cancel: ({ item }) => item.trim() }] }],
              else: [{ when: ({ item }) => item.sku !== '', do: [], else: [{ cancel: ({ item }) => item.sku }] }],
            },
          ],
        },
      ],
    },
    exit: { do: [{ when: ({ context }) => context.a > 1, do: [{ assign: ({ context }) => ({ a: context.a }) }] }] },
  },
});

// Without a list as well.
machine('n', { key: 'id', context: z.object({ a: z.number() }), events: { go } }).states('s', {
  s: {
    on: {
      go: {
        do: [
          {
            when: ({ context }) => context.a > 1,
            do: [{ assign: ({ context, event }) => ({ a: context.a + event.n }) }],
            else: [{ assign: ({ context }) => ({ a: context.a - 1 }) }],
          },
        ],
      },
    },
  },
});
