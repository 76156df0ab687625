import { flowContract, taskContract } from 'millrace/flow';
import { implement, type BoundSystem } from 'millrace/tasks';
import { z } from 'zod';

export const steps = 10;

const work = taskContract('work', {
  input: z.object({ index: z.int() }),
  output: z.object({ index: z.int(), ok: z.boolean(), pad: z.string() }),
  policy: {},
  source: 'bench:1:1',
});
const ten = flowContract('ten', { input: z.object({ index: z.int() }), output: z.int(), source: 'bench:2:1' });

// The payload of the other engines' benchmarks: about 230 bytes a result.
const pad = 'x'.repeat(200);

/** One flow of ten steps after another, as small as a task can be: what is measured is the engine. */
export const system: BoundSystem = {
  kind: 'bound-system',
  name: 'bench',
  version: '1.0.0',
  hash: '',
  source: 'bench',
  events: {},
  tasks: { work },
  flows: {
    ten: {
      kind: 'flow',
      contract: ten,
      hash: '',
      waits: [],
      run: async (host) => {
        let sum = 0;
        for (let index = 0; index < steps; index += 1) {
          const { index: done } = await host.step(`s${index}`, () => work({ index }), { at: '3:1' });
          sum += done;
        }
        return sum;
      },
    },
  },
  machines: {},
  implementations: { work: implement(work, ({ index }) => ({ index, ok: true, pad })) },
};
