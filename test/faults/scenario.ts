import { ReactiveSystemRuntime } from 'millrace/runtime';
import type { Store } from 'millrace/store';
import { NonRetryableError, silentLogger } from 'millrace/tasks';
import { SimulatedClock } from 'millrace/testing';
import { anyEvent, anyFlow, anyTask, at, bind, code } from '../../src/runtime/fixtures/bind.ts';
import { door } from '../../src/runtime/fixtures/door.ts';

const work = anyTask('work', { retry: { attempts: 3, delay: '1m', backoff: 'fixed' } });
const back = anyTask('back');
const long = anyTask('long');
const priced = anyTask('priced', { cache: { ttl: '100d' } });
const told = anyEvent('told');

const inner = anyFlow('inner', (host, n: number) => host.step('s', () => work({ n }), at));

/** Every kind of step, once. */
const main = anyFlow('main', async (host, n: number) => {
  const one = await host.step('one', () => work({ n, fails: 1 }), at);
  host.undo('one', () => back(1), at);
  await host.sleep('nap', '10m', at);
  const both = await host.all(
    'both',
    { a: (h) => h.step('x', () => work({ n: 1 }), at), b: (h) => h.step('y', () => work({ n: 2 }), at) },
    at,
  );
  const list = await host.map(
    'list',
    () => [1, 2],
    (h, item) => h.step('i', () => work({ n: Number(item) }), at),
    at,
  );
  await host.emit('tell', () => told({ n }), at);
  await host.receive('hear', told, { ...at, match: () => ({ n }), timeout: '100d' });
  const under = await host.child('under', () => ({ contract: inner.contract, input: n }), at);
  const tried = await host.attempt(
    'try',
    async (h) => {
      await h.step('in', () => work({ n }), at);
      h.undo('in', () => back(2), at);
      await h.step('bad', () => work({ n: -1 }), at);
    },
    async () => 'caught',
    at,
  );
  const graph = await host.graph(
    'graph',
    (g) => g.node('a', () => work({ n: 1 }), at).node('b', ({ a }) => work({ n: Number(a) }), { ...at, needs: ['a'] }),
    at,
  );
  const { winner } = await host.race(
    'race',
    { slow: (h) => h.sleep('long', '900d', at), quick: (h) => h.step('z', () => work({ n }), at) },
    at,
  );
  const rounds = await host.repeat(
    'again',
    (h) => h.step('r', () => work({ n }), at),
    (value) => Number(value) > 0,
    { ...at, max: 2 },
  );
  const word = await host.approve('word', { ...at, timeout: '900d' });
  return JSON.stringify([one, both, list, under, tried, graph, winner, rounds, word.by]);
});
const saga = anyFlow('saga', async (host, n: number) => {
  for (const id of ['one', 'two']) {
    await host.step(id, () => work({ n }), at);
    host.undo(id, () => back(n), at);
  }
  await host.step('bad', () => work({ n: -1 }), at);
});
const idle = anyFlow('idle', async (host) => {
  await host.step('s', () => work({ n: 1 }), at);
  host.undo('s', () => back(1), at);
  await host.receive('never', told, { ...at, match: () => ({ n: 'never' }) });
});

/** Work that keeps its progress, uses tools, and does something once for a key; a result that is used again. */
const careful = anyFlow('careful', async (host, n: number) => {
  const pages = await host.step('long', () => long({ n }), at);
  const prices = [await host.step('p', () => priced(n), at), await host.step('q', () => priced(n), at)];
  return JSON.stringify([pages, prices]);
});
const again = anyFlow('again', async (host, n: number) => {
  await host.step('one', () => work({ n }), at);
  return host.step('bad', () => work({ n: -1 }), at);
});

/** The system, whose tasks call `effect` first. */
export function systemOf(effect: (context: { runId: string; step: string; attempt: number }) => void) {
  return bind({
    events: [told, anyEvent('opened'), anyEvent('closed'), anyEvent('passed')],
    flows: [
      main,
      inner,
      saga,
      idle,
      careful,
      again,
      anyFlow('tick', (host) => host.step('s', () => work({ n: 0 }), at), { schedule: { cron: '*/30 * * * *' } }),
    ],
    tasks: [
      code(work, ({ n, fails = 0 }: { n: number; fails?: number }, context) => {
        effect(context);
        if (n < 0) throw new NonRetryableError('bad');
        if (context.attempt <= fails) throw new Error('flaky');
        return n + 1;
      }),
      code(back, (_: number, context) => effect(context)),
      code(priced, (n: number, context) => {
        effect(context);
        return 10 * n;
      }),
      code(long, async ({ n }: { n: number }, context) => {
        effect(context);
        const done = (context.state as { readonly page: number } | undefined)?.page ?? 0;
        for (let page = done + 1; page <= 2; page++) await context.checkpoint({ page });
        const { output } = await context.tool('turn', { n }, () => n + 1);
        const { output: letter } = await context.once('letter', { n }, () => n + 2, { lease: '1m' });
        return [output, letter];
      }),
    ],
    machines: [
      door('door', (_, { name, payload }) => {
        if (name === 'open')
          return {
            to: 'open',
            effects: [
              { type: 'run', id: 'job', target: { kind: 'flow', name: 'inner' }, input: 4 },
              { type: 'schedule', id: 't', delay: 600_000, event: { name: 'tick' } },
              { type: 'start', flow: 'inner', input: 5 },
              { type: 'emit', event: 'told', payload: { n: 'door' } },
            ],
          };
        if (name === 'done.run.job') return { to: 'did', note: payload };
        if (name === 'tick') return { effects: [{ type: 'unschedule', id: 't' }] };
        return undefined;
      }),
    ],
  });
}

