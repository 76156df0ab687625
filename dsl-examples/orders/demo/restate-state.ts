import type { RestateClient } from 'millrace/restate';
import type { StepView } from 'millrace/runtime';
import { finalEntries, tally, type Standing, type State } from './state.ts';

const active = ['pending', 'running', 'waiting', 'paused', 'blocked'] as const;

/** What a client on Restate says at one moment: as `readState` of a database. */
export async function askState(client: RestateClient): Promise<State> {
  const [orders, runs] = await Promise.all([client.instances({ machine: 'order' }), client.list()]);
  const steps = new Map<string, StepView>();
  await each(runs, async (run) => {
    for (const step of await client.steps(run.id)) steps.set(`${run.id} ${step.path}`, step);
  });
  return { orders, runs, steps };
}

/** How often each order entered a final state. */
export async function askFinals(client: RestateClient, { orders }: State): Promise<ReadonlyMap<string, number>> {
  const finals = new Map<string, number>();
  await each(orders, async (order) => {
    finals.set(order.id, finalEntries(order, await client.history('order', order.id)));
  });
  return finals;
}

export async function askStanding(client: RestateClient): Promise<Standing> {
  const [orders, open] = await Promise.all([client.instances({ machine: 'order' }), client.list({ status: active })]);
  const first = Math.min(...orders.map((order) => order.createdAt));
  const last = Math.max(...orders.map((order) => order.updatedAt));
  return {
    states: tally(orders.map((order) => order.state.join('+'))),
    active: open.length,
    day: orders.length === 0 ? 0 : (last - first) / 86_400_000,
  };
}

/** A few at a time: the server has other things to do. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (const item of waiting) await work(item);
    }),
  );
}
