import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import orders from '../../../generated/orders/index.ts';
import research from '../../../generated/research/index.ts';
import { randomMachine } from '../../../test/support/random-machine.ts';
import { ReactiveSystemRuntime, type HistoryView } from '../../runtime/index.ts';
import { anyEvent, anyFlow, bind } from '../../runtime/fixtures/bind.ts';
import { sketched } from '../../runtime/fixtures/sketched.ts';
import { timed } from '../../runtime/fixtures/timed.ts';
import { silentLogger, type BoundSystem } from '../../tasks/index.ts';
import { SimulatedClock } from '../../testing/index.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startMachines, type TestMachines } from '../fixtures/machines.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import type { InstanceState } from './contract.ts';

const runs = Number(process.env['MACHINE_RUNS'] ?? 3);
const seed = Number(process.env['MACHINE_SEED'] ?? 1);

/** Work that does not end by itself: what it comes to is nothing that both engines do at the same moment. */
const endless = (name: string, like?: BoundSystem['flows'][string]) =>
  anyFlow(
    name,
    (host) => host.sleep('s', '30000d', { at: '1:1' }),
    like === undefined ? {} : { contract: like.contract },
  );

type Sent = readonly [event: string, payload: object];
interface Subject {
  readonly name: string;
  readonly system: BoundSystem;
  readonly machine: string;
  readonly context?: unknown;
  readonly id: string;
  readonly sends: readonly Sent[];
}

const sleeping = ({ flows, ...system }: BoundSystem): BoundSystem => ({
  ...system,
  flows: Object.fromEntries(Object.entries(flows).map(([name, flow]) => [name, endless(name, flow)])),
});

const order = {
  orderId: 'ord_00000001',
  email: 'ada@example.org',
  total: { amount: 12, currency: 'EUR' },
  lines: [{ sku: 'cup', quantity: 1 }],
};
const jobId = 'job-1';
const generated: readonly Subject[] = [
  {
    name: 'orders',
    system: sleeping(orders),
    machine: 'order',
    id: order.orderId,
    sends: [
      ['orderPlaced', order],
      ['parcelDelivered', { orderId: order.orderId, at: '2026-01-01T00:00:00Z' }],
      ['orderCancelled', { orderId: order.orderId, reason: 'customer' }],
    ],
  },
  {
    name: 'research',
    system: sleeping({
      ...research,
      implementations: Object.fromEntries(
        Object.entries(research.implementations).map(([name, task]) => [
          name,
          { ...task, run: () => new Promise(() => {}) },
        ]),
      ),
    }),
    machine: 'job',
    id: jobId,
    sends: [
      ['jobAsked', { jobId, question: 'why?' }],
      ['pauseAsked', { jobId }],
      ['resumeAsked', { jobId }],
      ['jobGivenUp', { jobId, reason: 'no' }],
    ],
  },
];
const drawn: readonly Subject[] = [
  {
    name: 'timed',
    system: bind({ machines: [timed], events: ['a', 'b', 'c', 'late', 'now'].map((event) => anyEvent(event)) }),
  },
  ...fc.sample(randomMachine({ regions: true }), { numRuns: runs, seed }).map((sketch, index) => {
    const machine = sketched('m', sketch);
    const names = ['out', ...(sketch.events ?? [])];
    const flows = ['out', ...names, ...workIn(sketch)].map((name) => endless(name));
    return {
      name: `random ${index}`,
      system: bind({ machines: [machine], flows, events: names.map((name) => anyEvent(name)) }),
    };
  }),
].map(({ name, system }) => ({
  name,
  system,
  machine: 'm',
  id: 'A',
  context: { n: 0 },
  sends: Object.keys(system.events).flatMap((event): readonly Sent[] => [
    [event, { id: 'A', k: 1 }],
    [event, { id: 'A', k: 3 }],
  ]),
}));

/** The flows that a sketched machine runs. */
function workIn(sketch: unknown): readonly string[] {
  return [...JSON.stringify(sketch).matchAll(/"id":"(r\.s\d+)"/g)].map(([, name]) => name ?? '');
}

type Operation =
  | { readonly do: 'send'; readonly which: number }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'rollback'; readonly to: number | undefined };
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('send' as const), which: fc.nat({ max: 99 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      ms: fc.constantFrom(0, 1, 1500, 2000, 4000, 20_000, 15 * 86_400_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('rollback' as const),
      to: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
    }),
  },
);

