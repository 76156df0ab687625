import { setMaxListeners } from 'node:events';
import type { Cancelled } from './errors.ts';

/** What is cancelled together: a run, the parts of an `all`, the body of an `attempt`. */
export class Scope {
  reason: Cancelled | undefined;
  readonly #parent: Scope | undefined;
  readonly #listeners = new Set<() => void>();
  #controller: AbortController | undefined;
  #detach: (() => void) | undefined;

  constructor(parent?: Scope) {
    this.#parent = parent;
    if (parent === undefined) return;
    if (parent.reason !== undefined) this.reason = parent.reason;
    else this.#detach = parent.onAbort(() => this.abort(this.#parent?.reason as Cancelled));
  }

  /** For the attempts of tasks. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      // One listener for each attempt that is under way: there may be many.
      setMaxListeners(0, this.#controller.signal);
      if (this.reason !== undefined) this.#controller.abort(this.reason);
    }
    return this.#controller.signal;
  }

  abort(reason: Cancelled): void {
    if (this.reason !== undefined) return;
    this.reason = reason;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
    this.#controller?.abort(reason);
  }

  /** Calls back once. Gives a function that calls it off. */
  onAbort(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Lets go of the parent. */
  close(): void {
    this.#detach?.();
  }
}
