import { anyEvent, anyFlow, anyTask, at, bind, code } from '../../src/runtime/fixtures/bind.ts';
import { door } from '../../src/runtime/fixtures/door.ts';
import { NonRetryableError } from 'millrace/tasks';

// What the databases of this folder were written with. It is read by engines of every format: only what the oldest of
// them knows is used here, and what came later stands in `laterFlows`. Never change a flow: add one.

const work = anyTask('work', { retry: { attempts: 3, delay: '1h', backoff: 'fixed' } });
const back = anyTask('back');
const told = anyEvent('told');

const inner = anyFlow('inner', async (host, n: number) => {
  await host.sleep('nap', '1h', at);
  return host.step('s', () => work({ n }), at);
});

const flows = [
  inner,
  anyFlow('sleeps', async (host, n: number) => {
    const one = await host.step('one', () => work({ n }), at);
    host.undo('one', () => back(n), at);
    await host.sleep('nap', '1h', at);
    return host.step('two', () => work({ n: one }), at);
  }),
  anyFlow('waits', async (host, n: number) => {
    await host.step('one', () => work({ n }), at);
    const { text } = (await host.receive('hear', told, { ...at, match: () => ({ n }) })) as { text: string };
    return text;
  }),
  anyFlow('calls', (host, n: number) => host.child('under', () => ({ contract: inner.contract, input: n }), at)),
  anyFlow('retries', (host, n: number) => host.step('flaky', () => work({ n, fails: 2 }), at)),
  anyFlow('parts', async (host, n: number) => {
    const both = await host.all(
      'both',
      {
        a: (h) => h.step('x', () => work({ n }), at),
        b: async (h) => {
          await h.sleep('nap', '1h', at);
          return h.step('y', () => work({ n: n + 1 }), at);
        },
      },
      at,
    );
    const list = await host.map(
      'list',
      () => [1, 2, 3],
      (h, item) => h.step('i', () => work({ n: item }), at),
      at,
    );
    return [both.a, both.b, ...list].join();
  }),
  anyFlow('catches', async (host, n: number) => {
    const tried = await host.attempt(
      'try',
      async (h) => {
        await h.step('in', () => work({ n }), at);
        h.undo('in', () => back(n), at);
        return h.step('bad', () => work({ n: -1 }), at);
      },
      async (h) => {
        await h.sleep('nap', '1h', at);
        return 'caught';
      },
      at,
    );
    const chosen = await host.branch(
      'if',
      () => tried === 'caught',
      { true: async () => 'yes', false: async () => 'no' },
      at,
    );
    await host.emit('tell', () => told({ n: 'all', text: 'hello' }), at);
    return `${tried} ${chosen}`;
  }),
  anyFlow('rounds', (host, n: number) =>
    host.repeat(
      'again',
      (h) => h.step('r', () => work({ n }), at),
      () => false,
      { ...at, max: 3, delay: '1h' },
    ),
  ),
  anyFlow('fails', async (host, n: number) => {
    await host.step('one', () => work({ n }), at);
    host.undo('one', () => back(n), at);
    await host.step('bad', () => work({ n: -1 }), at);
  }),
];

/** Of format 3 and on. */
const laterFlows = [
  anyFlow('races', async (host, n: number) => {
    const { winner } = await host.race(
      'race',
      {
        quick: async (h) => {
          await h.sleep('nap', '1h', at);
          return h.step('q', () => work({ n }), at);
        },
        slow: async (h) => {
          await h.step('s', () => work({ n }), at);
          h.undo('s', () => back(n), at);
          await h.sleep('long', '9h', at);
        },
      },
      at,
    );
    return winner;
  }),
  anyFlow('graphs', (host, n: number) =>
    host.graph(
      'graph',
      (g) =>
        g
          .node('a', () => work({ n }), at)
          .node('b', () => ({ contract: inner.contract, input: n }), at)
          .node('c', ({ a, b }) => work({ n: Number(a) + Number(b) }), { ...at, needs: ['a', 'b'] }),
      at,
    ),
  ),
  anyFlow('asks', async (host, n: number) => {
    await host.step('one', () => work({ n }), at);
    const { by } = await host.approve('word', { ...at, timeout: '900d' });
    return by;
  }),
  anyFlow('tick', (host) => host.step('s', () => work({ n: 0 }), at), { schedule: { cron: '30 * * * *' } }),
];

/** The flows of a format that a run in flight was started of, by the names of the runs. */
export const inFlight = ['sleeps', 'waits', 'calls', 'retries', 'parts', 'catches', 'rounds'] as const;
export const laterInFlight = ['races', 'graphs', 'asks', 'paused'] as const;

/** The system that wrote a database of this format, and that goes on with it. */
export function systemOf(format: number, effect: (attempt: { runId: string; step: string }) => void) {
  return bind({
    events: [told, anyEvent('opened'), anyEvent('closed'), anyEvent('passed')],
    flows: format < 3 ? flows : [...flows, ...laterFlows],
    tasks: [
      code(work, ({ n, fails = 0 }: { n: number; fails?: number }, context) => {
        effect(context);
        if (n < 0) throw new NonRetryableError('bad');
        if (context.attempt <= fails) throw new Error('flaky');
        return n + 1;
      }),
      code(back, (_: number, context) => effect(context)),
    ],
    machines: [
      door('door', (_, { name, payload }) => {
        if (name === 'open')
          return {
            to: 'open',
            effects: [
              { type: 'run', id: 'job', target: { kind: 'flow', name: 'inner' }, input: 4 },
              { type: 'schedule', id: 't', delay: 7_200_000, event: { name: 'tick', payload: undefined } },
            ],
          };
        if (name === 'done.run.job') return { to: 'did', note: payload };
        return name === 'tick' ? {} : undefined;
      }),
    ],
  });
}