describe.runIf(restateIsInstalled())('the same events lead to the same instance, embedded and on Restate', () => {
  let restate: TestRestate;
  beforeAll(async () => {
    restate = await startRestate();
  }, 60_000);
  afterAll(() => restate?.close());

  it.each([...drawn, ...generated].map((subject) => [subject.name, subject] as const))(
    '%s',
    async (_name, subject) => {
      const { system, machine } = subject;
      const clock = new SimulatedClock({ start: 1_000_000 });
      const on = await startMachines(restate, system, { clock });
      const other = new SimulatedClock({ start: 1_000_000 });
      const runtime = new ReactiveSystemRuntime(system, {
        db: ':memory:',
        clock: other,
        logger: silentLogger,
        drainMs: 0,
      });
      let lives = 0;
      try {
        await fc.assert(
          fc.asyncProperty(fc.array(operation, { minLength: 8, maxLength: 16 }), async (operations) => {
            const { id, sends } = lives++ === 0 ? subject : renamed(subject, lives);
            const context = subject.context === undefined ? {} : { context: subject.context };
            const name = { machine, id };
            const created = await runtime.create(machine, { id, ...context }).catch(said);
            expect(await on.create(machine, { id, ...context }).catch(said)).toEqual(created);
            if (Array.isArray(created)) return;
            for (const given of operations) {
              if (given.do === 'send') {
                const [event, payload] = sends[given.which % sends.length] as Sent;
                const [here, there] = await Promise.all([
                  runtime.sendEvent(event, payload),
                  on.sendEvent(event, payload),
                ]);
                expect(outcome(there)).toEqual(outcome(here));
              } else if (given.do === 'rollback') {
                const to = given.to === undefined ? {} : { to: given.to };
                const [here, there] = await Promise.all([
                  runtime.rollback(machine, id, to).catch(said),
                  on.rollback(machine, id, to).catch(said),
                ]);
                expect(there).toEqual(here);
              } else {
                await other.advance(given.ms);
                await passed(restate, on, clock, name, given.ms);
              }
              const view = runtime.get(machine, id);
              expect(await on.get(machine, id)).toEqual(view);
              expect(await on.available(machine, id)).toEqual(runtime.available(machine, id));
              expect(await stateOf(restate, on, name).then(({ timers = [] }) => timers.map(({ due }) => due))).toEqual(
                (runtime.exportInstance(machine, id) as { timers: readonly { due: number }[] }).timers.map(
                  ({ due }) => due,
                ),
              );
            }
            const history = await on.history(machine, id);
            expect(history.map(comparable)).toEqual(runtime.history(machine, id).map(comparable));
          }),
          { numRuns: subject.name === 'timed' ? 4 : 2, seed },
        );
      } finally {
        runtime.abandon();
        await on.system.endpoint.close();
      }
    },
    60_000,
  );
});

/** The same with another instance. */
function renamed(subject: Subject, life: number): Subject {
  const id = subject.id.replace(/1?$/, String(life));
  const text = JSON.stringify(subject.sends).replaceAll(`"${subject.id}"`, `"${id}"`);
  return { ...subject, id, sends: JSON.parse(text) as readonly Sent[] };
}

const outcome = ({
  handled,
  deliveries,
  errors = [],
}: {
  handled: boolean;
  deliveries: readonly unknown[];
  errors?: readonly unknown[];
}) => ({
  handled,
  deliveries,
  errors,
});
const said = (thrown: { readonly code?: string; readonly message?: string }) => [thrown.code, thrown.message];
const comparable = ({ duration: _duration, ...entry }: HistoryView) => entry;

async function stateOf(
  restate: TestRestate,
  on: TestMachines,
  { machine, id }: { readonly machine: string; readonly id: string },
): Promise<InstanceState> {
  const [row] = await restate.sql(
    `SELECT value_utf8 FROM state WHERE service_name = '${on.system.names.machine(machine)}' AND service_key = '${id}' AND key = 'instance'`,
  );
  return JSON.parse(String(row?.['value_utf8'])) as InstanceState;
}

/** Time passes on Restate: what falls due rings, each at its time. */
async function passed(
  restate: TestRestate,
  on: TestMachines,
  clock: SimulatedClock,
  name: { readonly machine: string; readonly id: string },
  ms: number,
): Promise<void> {
  const end = clock.now() + ms;
  for (;;) {
    const [first] = (await stateOf(restate, on, name)).timers ?? [];
    if (first === undefined || first.due > end) break;
    await clock.advance(Math.max(0, first.due - clock.now()));
    await on.ask(name.machine, name.id, 'ring', { token: first.token });
  }
  await clock.advance(end - clock.now());
}
