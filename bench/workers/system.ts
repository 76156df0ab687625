import { flowContract, taskContract } from 'millrace/flow';
import { implement, type BoundSystem } from 'millrace/tasks';
import { z } from 'zod';

export const steps = 10;

const work = taskContract('work', {
  input: z.object({ index: z.int(), busyMs: z.number() }),
  output: z.object({ index: z.int(), pad: z.string() }),
  policy: {},
  source: 'bench:1:1',
});
const input = z.object({ busyMs: z.number() });
const ten = flowContract('ten', { input, output: z.int(), source: 'bench:2:1' });
const pad = 'x'.repeat(200);

/** One flow of ten steps after another; each occupies its processor for so many ms. */
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
      run: async (host, given) => {
        const { busyMs } = given as z.infer<typeof input>;
        let sum = 0;
        for (let index = 0; index < steps; index += 1)
          sum += (await host.step(`s${index}`, () => work({ index, busyMs }), { at: '3:1' })).index;
        return sum;
      },
    },
  },
  machines: {},
  implementations: {
    work: implement(work, ({ index, busyMs }) => {
      const until = performance.now() + busyMs;
      while (performance.now() < until);
      return { index, pad };
    }),
  },
};
