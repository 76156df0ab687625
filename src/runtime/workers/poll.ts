import type { Store } from '../../store/index.ts';

/** How often one looks whether another process has written, in ms: while something is expected, and else. */
const looks = { soon: 4, idle: 20 } as const;

/** Calls back when another process has written. Reading the version takes microseconds. */
export class Poll {
  readonly #store: Store;
  readonly #soon: () => boolean;
  readonly #changed: () => void;
  #timer: NodeJS.Timeout | undefined;
  #version: number;

  /** `soon`: is news expected? */
  constructor(store: Store, soon: () => boolean, changed: () => void, held: boolean) {
    this.#store = store;
    this.#soon = soon;
    this.#changed = changed;
    this.#version = store.version();
    this.#arm(held);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(held: boolean): void {
    this.#timer = setTimeout(
      () => {
        this.#look();
        if (this.#timer !== undefined) this.#arm(held);
      },
      this.#soon() ? looks.soon : looks.idle,
    );
    if (!held) this.#timer.unref();
  }

  #look(): void {
    const version = this.#store.version();
    if (version === this.#version) return;
    this.#version = version;
    this.#changed();
  }
}
