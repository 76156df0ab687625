import { MillraceError } from '../../core/index.ts';
import type { Scope } from '../../engine/index.ts';
import { CancelledError, RestatePromise } from '../sdk.ts';

/** What came of a wait: what was waited for, or its scope was aborted before. */
export type Waited<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly aborted: boolean; readonly failure: unknown };

/** A part of the flow that runs beside others. */
export interface Fiber<T> {
  /** How it ended; absent while it runs. */
  readonly end:
    | { readonly ok: true; readonly value: T }
    | { readonly ok: false; readonly failure: unknown }
    | undefined;
}

interface Pending {
  readonly operation: RestatePromise<unknown>;
  readonly callback: (value: unknown, failure: unknown) => void;
  /** The same, when others are waited for beside it, or after a cancel. */
  named?: RestatePromise<Came>;
  cancelled?: true;
}

/** What has come, and for whom. */
interface Came {
  readonly number: number;
  readonly value: unknown;
  readonly failure: unknown;
}

interface Running<T> {
  end: Fiber<T>['end'];
  readonly ended: (() => void)[];
}

/**
 * Runs the parts of a flow beside each other within one invocation, so that a replay does the same in the same order. At
 * any time either some part is at work, or all of them wait and the journal says who goes on next. Native `Promise.all`
 * and `Promise.race` know nothing of that order: with them a replay would ask for other things than are recorded.
 *
 * The invocation must have cancellation as Restate does it by default (no `explicitCancellation`): then a cancel costs
 * nothing while there is none. It interrupts whatever is waited for, and Restate cancels the calls under way.
 */
export class Driver {
  readonly #pending = new Map<number, Pending>();
  #count = 0;
  /** How many parts are at work. */
  #active = 0;
  #quiet: (() => void) | undefined;
  readonly #cancelled: () => void;

  /** `cancelled`: called when the invocation is cancelled, each time, while all parts wait. What they wait for still comes. */
  constructor(cancelled: () => void) {
    this.#cancelled = cancelled;
  }

  /** Runs a flow, with all its parts, to its end. */
  async run<T>(main: () => Promise<T>): Promise<T> {
    const fiber = this.fork(main);
    for (;;) {
      if (this.#active > 0) await new Promise<void>((resolve) => (this.#quiet = resolve));
      const { end } = fiber;
      if (end?.ok === true) return end.value;
      if (end?.ok === false) throw end.failure;
      const came = await this.#next();
      if (came === undefined) {
        this.#cancelled();
        continue;
      }
      const pending = this.#pending.get(came.number);
      this.#pending.delete(came.number);
      pending?.callback(came.value, came.failure);
    }
  }

  /** Starts a part beside the one that calls. It runs until it waits before anything else goes on. */
  fork<T>(work: () => Promise<T>): Fiber<T> {
    const running: Running<T> = { end: undefined, ended: [] };
    this.#active++;
    const ends = (end: Fiber<T>['end']): void => {
      running.end = end;
      for (const wake of running.ended) wake();
      this.#rest();
    };
    work().then(
      (value) => ends({ ok: true, value }),
      (failure: unknown) => ends({ ok: false, failure }),
    );
    return running;
  }

  /** Waits until all of these parts have ended. */
  async join(fibers: readonly Fiber<unknown>[]): Promise<void> {
    for (const fiber of fibers) {
      if (fiber.end !== undefined) continue;
      await this.park<void>((wake) => (fiber as Running<unknown>).ended.push(() => wake()));
    }
  }

  /**
   * Waits for something that another part of this run does: `begin` gets the function to be called then. Whoever calls it
   * is at work, so this part is before anything new is taken from the journal.
   */
  park<T>(begin: (wake: (value: T) => void) => void): Promise<T> {
    return new Promise<T>((resolve) => {
      let over = false;
      begin((value) => {
        if (over) return;
        over = true;
        this.#active++;
        resolve(value);
      });
      this.#rest();
    });
  }

  /** Waits for something of Restate, or until the scope is aborted. Never rejects. */
  wait<T>(operation: RestatePromise<T>, scope?: Scope): Promise<Waited<T>> {
    if (scope?.reason !== undefined) return Promise.resolve({ ok: false, aborted: true, failure: scope.reason });
    return this.park<Waited<T>>((wake) => {
      const leave = this.listen(operation, (value, failure) => {
        off?.();
        wake(failure === undefined ? { ok: true, value: value as T } : { ok: false, aborted: false, failure });
      });
      const off = scope?.onAbort(() => {
        leave();
        wake({ ok: false, aborted: true, failure: scope.reason });
      });
    });
  }

  /**
   * Calls back when something of Restate has come, while all parts wait. The callback itself wakes who is to go on. Gives a
   * function that calls it off.
   */
  listen<T>(operation: RestatePromise<T>, callback: (value: T | undefined, failure: unknown) => void): () => void {
    const number = this.#count++;
    this.#pending.set(number, {
      operation,
      callback: (value, failure) => callback(value as T | undefined, failure),
    });
    return () => this.#pending.delete(number);
  }

  /** What comes next; undefined for a cancel. */
  async #next(): Promise<Came | undefined> {
    const [first, second] = this.#pending;
    if (first === undefined) {
      throw new MillraceError('All parts of the flow wait, and for nothing that could come.', {
        code: 'MR5200',
        retryable: false,
        fault: 'internal',
      });
    }
    const [number, only] = first;
    if (second !== undefined || only.cancelled === true) return this.#first();
    try {
      // Without anything around it, since most flows do one thing at a time.
      return { number, value: await only.operation, failure: undefined };
    } catch (failure) {
      if (!(failure instanceof CancelledError)) return { number, value: undefined, failure };
      only.cancelled = true;
      return undefined;
    }
  }

  async #first(): Promise<Came | undefined> {
    const all = Array.from(
      this.#pending,
      ([number, pending]) =>
        (pending.named ??= pending.operation.map((value, failure) => ({ number, value, failure }))),
    );
    try {
      return await RestatePromise.race(all);
    } catch (failure) {
      if (failure instanceof CancelledError) return undefined;
      throw failure;
    }
  }

  /** A part waits, or has ended. */
  #rest(): void {
    this.#active--;
    if (this.#active === 0) this.#quiet?.();
  }
}
