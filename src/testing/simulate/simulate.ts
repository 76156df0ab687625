import { createHash } from 'node:crypto';
import { canonicalJson } from '../../core/index.ts';
import type { StoreFault } from '../faulty-store/index.ts';
import { World, type TraceEntry, type WorldOptions } from './world.ts';

/** Something that is done from outside, at moments that the seed chooses. */
export interface SimulationAction {
  readonly name: string;
  /** How often, beside the others. Default 1. */
  readonly weight?: number;
  readonly run: (world: World) => unknown;
}

/** How likely each thing is at a moment, from 0 to 1. What is left out has its default. */
export interface SimulationFaults {
  /** The process dies between two callbacks. Default 0.01. */
  readonly crash?: number;
  /** The store fails, or dies, in the middle of something. Default 0.01. */
  readonly store?: number;
  /** In which ways. Default: dies, is busy, is full, cannot write. */
  readonly storeFaults?: readonly StoreFault[];
  /** The process stands still, another takes over, and it goes on later. Default 0.003. */
  readonly stall?: number;
  /** The process is closed in good order. Default 0.005. */
  readonly close?: number;
  /** The clock is set forward or back by up to `jumpMs`. Default 0.01. */
  readonly jump?: number;
  /** Default two hours. */
  readonly jumpMs?: number;
}

/** What is simulated, and how. */
export interface SimulationOptions extends WorldOptions {
  /** What is done first. It must not wait for what needs time. */
  readonly begin?: (world: World) => unknown;
  readonly actions?: readonly SimulationAction[];
  /** How many actions are taken on the average, of a hundred moments. Default 10. */
  readonly actionRate?: number;
  readonly faults?: SimulationFaults | false;
  /** Called at each moment, counted from 0: to do something at every one of them, one history after the other. */
  readonly script?: (moment: number, world: World) => unknown;
  /** How many moments there are before all is left to come to its end. Default 150. */
  readonly steps?: number;
  /** What is done so that runs can end: sends what they wait for, and so on. Called until it gives false. */
  readonly end?: (world: World) => boolean | void | Promise<boolean | void>;
  /** Says what is wrong, when all has come to rest. */
  readonly check?: (world: World) => Iterable<string>;
  /** How one does it again: the command that is shown with the seed. */
  readonly replay?: (seed: number | string) => string;
}

/** What came of a simulation. */
export interface SimulationReport {
  readonly kind: 'simulation';
  readonly seed: number | string;
  /** Nothing, when all is well. */
  readonly violations: readonly string[];
  /** All that happened, in order: the same for the same seed. */
  readonly trace: readonly TraceEntry[];
  /** A hash of the trace and of the database at the end. */
  readonly digest: string;
  readonly counts: Readonly<World['counts']>;
}

/**
 * Lets a whole system live through one history that a seed chooses: in which order callbacks run, when processes die,
 * stand still and are started again, when the store fails, when the clock jumps, when your `actions` are taken. Then all is
 * left to come to its end, and what must hold is checked: the database is sound (`checkDatabase`) after every crash; a
 * finished step is not done again, and nothing is done before its journal knows; nothing begins in a run that is paused
 * or over; and whatever `check` says. The same seed gives the same history.
 *
 * Tasks must not wait for real timers, files or sockets: let them answer at once or by `world.clock.at`.
 *
 * @throws Error with the seed, the end of the trace and the command of `replay`, when something is wrong.
 * @example
 * ```ts
 * import type { BoundSystem } from 'millrace/tasks';
 * import { simulate } from 'millrace/testing';
 *
 * declare const orders: BoundSystem;
 *
 * for (let seed = 1; seed <= 200; seed++)
 *   await simulate({
 *     system: orders,
 *     seed,
 *     begin: (world) => world.call('start', (runtime) => runtime.start('fulfilOrder', { orderId: 'A1' }, { id: 'r' })),
 *     actions: [{ name: 'cancel', run: (world) => world.call('cancel', (runtime) => runtime.cancel('r')) }],
 *   });
 * ```
 */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  const report = await explore(options);
  if (report.violations.length === 0) return report;
  const tail = report.trace.slice(-15).map(({ at, what }) => `  ${new Date(at).toISOString()} ${what}`);
  throw new Error(
    [
      `Seed ${options.seed}: ${report.violations.length} violations.`,
      ...report.violations.slice(0, 10).map((violation) => `- ${violation}`),
      ...(options.replay === undefined ? [] : [`Replay: ${options.replay(options.seed)}`]),
      'The last that happened:',
      ...tail,
    ].join('\n'),
  );
}

