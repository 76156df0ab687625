import { setImmediate as turn } from 'node:timers/promises';

/** Counts the attempts of tasks that are under way, so that a runtime that is closed can wait for them. */
export class Attempts {
  #underWay = 0;
  #closed = false;
  #rested: (() => void) | undefined;

  /** May no attempt begin any more? */
  get closed(): boolean {
    return this.#closed;
  }

  async run<T>(attempt: () => Promise<T>): Promise<T> {
    this.#underWay++;
    try {
      return await attempt();
    } finally {
      this.#underWay--;
      if (this.#underWay === 0) this.#rested?.();
    }
  }

  /** Lets no attempt begin, and waits for those under way, at most so many ms. Their results are enqueued then. */
  async drain(most: number): Promise<void> {
    this.#closed = true;
    if (this.#underWay > 0 && most > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, most);
        this.#rested = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    // Whoever waited for the last of them goes first.
    await turn();
  }

  /** Waits no more: the engine has stopped. */
  stop(): void {
    this.#closed = true;
    this.#rested?.();
  }
}
