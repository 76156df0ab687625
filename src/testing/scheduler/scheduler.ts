import type { Clock, Repeated, Scheduler } from '../../core/index.ts';
import type { SimulatedClock } from '../simulated-clock.ts';

interface Callback {
  readonly process: SimulatedProcess;
  readonly work: () => void;
}

/** Options of a seeded scheduler. */
export interface SeededSchedulerOptions {
  readonly clock: SimulatedClock;
  /** Chooses what runs next. Absent: what is ready runs in the order in which it became so, as in the event loop. */
  readonly random?: () => number;
}

/** A process as an engine sees it: pass `scheduler` and `clock` to a runtime. */
export interface SimulatedProcess {
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  /** Stands still until `go`, as after SIGSTOP. */
  stall(): void;
  go(): void;
  /** Nothing of it ever runs again. */
  kill(): void;
}

/**
 * Holds the event loop in its hand: callbacks of engines wait until `step` runs one, and `random` says which. With
 * numbers from a seed the same callbacks run in the same order, every time; another seed is another order. Only what
 * asks this scheduler is held: promises go on by themselves, and tasks that wait for real timers make it useless.
 *
 * @example
 * ```ts
 * import { SeededScheduler, seededRandom, SimulatedClock } from 'millrace/testing';
 *
 * const order = new SeededScheduler({ clock: new SimulatedClock(), random: seededRandom(7) });
 * const { scheduler } = order.process();
 * scheduler.soon(() => console.log('one'));
 * scheduler.soon(() => console.log('two'));
 * while (order.step()); // in an order that is always the same
 * ```
 */
export class SeededScheduler {
  readonly #clock: SimulatedClock;
  readonly #random: (() => number) | undefined;
  readonly #ready: Callback[] = [];
  readonly #repeated = new Set<Callback>();
  readonly #stalled = new Set<SimulatedProcess>();
  readonly #dead = new Set<SimulatedProcess>();
  /** The wall clock, in ms since 1970: processes know by it who is alive. */
  #wall: number;

  constructor(options: SeededSchedulerOptions) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#wall = options.clock.now();
  }

  /** How many callbacks could run now. */
  get ready(): number {
    return this.#stalled.size === 0
      ? this.#ready.length
      : this.#ready.filter(({ process }) => !this.#stalled.has(process)).length;
  }

  /** Runs one of the callbacks that are ready. False: there is none. */
  step(): boolean {
    const count = this.ready;
    if (count === 0) return false;
    let nth = this.#random === undefined ? 0 : Math.floor(this.#random() * count);
    const index = this.#ready.findIndex(({ process }) => !this.#stalled.has(process) && nth-- === 0);
    const [callback] = this.#ready.splice(index, 1);
    callback?.work();
    return true;
  }

  /** Lets everything that is done again and again be done once: heartbeats, looks at the inbox. */
  beat(): void {
    for (const callback of this.#repeated) this.#ready.push(callback);
  }

  /** Lets wall time pass, by which processes are known to be alive. It is apart from the clock, whose jumps it does not make. */
  pass(ms: number): void {
    this.#wall += ms;
  }

  /** Another process. */
  process(): SimulatedProcess {
    const soon = (work: () => void): void => {
      if (!this.#dead.has(process)) this.#ready.push({ process, work });
    };
    const clock: Clock = {
      now: () => this.#clock.now(),
      at: (at, callback) => {
        let off = (): void => {};
        let over = false;
        const arm = (): void => {
          off = this.#clock.at(at, () => soon(ring));
        };
        const ring = (): void => {
          if (over) return;
          // Between being due and being called the clock may have been set back.
          if (this.#clock.now() < at) return arm();
          over = true;
          callback();
        };
        arm();
        return () => {
          over = true;
          off();
        };
      },
    };
    const process: SimulatedProcess = {
      clock,
      scheduler: {
        now: () => this.#wall,
        soon,
        after: (ms, work) => clock.at(this.#clock.now() + ms, work),
        every: (_, work): Repeated => {
          const callback: Callback = { process, work };
          this.#repeated.add(callback);
          return { stop: () => void this.#repeated.delete(callback), hold: () => {} };
        },
      },
      stall: () => void this.#stalled.add(process),
      go: () => void this.#stalled.delete(process),
      kill: () => {
        this.#dead.add(process);
        this.#stalled.delete(process);
        for (const callback of this.#repeated) if (callback.process === process) this.#repeated.delete(callback);
        const left = this.#ready.filter((callback) => callback.process !== process);
        this.#ready.splice(0, Infinity, ...left);
      },
    };
    return process;
  }
}