/** `simulate`, which does not throw: the report has the violations. */
export async function explore(options: SimulationOptions): Promise<SimulationReport> {
  const world = new World(options);
  try {
    void options.begin?.(world);
    const { steps = 150 } = options;
    for (let moment = 0; moment < steps; moment++) {
      await options.script?.(moment, world);
      await live(world, options);
    }
    await rest(world, options);
    for (const wrong of options.check?.(world) ?? []) world.wrong(wrong);
  } catch (thrown) {
    world.wrong(
      `the simulation failed: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`,
    );
  }
  const digest = digestOf(world);
  world.close();
  return Object.freeze({
    kind: 'simulation',
    seed: options.seed,
    violations: world.violations,
    trace: world.trace,
    digest,
    counts: world.counts,
  });
}

const storeFaults: readonly StoreFault[] = ['crash', 'crash', 'busy', 'full', 'io'];

/** One moment. */
async function live(world: World, options: SimulationOptions): Promise<void> {
  const { actions = [], actionRate = 10 } = options;
  if (options.faults !== false) await trouble(world, options.faults ?? {});
  if (actions.length > 0 && world.chance(actionRate / 100)) {
    const { name, run } = weighted(world, actions);
    world.note(`action ${name}`);
    void Promise.resolve(run(world)).catch((thrown: unknown) =>
      world.wrong(`action ${name} failed: ${String(thrown)}`),
    );
  }
  if (world.chance(0.02)) world.order.beat();
  // Mostly time goes on only when nothing is left to do.
  if (options.order !== 'queue' && world.chance(0.03)) world.skip();
  if (!(await world.step())) world.skip();
}

async function trouble(world: World, faults: SimulationFaults): Promise<void> {
  const { crash = 0.01, store = 0.01, stall = 0.003, close = 0.005, jump = 0.01, jumpMs = 7_200_000 } = faults;
  if (world.chance(crash)) {
    world.note('crash');
    world.crash();
  }
  if (world.chance(store))
    world.fail(world.pick(faults.storeFaults ?? storeFaults), 1 + Math.floor(world.random() * 40));
  if (world.chance(stall)) world.stall();
  if (world.chance(0.02)) world.wake();
  if (world.chance(close)) await world.restart();
  if (world.chance(jump)) world.jump(Math.round((world.random() * 2 - 1) * jumpMs));
}

/** No more trouble: everything goes to its end, or waits for something that nobody sends. */
async function rest(world: World, options: SimulationOptions): Promise<void> {
  world.note('the end begins');
  world.calm();
  world.wake();
  await world.finish();
  for (let rounds = 0; rounds < 100 && (await options.end?.(world)) === true; rounds++) await world.finish();
  await world.finish();
  for (const { id, status } of world.disk.tables.runs.list({ status: ['pending', 'running'] }))
    world.wrong(`run ${id} is ${status}, and nothing happens any more`);
}

function weighted(world: World, actions: readonly SimulationAction[]): SimulationAction {
  let left = world.random() * actions.reduce((sum, { weight = 1 }) => sum + weight, 0);
  return actions.find(({ weight = 1 }) => (left -= weight) < 0) ?? (actions[0] as SimulationAction);
}

function digestOf({ trace, disk }: World): string {
  const hash = createHash('sha256');
  for (const { at, what } of trace) hash.update(`${at} ${what}\n`);
  const runs = disk.tables.runs.list({});
  // All stores give the same hash.
  const rows = [runs.map((row) => [row, disk.tables.journal.of(row.id)]), disk.tables.events.list({})];
  hash.update(canonicalJson(JSON.parse(JSON.stringify(rows))));
  return hash.digest('hex').slice(0, 16);
}
