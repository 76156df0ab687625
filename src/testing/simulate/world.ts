import { messageOf, toErrorRecord } from '../../core/index.ts';
import { ReactiveSystemRuntime, type RuntimeEvent, type RuntimeOptions, type TaskCode } from '../../runtime/index.ts';
import { openMemory, type Store } from '../../store/index.ts';
import { silentLogger, type BoundSystem } from '../../tasks/index.ts';
import { checkDatabase } from '../check/index.ts';
import { faultyStore, type FaultyStore, type StoreFault } from '../faulty-store/index.ts';
import { seededRandom } from '../random.ts';
import { SeededScheduler, type SimulatedProcess } from '../scheduler/index.ts';
import { SimulatedClock } from '../simulated-clock.ts';
import { watched } from './watch.ts';

/** What a world is made of. */
export interface WorldOptions {
  readonly system: BoundSystem;
  /** Code in place of that of the system. */
  readonly tasks?: Readonly<Record<string, TaskCode>>;
  readonly seed: number | string;
  /** `'queue'`: callbacks run in the order in which they became ready. Default: in an order that the seed chooses. */
  readonly order?: 'seeded' | 'queue';
  /** Opened by each process. Default: one store in memory. */
  readonly store?: () => Store;
  /** Puts something between a process and its store: to break it on purpose, and see that it is found. */
  readonly between?: (store: Store) => Store;
  /** What else the runtime is given. */
  readonly runtime?: Omit<RuntimeOptions, 'db' | 'store' | 'clock' | 'scheduler' | 'random' | 'logger'>;
}

/** One thing that happened in a world. */
export interface TraceEntry {
  /** Of the simulated clock, in ms since 1970. */
  readonly at: number;
  readonly what: string;
}

/** What came of a call: `lost` when the process died before it answered, and nobody knows what was done. */
export type Answer<T> =
  | { readonly kind: 'given'; readonly value: T }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'lost' };

interface Life {
  readonly process: SimulatedProcess;
  readonly runtime: ReactiveSystemRuntime;
  readonly disk: Store;
  readonly store: FaultyStore;
  dead: boolean;
  /** How far the journals were when it was stopped and replaced: the number of the newest line, by run. */
  stalledAt?: ReadonlyMap<string, number>;
}

/** How far the wall clock goes on when a process takes over: the one before is taken for dead by then. */
const takeOver = 60_000;

/**
 * A whole system in a world that is held in the hand: runtime, store, clock, chance, and the order in which callbacks
 * run. Nothing happens by itself: `step` lets one callback run. Processes die, stand still, and are started again.
 */
