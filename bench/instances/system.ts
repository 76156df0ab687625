import { eventContract } from 'millrace/flow';
import { interpretMachine } from 'millrace/machine';
import type { BoundSystem } from 'millrace/tasks';
import { z } from 'zod';

export const ticked = eventContract('ticked', {
  payload: z.object({ id: z.string() }),
  ttl: '7d',
  source: 'bench:1:1',
});

const nothing = { on: [], always: [], after: [], entry: [], exit: [], run: [], onDone: [], states: [] };
const to = (...targets: readonly string[]) => [
  {
    event: 'ticked',
    transitions: [
      {
        targets,
        actions: [
          {
            kind: 'assign' as const,
            value: ({ context }: { readonly context: { readonly ticks: number } }) => ({ ticks: context.ticks + 1 }),
          },
        ],
      },
    ],
  },
];

/** A machine that waits for one event. */
export const system: BoundSystem = {
  kind: 'bound-system',
  name: 'bench',
  version: '1.0.0',
  hash: '',
  source: 'bench',
  events: { ticked },
  tasks: {},
  flows: {},
  machines: {
    clock: {
      module: interpretMachine({
        name: 'clock',
        hash: 'bench',
        key: 'id',
        events: [{ alias: 'ticked', name: 'ticked' }],
        creates: [],
        initial: ['waiting'],
        states: [
          { ...nothing, name: 'waiting', type: 'atomic', on: to('ticking') },
          { ...nothing, name: 'ticking', type: 'atomic', on: to('waiting') },
        ],
      }),
      context: z.object({ ticks: z.int(), customer: z.string(), note: z.string() }),
    },
  },
  implementations: {},
};

/** Ids in order, as numbers of orders are. */
export const idOf = (index: number): string => `c-${String(index).padStart(9, '0')}`;
export const contextOf = (index: number): object => ({ ticks: 0, customer: `customer ${index % 1000}`, note: 'waits' });
