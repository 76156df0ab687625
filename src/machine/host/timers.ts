import type { Clock } from '../../core/index.ts';
import type { MachineEvent } from '../module.ts';
import type { Hosted } from './instance.ts';

/** An event that waits for its time. */
export interface Timer {
  readonly owner: Hosted;
  readonly id: string | undefined;
  /** Milliseconds since 1970. */
  readonly due: number;
  readonly event: MachineEvent;
  /** To whom it goes; without one, to the owner. */
  readonly target: string | undefined;
}

/**
 * The timers of a host, by deadline; those of one deadline in the order in which they were set. One wait on the clock
 * for all of them, so that this order holds whatever the clock does.
 */
export class Timers {
  #waiting: Timer[] = [];
  #armed: { readonly due: number; readonly off: () => void } | undefined;
  readonly #clock: Clock;
  readonly #fire: (timer: Timer) => void;

  constructor(clock: Clock, fire: (timer: Timer) => void) {
    this.#clock = clock;
    this.#fire = fire;
  }

  set(timer: Timer): void {
    let index = this.#waiting.length;
    while (index > 0 && (this.#waiting[index - 1] as Timer).due > timer.due) index -= 1;
    this.#waiting.splice(index, 0, timer);
  }

  /** Takes back those of an owner: all, or all of an id. */
  drop(owner: Hosted, id?: string): void {
    const kept = this.#waiting.filter((timer) => timer.owner !== owner || (id !== undefined && timer.id !== id));
    if (kept.length < this.#waiting.length) this.#waiting = kept;
  }

  /** By deadline. */
  get all(): readonly Timer[] {
    return this.#waiting;
  }

  /** Waits for the next deadline. */
  arm(): void {
    const due = this.#waiting[0]?.due;
    if (this.#armed?.due === due) return;
    this.#armed?.off();
    this.#armed = due === undefined ? undefined : { due, off: this.#clock.at(due, () => this.#ring()) };
  }

  stop(): void {
    this.#waiting = [];
    this.arm();
  }

  #ring(): void {
    this.#armed = undefined;
    const now = this.#clock.now();
    // One at a time: what one sets off may take another back.
    for (let next = this.#waiting[0]; next !== undefined && next.due <= now; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#fire(next);
    }
    this.arm();
  }
}