export class World {
  readonly clock: SimulatedClock;
  readonly order: SeededScheduler;
  /** Numbers in [0, 1) for whatever is chosen. */
  readonly random: () => number;
  readonly trace: TraceEntry[] = [];
  readonly violations: string[] = [];
  /** How often a process died, and how often one stood still while another took over. */
  readonly counts = { steps: 0, crashes: 0, stalls: 0, jumps: 0, faults: 0, attempts: 0 };
  /** The latest that the clock has ever been. */
  latest: number;
  readonly #options: WorldOptions;
  readonly #engineRandom: () => number;
  readonly #lives: Life[] = [];
  readonly #memory: Store | undefined;
  #life: Life;
  /** Has it been seen that it never comes to rest? Then nobody waits for that again. */
  #restless = false;
  /** Has time moved since the last step? */
  #moved = false;
  #fault: { left: number; readonly fault: StoreFault } | undefined;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.random = seededRandom(`choices ${options.seed}`);
    this.#engineRandom = seededRandom(`engine ${options.seed}`);
    this.clock = new SimulatedClock({ soon: (work) => work() });
    this.latest = this.clock.now();
    const chance = seededRandom(`order ${options.seed}`);
    this.order = new SeededScheduler({
      clock: this.clock,
      ...(options.order === 'queue' ? {} : { random: chance }),
    });
    this.#memory = options.store === undefined ? openMemory() : undefined;
    this.#life = this.#open();
  }

  /** The runtime of the process that drives the database now. */
  get runtime(): ReactiveSystemRuntime {
    return this.#life.runtime;
  }

  /** The database as it is on the disk. */
  get disk(): Store {
    return this.#life.disk;
  }

  note(what: string): void {
    this.trace.push({ at: this.clock.now(), what });
  }

  wrong(what: string): void {
    this.note(`VIOLATION ${what}`);
    if (!this.violations.includes(what)) this.violations.push(what);
  }

  /** One of a list. */
  pick<T>(list: readonly [T, ...T[]] | readonly T[]): T {
    return list[Math.floor(this.random() * list.length)] as T;
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  /** Lets one callback run, and promises settle. False: nothing is ready. */
  async step(): Promise<boolean> {
    if (this.#moved) {
      // What waited for that time goes first, before callbacks that it may have made late.
      this.#moved = false;
      await turn();
    }
    const ran = this.order.step();
    if (ran) this.counts.steps++;
    await turn();
    if (this.#life.store.crashed) this.crash();
    return ran;
  }

  /** Steps until nothing is ready: all that is left waits for time or for events. */
  async settle(most = 20_000): Promise<void> {
    for (let steps = 0; !this.#restless && (await this.step()); steps++) {
      if (steps < most) continue;
      this.#restless = true;
      this.wrong(`it has not come to rest after ${most} callbacks`);
    }
  }

  /** Moves time to the next timer, which is then ready. False: there is none, or it lies after `until`. */
  skip(until = Infinity): boolean {
    const { next } = this.clock;
    if (next === undefined || next > until) return false;
    this.jump(Math.max(0, next - this.clock.now()), 'time');
    return true;
  }

  /** Sets the clock, forward or back. */
  jump(ms: number, what = 'jump'): void {
    if (what === 'jump') this.counts.jumps++;
    this.clock.jump(ms);
    this.#moved = true;
    this.latest = Math.max(this.latest, this.clock.now());
    this.note(`${what} ${ms}`);
  }

  /** Settles, moves time on, and so on, until nothing waits for time any more. */
  async finish(until = Infinity, most = 2000): Promise<void> {
    await this.settle();
    for (let moves = 0; !this.#restless && this.skip(until); moves++) {
      if (moves === most) {
        this.#restless = true;
        return this.wrong(`timers are set for ever: ${most} times and more`);
      }
      await this.settle();
    }
  }

  /** The store fails at its `nth` point from now on: see `faultyStore`. */
  fail(fault: StoreFault, nth: number): void {
    this.#fault = { left: nth, fault };
    this.note(`${fault} will come at point ${nth}`);
  }

  /** No failure is to come any more. */
  calm(): void {
    this.#fault = undefined;
  }

  /** Resolves after so many ms of simulated time (`Infinity`: never), or rejects when the signal aborts: for tasks that take time. */
  wait(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    return new Promise((resolve, reject) => {
      const off = ms === Infinity ? () => {} : this.clock.at(this.clock.now() + ms, () => resolve());
      signal?.addEventListener(
        'abort',
        () => {
          off();
          reject(signal.reason as Error);
        },
        { once: true },
      );
    });
  }

  /** The process dies; what it had not committed is gone. Another one goes on with the database. */
  crash(): void {
    this.counts.crashes++;
    this.#end(this.#life);
    this.#check();
    this.#life = this.#open();
  }

  /** The process stands still, and another one takes over. It goes on with `wake`, and must not do harm then. */
  stall(): void {
    this.counts.stalls++;
    this.note('the process stands still');
    const { tables } = this.disk;
    this.#life.stalledAt = new Map(tables.runs.list({}).map(({ id }) => [id, tables.journal.last(id)]));
    this.#life.process.stall();
    this.#fault = undefined;
    this.#life = this.#open();
  }

  /** What stands still goes on. */
  wake(): void {
    for (const life of this.#lives) {
      if (life === this.#life) continue;
      life.process.go();
      this.note('a process goes on that was replaced');
    }
    this.order.beat();
  }

  /** The process ends in good order, and another one starts. */
  async restart(): Promise<void> {
    const life = this.#life;
    this.note('close');
    const end = { came: false };
    const came = (): void => {
      end.came = true;
    };
    void life.runtime.close().then(came, came);
    for (let turns = 0; !end.came && !life.store.crashed && turns < 10_000; turns++)
      if (!(await this.step())) this.skip();
    if (life !== this.#life) return;
    this.#end(life);
    this.#life = this.#open();
  }

  /** Asks something of the process that drives the database. Never rejects. */
  async call<T>(name: string, work: (runtime: ReactiveSystemRuntime) => Promise<T> | T): Promise<Answer<T>> {
    const life = this.#life;
    this.note(`${name} …`);
    const answer = await ask(
      () => work(life.runtime),
      () => life.dead || life !== this.#life || life.store.crashed,
    );
    this.note(`${name}: ${answer.kind === 'refused' ? answer.code : answer.kind}`);
    if (answer.kind === 'refused' && answer.code === 'MR3100') this.wrong(`${name} was refused without a code`);
    return answer;
  }

  /** Lets all processes go. */
  close(): void {
    for (const life of this.#lives) this.#end(life);
    this.#check();
    this.#life.disk.close();
  }

  #check(): void {
    for (const { at, message } of checkDatabase(this.#life.disk)) this.wrong(`${at}: ${message}`);
  }

  #end(life: Life): void {
    if (life.dead) return;
    life.dead = true;
    this.#fault = undefined;
    life.runtime.abandon();
    life.process.kill();
    if (this.#options.store !== undefined && life !== this.#life) life.disk.close();
    this.note('a process has ended');
  }

  #open(): Life {
    const { system, tasks = {}, store, between, runtime } = this.#options;
    this.order.pass(takeOver);
    const before = this.#lives.at(-1);
    if (store !== undefined && before?.dead === true) before.disk.close();
    const disk = store?.() ?? (this.#memory as Store);
    let life: Life | undefined;
    const faulty = faultyStore(between?.(disk) ?? disk, ({ call, moment }) => {
      if (this.#fault === undefined || life !== this.#life || --this.#fault.left > 0) return undefined;
      // A database that is busy says so before it commits.
      if (this.#fault.fault === 'busy' && call === 'commit' && moment === 'after') return undefined;
      const { fault } = this.#fault;
      this.#fault = undefined;
      this.counts.faults++;
      this.note(`the store: ${fault}`);
      // The engine stops; its process is started again.
      if (fault !== 'crash' && fault !== 'busy')
        this.order.process().scheduler.soon(() => life === this.#life && this.crash());
      return fault;
    });
    const process = this.order.process();
    const engine = new ReactiveSystemRuntime(
      watched(system, tasks, this, () => life),
      {
        // A simulation crashes more often than a step that is no poison may be lost.
        maxLost: 1_000_000,
        ...runtime,
        store: faulty,
        clock: process.clock,
        scheduler: process.scheduler,
        random: this.#engineRandom,
        stopwatch: () => 0,
        logger: silentLogger,
      },
    );
    life = { process, runtime: engine, disk, store: faulty, dead: false };
    this.#lives.push(life);
    const mine = life;
    engine.on((event) => {
      if (!mine.dead) this.note(told(event));
    });
    this.note('a process has started');
    return life;
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function ask<T>(work: () => Promise<T> | T, isDead: () => boolean): Promise<Answer<T>> {
  try {
    return { kind: 'given', value: await work() };
  } catch (thrown) {
    if (isDead()) return { kind: 'lost' };
    const { code } = toErrorRecord(thrown);
    // The store failed or another process took over: the process is about to end.
    if (
      ['MR3223', 'MR3402', 'MR3005', 'MR3006', 'MR3007'].includes(code) ||
      messageOf(thrown).startsWith('The process')
    )
      return { kind: 'lost' };
    return { kind: 'refused', code };
  }
}

function told(event: RuntimeEvent): string {
  const { type } = event;
  const facts = event as unknown as Readonly<Record<string, unknown>>;
  const parts = ['runId', 'step', 'attempt', 'eventId', 'event', 'handled', 'machine', 'instanceId', 'output']
    .filter((name) => facts[name] !== undefined && facts[name] !== null)
    .map((name) => (typeof facts[name] === 'object' ? JSON.stringify(facts[name]) : String(facts[name])));
  return [type, ...parts].join(' ');
}
