import { flowContract, taskContract } from 'millrace/flow';
import type { BoundSystem } from 'millrace/tasks';
import { z } from 'zod';

const source = 'cluster.dsl.ts:1:1';
const at = { at: '1:1' } as const;
export const steps = 8;
const work = taskContract('work', { input: z.int(), output: z.int(), policy: {}, source });
const chain = flowContract('chain', { input: z.int(), output: z.int(), source });

/** A flow of steps one after the other, with a rest in the middle, so that runs also wait while a node is lost. */
export const system: BoundSystem = {
  kind: 'bound-system',
  name: 'cluster',
  version: '1.0.0',
  hash: '',
  source: 'cluster.dsl.ts',
  events: {},
  tasks: { work },
  flows: {
    chain: {
      kind: 'flow',
      contract: chain,
      hash: 'chain',
      waits: [],
      run: async (host, from) => {
        let sum = from as number;
        for (let index = 0; index < steps; index++) {
          sum += await host.step(`s${index}`, () => work(index), at);
          if (index === steps / 2) await host.sleep('rest', '200ms', at);
        }
        return sum;
      },
    },
  },
  machines: {},
  implementations: {},
};

/** What a run gives that began with this number. */
export const sumFrom = (from: number): number => from + (steps * (steps - 1)) / 2;
