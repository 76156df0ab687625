import type { Clock } from '../../core/index.ts';
import type { MachineEvent, MachineStep } from '../module.ts';
import type { Hosted, Running } from './instance.ts';

/** An event on its way to an instance. */
export interface Delivery {
  readonly to: Hosted;
  readonly event: MachineEvent;
  /** Who sent it, and the id under which that one can take it back. */
  readonly from?: Hosted;
  readonly id?: string | undefined;
  /** The work whose end it tells of: when the state was left meanwhile, nobody wants to know. */
  readonly ends?: Running;
}

/** A step that was taken and whose effects are to be carried out. */
export interface Taken {
  readonly of: Hosted;
  readonly step: MachineStep<unknown>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

interface Actions {
  readonly carryOut: (taken: Taken) => void;
  readonly deliver: (delivery: Delivery) => void;
  /** A call of the user's code threw. */
  readonly failed: (thrown: unknown) => void;
}

/** How many events are taken at one go before the page gets its turn. */
const atOnce = 1000;

/** What is to be done, in which order: effects, then the user's listeners, then the next event. */
export class Agenda {
  /** Effects come first, so that what listeners see is whole. */
  #steps: Taken[] = [];
  #calls: (() => void)[] = [];
  #events: Delivery[] = [];
  #carrying = false;
  #busy = false;
  #paused = false;
  readonly #clock: Clock;
  readonly #actions: Actions;

  constructor(clock: Clock, actions: Actions) {
    this.#clock = clock;
    this.#actions = actions;
  }

  step(taken: Taken): void {
    this.#steps.push(taken);
  }

  /** The user's code, which is never called in the middle of anything. */
  call(listener: () => void): void {
    this.#calls.push(listener);
  }

  event(delivery: Delivery): void {
    this.#events.push(delivery);
  }

  /** Events that come before all others. */
  first(deliveries: readonly Delivery[]): void {
    this.#events.unshift(...deliveries);
  }

  takeBack(which: (delivery: Delivery) => boolean): void {
    this.#events = this.#events.filter((delivery) => !which(delivery));
  }

  get events(): readonly Delivery[] {
    return this.#events;
  }

  /** Does all of it. From within the user's code: only the effects; the rest is done when that returns. */
  run(): void {
    this.#carryOut();
    if (this.#busy || this.#paused) return;
    this.#busy = true;
    try {
      let taken = 0;
      while (this.#next(taken)) taken += 1;
    } finally {
      this.#busy = false;
    }
  }

  #next(taken: number): boolean {
    for (let call = this.#calls.shift(); call !== undefined; call = this.#calls.shift()) {
      this.#call(call);
      this.#carryOut();
    }
    if (this.#events.length === 0) return false;
    if (taken === atOnce) {
      this.#pause();
      return false;
    }
    this.#actions.deliver(this.#events.shift() as Delivery);
    this.#carryOut();
    return true;
  }

  // Machines that keep each other busy for ever must not freeze the page, nor keep a simulated clock where it is.
  #pause(): void {
    this.#paused = true;
    this.#clock.at(this.#clock.now() + 1, () => {
      this.#paused = false;
      this.run();
    });
  }

  #carryOut(): void {
    if (this.#carrying) return;
    this.#carrying = true;
    try {
      for (let next = this.#steps.shift(); next !== undefined; next = this.#steps.shift()) this.#actions.carryOut(next);
    } finally {
      this.#carrying = false;
    }
  }

  #call(call: () => void): void {
    try {
      call();
    } catch (thrown) {
      this.#actions.failed(thrown);
    }
  }
}
