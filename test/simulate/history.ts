import type { Store } from 'millrace/store';
import { explore, seededRandom, type SimulationOptions, type SimulationReport, type World } from 'millrace/testing';
import { check, lostSignals } from './check.ts';
import { Outside } from './outside.ts';
import { randomBody, type Body } from './spec.ts';
import { system, tasksOf, type Made } from './system.ts';

/** How a history is varied by tests. */
export interface HistoryOptions {
  readonly store?: () => Store;
  /** Instead of random ones. */
  readonly body?: Body;
  readonly flow?: 'outer' | 'timed';
  /** Instead of chance: what is done at which moment, to the first run. */
  readonly script?: readonly (readonly [moment: number, deed: Deed])[];
  /** Told at each moment of a script whether the first run is over. */
  readonly watch?: (moment: number, isOver: boolean) => void;
  readonly more?: Partial<SimulationOptions>;
}

const runs = ['r', 's'] as const;
const over = new Set(['completed', 'failed', 'cancelled']);

/** What a script can do. */
const deeds = {
  cancel: (_, outside) => outside.cancel('r'),
  'cancel child': (_, outside) => outside.cancelChild('r'),
  pause: (_, outside) => outside.pause('r', 'await'),
  'pause hard': (_, outside) => outside.pause('r', 'abort'),
  resume: (_, outside) => outside.resume('r'),
  go: (_, outside) => outside.send('go', { n: 1 }, 'once'),
  decide: (_, outside) => outside.decide(),
  look: (_, outside) => outside.look(),
  crash: (world) => world.crash(),
  stall: (world) => world.stall(),
  wake: (world) => world.wake(),
  close: (world) => world.restart(),
  later: (world) => world.jump(7_200_000),
  back: (world) => world.jump(-3_600_000),
} satisfies Record<string, (world: World, outside: Outside) => unknown>;
export type Deed = keyof typeof deeds;

/** One history: two random flows, a machine, a flow that an event starts, and whatever is done to them. */
export function history(seed: number, options: HistoryOptions = {}): Promise<SimulationReport> {
  const random = seededRandom(`spec ${seed}`);
  const effects: Made[] = [];
  const specs = Object.fromEntries(runs.map((id) => [id, { body: options.body ?? randomBody(random) }]));
  const flow = options.flow ?? (random() < 0.3 ? 'timed' : 'outer');
  let world: World;
  let outside: Outside;
  const any = (): string => world.pick(runs);
  const { script, watch } = options;

  const end = async (): Promise<boolean> => {
    outside.look();
    for (const wrong of lostSignals(world)) world.wrong(wrong);
    let more = false;
    for (const id of runs) {
      const status = world.disk.tables.runs.get(id)?.status;
      if (status !== undefined && over.has(status)) continue;
      more = true;
      if (status === undefined) void outside.start(id);
      if (status === 'paused') void outside.resume(id);
    }
    // A flow that another runs may have been paused alone, when the answer to the one above was lost.
    for (const { id } of world.disk.tables.runs.list({ status: ['paused'] }))
      if (!runs.includes(id as 'r')) void world.call(`resume ${id}`, (runtime) => runtime.resume(id));
    void outside.decide();
    if (more) for (const n of [1, 2]) void outside.send('go', { n });
    await world.settle();
    return more;
  };

  return explore({
    system,
    tasks: tasksOf(() => world, effects),
    seed,
    ...(options.store === undefined ? {} : { store: options.store }),
    runtime: { resident: [0, 1, 100][seed % 3] as number },
    replay: (bad) => `npm run simulate -- --seeds 1 --from ${bad}`,
    begin: (here) => {
      world = here;
      outside = new Outside(world, flow, specs);
      for (const id of runs) void outside.start(id);
    },
    actions: [
      { name: 'go', weight: 3, run: () => outside.send('go', { n: world.pick([1, 2]) }) },
      { name: 'noted', weight: 2, run: () => outside.note(false) },
      { name: 'noted again', run: () => outside.note(true) },
      { name: 'start again', weight: 2, run: () => outside.start(any()) },
      { name: 'decide', weight: 2, run: () => outside.decide() },
      { name: 'cancel', weight: 0.6, run: () => outside.cancel(any()) },
      { name: 'cancel child', weight: 0.5, run: () => outside.cancelChild(any()) },
      { name: 'pause', run: () => outside.pause(any(), world.pick(['await', 'abort'])) },
      { name: 'resume', run: () => outside.resume(any()) },
      { name: 'look', weight: 2, run: () => outside.look() },
    ],
    end,
    check: () => check(world, outside, effects),
    ...(script === undefined
      ? {}
      : {
          order: 'queue',
          faults: false,
          actions: [],
          script: (moment) => {
            watch?.(moment, over.has(world.disk.tables.runs.get('r')?.status ?? ''));
            for (const [when, deed] of script) if (when === moment) void Promise.resolve(deeds[deed](world, outside));
          },
        }),
    ...options.more,
  });
}
