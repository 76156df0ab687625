import type { Scheduler } from '../../core/index.ts';
import { runAttempt, type AttemptOutcome, type AttemptRequest } from '../../tasks/index.ts';

/** The run that an attempt is made for, as far as attempts see it. */
export interface Asker {
  readonly id: string;
  readonly row: { readonly priority: number };
  /** How many of its attempts are under way. */
  attempting: number;
}

/** Makes one attempt that may begin now: in this process, or elsewhere. Never rejects. */
export type Perform = (request: AttemptRequest, by: Asker) => Promise<AttemptOutcome>;

/** Makes the attempts of tasks, and counts those under way, so that a runtime that is closed can wait for them. */
export class Attempts {
  readonly #perform: Perform;
  #underWay = 0;
  #closed = false;
  #rested: (() => void) | undefined;

  constructor(perform: Perform = runAttempt) {
    this.#perform = perform;
  }

  /** May no attempt begin any more? */
  get closed(): boolean {
    return this.#closed;
  }

  async run(request: AttemptRequest, by: Asker): Promise<AttemptOutcome> {
    this.#underWay++;
    by.attempting++;
    try {
      return await this.#perform(request, by);
    } finally {
      by.attempting--;
      this.#underWay--;
      if (this.#underWay === 0) this.#rested?.();
    }
  }

  /** Lets no attempt begin, and waits for those under way, at most so many ms. Their results are enqueued then. */
  async drain(most: number, scheduler: Scheduler): Promise<void> {
    this.#closed = true;
    if (this.#underWay > 0 && most > 0) {
      await new Promise<void>((resolve) => {
        const off = scheduler.after(most, resolve);
        this.#rested = () => {
          off();
          resolve();
        };
      });
    }
    // Whoever waited for the last of them goes first.
    await new Promise<void>((resolve) => scheduler.soon(resolve));
  }

  /** Waits no more: the engine has stopped. */
  stop(): void {
    this.#closed = true;
    this.#rested?.();
  }
}
