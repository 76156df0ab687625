import { eventContract } from 'millrace/flow';
import { interpretMachine, type MachineModule } from 'millrace/machine';
import type { BoundSystem } from 'millrace/tasks';
import { z } from 'zod';
import { system as durable } from '../durable/system.ts';

export const noted = eventContract('noted', {
  payload: z.object({ id: z.string(), n: z.int() }),
  ttl: '1d',
  source: 'bench:4:1',
});

const nothing = { on: [], always: [], after: [], entry: [], exit: [], run: [], onDone: [], states: [] };
/** Adds what it is told. */
const counter: MachineModule = interpretMachine({
  name: 'counter',
  hash: 'counter',
  key: 'id',
  events: [{ alias: 'noted', name: 'noted' }],
  creates: ['noted'],
  initial: ['open'],
  states: [
    {
      ...nothing,
      name: 'open',
      type: 'atomic',
      on: [
        {
          event: 'noted',
          transitions: [
            {
              targets: [],
              actions: [
                {
                  kind: 'assign',
                  value: ({ context, event }: { context: { sum: number }; event: { n: number } }) => ({
                    sum: context.sum + event.n,
                  }),
                },
              ],
            },
          ],
        },
      ],
    },
  ],
});

/** The flow of ten steps of the other benchmarks, and a machine that takes events. */
export const system: BoundSystem = {
  ...durable,
  name: 'benchOnRestate',
  events: { noted },
  machines: { counter: { module: counter, context: z.object({ sum: z.number().default(0) }) } },
};
