/**
 * What `npm run crash` kills: on one database, runs with steps in order, in parts, over lists, with sleeps, events,
 * other runs, undos; instances that give money to one another, at once and later; a flow that starts by a schedule.
 * Each start adds to what there is.
 */
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { NonRetryableError, silentLogger } from 'millrace/tasks';
import { evidence } from 'millrace/testing';
import { accounts, bankSystem, deposit } from '../../src/runtime/fixtures/bank-system.ts';
import { anyEvent, anyFlow, anyTask, at, bind, code } from '../../src/runtime/fixtures/bind.ts';
import { door } from '../../src/runtime/fixtures/door.ts';

const [db = ''] = process.argv.slice(2);
const { round, last, effect, accepted, ended, sent, note } = evidence();

const work = anyTask('work', { retry: { attempts: 4, delay: '1s', backoff: 'fixed' } });
const undo = anyTask('undo');
const paid = anyEvent('paid');
const told = anyEvent('told');

const inner = anyFlow('inner', async (host, n: number) => {
  const first = await host.step('a', () => work({ n }), at);
  return host.step('b', () => work({ n: Number(first) }), at);
});
const order = anyFlow('order', async (host, n: number) => {
  let value = n;
  for (let index = 0; index < 3; index++) value = Number(await host.step(`s${index}`, () => work({ n: value }), at));
  const both = await host.all(
    'both',
    {
      a: (h) => h.step('x', () => work({ n: value }), at),
      b: async (h) => {
        await h.sleep('nap', '5s', at);
        return h.step('y', () => work({ n: value }), at);
      },
    },
    at,
  );
  const list = await host.map(
    'list',
    () => [1, 2, 3],
    (h, item) => h.step('i', () => work({ n: Number(item), fails: 1 }), at),
    { ...at, concurrency: 2 },
  );
  const under = await host.child('under', () => ({ contract: inner.contract, input: value }), at);
  await host.receive('money', paid, { ...at, match: () => ({ n }) });
  await host.emit('tell', () => told({ n }), at);
  return [value, both.a, both.b, ...list, under].map(Number).join(' ');
});
const saga = anyFlow('saga', async (host, n: number) => {
  for (const id of ['one', 'two']) {
    await host.step(id, () => work({ n }), at);
    host.undo(id, () => undo(n), at);
  }
  const tried = await host.attempt(
    'try',
    async (h) => {
      await h.step('in', () => work({ n }), at);
      h.undo('in', () => undo(n), at);
      await h.step('bad', () => work({ n: -1 }), at);
    },
    async () => 'caught',
    at,
  );
  await host.step('bad', () => work({ n: -1, tried }), at);
});

const runtime = new ReactiveSystemRuntime(
  bind({
    tasks: [
      code(work, async ({ n, fails = 0 }: { n: number; fails?: number }, context) => {
        effect(context);
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (n < 0) throw new NonRetryableError('bad');
        if (context.attempt <= fails) throw new Error('flaky');
        return n + 1;
      }),
      code(undo, (_: number, context) => effect(context)),
    ],
    flows: [
      inner,
      order,
      saga,
      anyFlow('tick', (host) => host.step('s', () => work({ n: 0 }), at), {
        schedule: { cron: '*/10 * * * *', missed: 'all' },
      }),
    ],
    events: [
      paid,
      told,
      anyEvent('opened'),
      anyEvent('closed'),
      anyEvent('passed'),
      ...Object.values(bankSystem.events),
    ],
    machines: [
      ...Object.values(bankSystem.machines),
      door('door', (_, event) => {
        if (event.name === 'open')
          return {
            to: 'open',
            effects: [{ type: 'run', id: 'job', target: { kind: 'flow', name: 'inner' }, input: 1 }],
          };
        return event.name === 'done.run.job' ? { to: 'did', note: event.payload } : undefined;
      }),
    ],
  }),
  // Killed more often than a step that is no poison may be.
  { db, logger: silentLogger, clock: { factor: 600 }, maxLost: 1_000_000 },
);

const run = async (flow: string, id: string, input: number): Promise<void> => {
  const { runId } = await runtime.start(flow, input, { id });
  accepted(runId);
  ended(runId, await runtime.result(runId));
};
const send = async (event: string, payload: object, idempotencyKey: string): Promise<void> => {
  const { eventId } = await runtime.sendEvent(event, payload, { idempotencyKey });
  sent(eventId);
};

for (let id = 0; id < accounts; id++) {
  if (runtime.get('account', String(id)) === undefined)
    await runtime.create('account', { id: String(id), context: { has: deposit } });
}
note('open');
// What an earlier start did not come to is done now, under the same names.
const from = Math.max(1, last ? 1 : round - 3);
await Promise.all(
  Array.from({ length: round - from + 1 }, (_, index) => from + index).flatMap((each) => [
    ...[0, 1, 2].map((n) => run('order', `o${each}-${n}`, each * 10 + n)),
    ...[0, 1, 2].map((n) => send('paid', { n: each * 10 + n }, `paid ${each}-${n}`)),
    run('saga', `s${each}`, each),
    send('opened', { id: `d${each}` }, `opened ${each}`),
    ...[0, 1, 2, 3].map((n) =>
      send(
        'order',
        {
          id: String((each + n) % accounts),
          to: String((each * 7 + n + 3) % accounts),
          much: n + 1,
          later: n % 2 === 0,
        },
        `order ${each}-${n}`,
      ),
    ),
  ]),
);
if (last) {
  const waiting = (): number =>
    Object.values(runtime.exportInstances()).reduce((sum, { timers }) => sum + timers.length, 0);
  while (waiting() > 0 || runtime.active().some(({ target }) => target !== 'tick'))
    await new Promise((resolve) => setTimeout(resolve, 5));
}
await runtime.close();
