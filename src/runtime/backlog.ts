import type { Scheduler } from '../core/index.ts';
import type { LiveRun } from './live-run.ts';

/** How many runs are brought into memory at a time. More would take memory, and each of them longer. */
const atOnce = 1000;
/** How often to look, in ms, when no commit says that something has happened. */
const look = 20;

interface Loader {
  readonly runs: ReadonlyMap<string, LiveRun>;
  readonly scheduler: Scheduler;
  recall(id: string): void;
  guard(work: () => void): void;
}

/**
 * The runs that were under way when the last process ended. However many they are, only some of them are replayed at a
 * time: when one ends, waits, or has come to an attempt of a task, the next is brought into memory.
 */
export class Backlog {
  readonly #engine: Loader;
  #ids: readonly string[] = [];
  #next = 0;
  readonly #replaying = new Set<string>();
  #stopLooking: (() => void) | undefined;

  constructor(engine: Loader) {
    this.#engine = engine;
  }

  get empty(): boolean {
    return this.#next >= this.#ids.length;
  }

  /** Takes up the first of these runs; `poke` takes up the others. */
  fill(ids: readonly string[]): void {
    this.#ids = ids;
    this.poke();
  }

  /** Some may have ended or come to rest: after a commit, and now and then. */
  poke(): void {
    if (this.empty) return;
    this.#stopLooking?.();
    for (const id of this.#replaying) {
      const run = this.#engine.runs.get(id);
      if (run === undefined || run.held || !run.busy || run.attempting > 0) this.#replaying.delete(id);
    }
    while (!this.empty && this.#replaying.size < atOnce) {
      const id = this.#ids[this.#next++] as string;
      this.#engine.recall(id);
      this.#replaying.add(id);
    }
    if (this.empty) this.clear();
    else this.#stopLooking = this.#engine.scheduler.after(look, () => this.#engine.guard(() => this.poke()));
  }

  clear(): void {
    this.#stopLooking?.();
    this.#stopLooking = undefined;
    this.#ids = [];
    this.#next = 0;
    this.#replaying.clear();
  }
}
