/**
 * What a long `repeat` costs on Restate, whose journal keeps every round: the rounds themselves, and the replay of all of
 * them after the run was at rest. The server has to be installed (`node tools/restate/install.ts`).
 */
import { taskContract, flowContract } from 'millrace/flow';
import { createEndpoint } from 'millrace/restate';
import { silentLogger, type BoundSystem } from 'millrace/tasks';
import { z } from 'zod';
import { startRestate, type TestRestate } from '../../src/restate/fixtures/restate.ts';
import type { Row } from '../table.ts';

const source = 'rounds.dsl.ts:1:1';
const at = { at: '1:1' } as const;
const next = taskContract('next', { input: z.number(), output: z.number(), policy: {}, source });
const rounds = flowContract('rounds', { input: z.number(), source });

/** When the flow was begun, from its start or in a replay, and when it had come through its rounds. */
const began: number[] = [];
const through: number[] = [];

const system: BoundSystem = {
  kind: 'bound-system',
  name: 'bench-rounds',
  version: '1.0.0',
  hash: 'bench-rounds',
  source: 'rounds.dsl.ts',
  events: {},
  tasks: { next },
  flows: {
    rounds: {
      kind: 'flow',
      contract: rounds,
      hash: 'rounds',
      waits: [],
      async run(host, max) {
        began.push(performance.now());
        await host.repeat(
          'rounds',
          (h, index) => h.step('next', () => next(index), at),
          () => false,
          { ...at, max: max as number },
        );
        through.push(performance.now());
        await host.sleep('rest', '3s', at);
      },
    },
  },
  machines: {},
  implementations: {},
};

export async function run(): Promise<readonly Row[]> {
  const restate = await startRestate();
  try {
    const { services } = createEndpoint(system, {
      ingress: restate.ingress,
      logger: silentLogger,
      inactivityMs: 300,
      tasks: { next: (n: number) => n + 1 },
    });
    await restate.serve(services);
    const rows: Row[] = [];
    for (const count of [100, 1000, 10_000]) rows.push(...(await measure(restate, count)));
    return rows;
  } finally {
    await restate.close();
  }
}

async function measure(restate: TestRestate, count: number): Promise<readonly Row[]> {
  began.length = through.length = 0;
  const body = { run: `rounds${count}`, input: count, at: Date.now() };
  const asks = { service: 'bench-rounds.flows.rounds', handler: 'run', body };
  await restate.call.call(asks);
  const [first = 0] = began;
  const [done = 0] = through;
  const replay = (through.at(-1) ?? 0) - (began.at(-1) ?? 0);
  const name = count.toLocaleString('en-US');
  return [
    { name: `${name} rounds, each`, value: (done - first) / count, unit: 'ms' },
    { name: `replay of ${name} rounds`, value: replay, unit: 'ms' },
  ];
}
