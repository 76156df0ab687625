import type { Store } from '../store/index.ts';
import type { LiveRun } from './live-run.ts';

interface Around {
  readonly runs: ReadonlyMap<string, LiveRun>;
  readonly store: Store;
}

/** Runs in which nothing begins while it is found out what becomes of them: a person is about to take a step back. */
export class Still {
  readonly #around: Around;
  readonly #holders = new Map<string, number>();

  constructor(around: Around) {
    this.#around = around;
  }

  /** Holds a run, whether it is in memory or comes there meanwhile. Gives a function that lets it go on. */
  hold(id: string): () => void {
    this.#holders.set(id, (this.#holders.get(id) ?? 0) + 1);
    this.#around.runs.get(id)?.hold();
    return () => {
      const left = (this.#holders.get(id) ?? 1) - 1;
      if (left > 0) return void this.#holders.set(id, left);
      this.#holders.delete(id);
      const run = this.#around.runs.get(id);
      // It may have been paused before or meanwhile.
      if (run !== undefined && this.#around.store.tables.runs.get(id)?.status !== 'paused') run.release(run.status);
    };
  }

  /** A run has come into memory. */
  came(run: LiveRun): void {
    if (this.#holders.has(run.id)) run.hold();
  }
}
