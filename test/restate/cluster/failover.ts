import { setTimeout as delay } from 'node:timers/promises';
import { createEndpoint, registerDeployment, RestateClient } from 'millrace/restate';
import { silentLogger, type TaskContext } from 'millrace/tasks';
import { makeNetwork } from './network.ts';
import { apart, startNodes } from './nodes.ts';
import { sumFrom, system } from './system.ts';

/** What a cluster did under load while nodes were lost. */
export interface Failover {
  readonly runs: number;
  /** Runs that did not come to their end, or to the wrong one. */
  readonly lost: readonly string[];
  /** Each time that the code of a step ran again that was under way when a node was lost: the newest of its run. */
  readonly repeated: readonly string[];
  /** Each time that the code of another step ran again: one that was recorded. */
  readonly violations: readonly string[];
  readonly executions: number;
  /** What was done to it. */
  readonly losses: readonly string[];
  /** Why nothing was partitioned. */
  readonly skipped?: string;
}

/** How long a node is away, in ms. */
const away = 3000;
/** A node that has said nothing for so long is passed over, in ms. */
const silence = 10_000;

/**
 * Runs so many runs on a cluster of three nodes; meanwhile a node is killed and started again, then another is cut off the
 * net and let back.
 */
export async function failover(runs: number, say: (line: string) => void): Promise<Failover> {
  const made = makeNetwork();
  const network = typeof made === 'string' ? undefined : made;
  if (typeof made === 'string') say(`No partition: ${made}.`);
  const nodes = await startNodes(network);
  /** By run, the numbers of the steps whose code was started, in order. */
  const started = new Map<string, number[]>();
  const work = async (n: number, { runId }: TaskContext): Promise<number> => {
    const own = started.get(runId) ?? [];
    started.set(runId, own);
    own.push(n);
    await delay(10);
    return n;
  };
  const endpoint = createEndpoint(system, {
    ingress: nodes.ingress[0] ?? '',
    tasks: { work },
    logger: silentLogger,
  });
  const served = await endpoint.serve({ host: network?.outside ?? '127.0.0.1' });
  await registerDeployment({ admin: nodes.admin[0] ?? '', uri: served.uri, endpoint });
  const clients = nodes.ingress.map(
    (ingress, n) => new RestateClient(system, { ingress, admin: nodes.admin[n] ?? '', patienceMs: 60_000 }),
  );
  const lost: string[] = [];
  const losses: string[] = [];
  const atOnce = 40;
  let next = 0;
  const over = { runs: 0 };
  try {
    const progress = async (share: number): Promise<void> => {
      for (const goal = runs * share; over.runs < goal;) await delay(20);
    };
    const faults = async (): Promise<void> => {
      await progress(0.15);
      await nodes.kill(1);
      losses.push('killed n2');
      say(`n2 is killed after ${over.runs} runs.`);
      await delay(away);
      nodes.start(1);
      await nodes.serving([1]);
      say(`n2 is back after ${over.runs} runs.`);
      if (network === undefined) return;
      await progress(0.5);
      network.cut();
      losses.push('cut off n3');
      say(`n3 is cut off after ${over.runs} runs.`);
      await delay(away);
      network.mend();
      await nodes.serving([apart]);
      say(`n3 is back after ${over.runs} runs.`);
    };
    const one = async (number: number): Promise<void> => {
      const id = `r${number}`;
      try {
        await anyOf(clients, number, (client) => client.start('chain', number, { id }));
        const { status, output, error } = await anyOf(clients, number, (client) => client.result(id));
        if (status !== 'completed' || output !== sumFrom(number))
          lost.push(`${id}: ${status} ${String(output)} ${error?.message ?? ''}`);
      } catch (thrown) {
        lost.push(`${id}: ${String(thrown)}`);
      }
      over.runs++;
    };
    await Promise.all([
      faults(),
      ...Array.from({ length: atOnce }, async () => {
        while (next < runs) await one(next++);
      }),
    ]);
  } finally {
    await served.close();
    await nodes.close();
    network?.remove();
  }
  return {
    runs,
    lost,
    losses,
    ...judge(started),
    ...(typeof made === 'string' ? { skipped: made } : {}),
  };
}

/** Asks one node after the other until one answers: the id of a run says that it is the same one. */
async function anyOf<T>(
  clients: readonly RestateClient[],
  first: number,
  ask: (client: RestateClient) => Promise<T>,
): Promise<T> {
  const until = Date.now() + 90_000;
  for (let turn = first; ; turn++) {
    const client = clients[turn % clients.length];
    if (client === undefined) throw new Error('There are no nodes.');
    const asked = ask(client);
    asked.catch(() => {});
    const silent = delay(silence, undefined, { ref: false }).then(() => Promise.reject(new Error('No answer.')));
    try {
      return await Promise.race([asked, silent]);
    } catch (thrown) {
      if (Date.now() > until) throw thrown;
      await delay(50);
    }
  }
}

function judge(started: ReadonlyMap<string, readonly number[]>) {
  const repeated: string[] = [];
  const violations: string[] = [];
  let executions = 0;
  for (const [run, own] of started) {
    executions += own.length;
    let newest = -1;
    for (const step of own) {
      if (step === newest) repeated.push(`${run}: step ${step}`);
      // What came before the newest one is recorded: nothing of it may run again.
      if (step < newest) violations.push(`${run}: step ${step} after step ${newest}`);
      newest = Math.max(newest, step);
    }
  }
  return { repeated, violations, executions };
}