/** One file, driven by one process after the other, in a time that moves by hand. */
export class World {
  readonly clock = new SimulatedClock({ settle: () => this.#runtime?.idle() ?? Promise.resolve() });
  #runtime: ReactiveSystemRuntime | undefined;

  /** Takes the file over, as a process that is started does. */
  open(store: Store, effect: Parameters<typeof systemOf>[0]): ReactiveSystemRuntime {
    if (store.tables.inbox.get(1) === undefined) {
      store.transaction((tx) =>
        tx.inbox.insert({ kind: 'start', request: '{"kind":"flow","target":"inner","input":8,"id":"i"}', at: 1 }),
      );
    }
    const { clock } = this;
    return (this.#runtime = new ReactiveSystemRuntime(systemOf(effect), { store, logger: silentLogger, clock }));
  }

  /** Whoever drove the file is gone. */
  leave(): void {
    this.#runtime?.abandon();
    this.#runtime = undefined;
  }
}

const refused =
  (...codes: string[]) =>
  (error: unknown): void => {
    if (!(error instanceof Error && 'code' in error && codes.includes(String(error.code)))) throw error;
  };

/** Asks for the same, however often; gives how everything ended. `say` hears what was acknowledged. */
export async function play(
  runtime: ReactiveSystemRuntime,
  clock: SimulatedClock,
  say: (line: string) => void = () => {},
): Promise<unknown> {
  const { reader } = runtime;
  const start = async (flow: string, input: number, id: string): Promise<void> => {
    await runtime.start(flow, input, { id, idempotencyKey: `start ${id}` });
    say(`accepted ${id}`);
    runtime.result(id).then(
      ({ success }) => say(`ended ${id} ${success}`),
      // The engine has stopped: whoever waits for it hears why.
      () => {},
    );
  };
  await start('main', 1, 'm');
  await start('saga', 3, 's');
  await start('idle', 0, 'c');
  await start('idle', 0, 'p');
  await start('careful', 3, 'l');
  // Its end is not the last word: it is retried below.
  await runtime.start('again', 3, { id: 'g' });
  const { eventId } = await runtime.sendEvent('opened', { id: 'A' }, { idempotencyKey: 'open' });
  say(`sent ${eventId}`);
  if (runtime.get('door', 'B') === undefined) await runtime.create('door', { id: 'B' });
  if (reader.run('p')?.endedAt === undefined) await runtime.pause('p').catch(refused('MR3250'));
  await runtime.cancel('c');
  const enough = (): boolean =>
    ['m', 's', 'c', 'i', 'l', 'g'].every((id) => reader.run(id)?.endedAt !== undefined) &&
    reader.instance('door', 'A')?.state[0] === 'did' &&
    (reader.instance('door', 'A')?.changes ?? 0) >= 4 &&
    reader.runs({ target: 'tick' }).some(({ status }) => status === 'completed');
  for (let added = false, steps = 0; !enough(); steps++) {
    if (steps > 50) throw new Error(`It does not come to its end: ${JSON.stringify(reader.runs())}`);
    for (const { runId, step } of reader.decisions()) await runtime.decide(runId, step, { approved: true, by: 'ada' });
    if (!added && reader.steps('m').some(({ path }) => path === 'graph/a')) {
      added = true;
      const node = { node: 'more', task: 'work', input: { n: 7 } };
      await runtime.enqueue('m', 'graph', node).catch(refused('MR3237', 'MR3238'));
    }
    await clock.advance('5m');
  }
  // Refused where it was done already.
  await runtime.retry('g', { fromStep: 'bad', input: { n: 5 } }).catch(refused('MR3252', 'MR3253'));
  await runtime.result('g');
  await runtime.fork('g', { fromStep: 'bad', input: { n: 6 }, id: 'k' }).catch(refused('MR3202'));
  await runtime.result('k');
  await runtime.resume('p').catch(refused('MR3251'));
  await runtime.cancel('p');
  await runtime.result('p');
  await runtime.idle();
  const runs = reader.runs().filter(({ target, id }) => target !== 'tick' && !id.startsWith('tick'));
  return {
    runs: runs.map(({ id, status, output }) => `${id} ${status} ${String(output)}`).sort(),
    door: reader.instance('door', 'A')?.context,
    history: reader
      .history('door', 'A')
      .map(({ event }) => event)
      .sort(),
    told: reader.events({ name: 'told' }).length,
    undone: [...reader.steps('s'), ...reader.steps('m')].filter(
      ({ path, status }) => path.endsWith('~undo') && status === 'completed',
    ).length,
  };
}
