import { messageOf, type ErrorRecord } from '../core/index.ts';
import type { Logger } from '../tasks/index.ts';

/** What is told about a step. */
interface StepFacts {
  readonly runId: string;
  /** The path of the step in its run. */
  readonly step: string;
  /** The task, flow or event. */
  readonly target: string | null;
  readonly attempt: number;
}

type Told =
  | { readonly type: 'run.started'; readonly runId: string; readonly target: string }
  | { readonly type: 'run.recovered'; readonly runId: string; readonly target: string }
  | { readonly type: 'run.completed'; readonly runId: string; readonly target: string; readonly output: unknown }
  | { readonly type: 'run.failed'; readonly runId: string; readonly target: string; readonly error: ErrorRecord }
  | { readonly type: 'run.cancelled'; readonly runId: string; readonly target: string }
  | { readonly type: 'run.paused' | 'run.resumed'; readonly runId: string; readonly target: string }
  | { readonly type: 'run.blocked'; readonly runId: string; readonly target: string; readonly error: ErrorRecord }
  | ({
      readonly type: 'step.started' | 'step.waiting' | 'step.completed' | 'step.cancelled' | 'step.skipped';
    } & StepFacts)
  | ({ readonly type: 'step.failed' | 'step.retrying'; readonly error: ErrorRecord } & StepFacts)
  /** Runs that were due were not started: nobody drove the database then, or the run before is not over. */
  | {
      readonly type: 'schedule.skipped';
      readonly flow: string;
      /** In ms since 1970. */
      readonly due: readonly number[];
      readonly reason: 'missed' | 'overlap';
    }
  | { readonly type: 'event.published'; readonly eventId: string; readonly event: string; readonly runId?: string }
  | { readonly type: 'event.dispatched'; readonly eventId: string; readonly event: string; readonly handled: boolean }
  | {
      readonly type: 'instance.changed';
      readonly machine: string;
      readonly instanceId: string;
      readonly event: string;
      readonly from: readonly string[] | null;
      readonly to: readonly string[];
    }
  | { readonly type: 'handler.failed'; readonly event: string; readonly error: ErrorRecord };

/** What a runtime tells about itself, after it is committed. `sequence` rises by one; `time` is in ms since 1970. */
export type RuntimeEvent = Told & { readonly sequence: number; readonly time: number };
export type RuntimeEventType = RuntimeEvent['type'];

type Listener = (event: RuntimeEvent) => void;

/** Tells listeners what happens. Nothing depends on somebody listening. */
export class Bus {
  readonly #listeners = new Set<Listener>();
  readonly #now: () => number;
  readonly #logger: Logger;
  #sequence = 0;
  readonly #streams = new Set<() => void>();
  #ended = false;

  constructor(now: () => number, logger: Logger) {
    this.#now = now;
    this.#logger = logger;
  }

  /** Is anybody listening? */
  get heard(): boolean {
    return this.#listeners.size > 0;
  }

  on(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(told: Told): void {
    const event = { ...told, sequence: ++this.#sequence, time: this.#now() };
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#logger.error('A listener threw.', {
          event: event.type,
          error: error instanceof Error ? error.stack : messageOf(error),
        });
      }
    }
  }

  /** Nothing more will be told: streams come to their end. */
  end(): void {
    this.#ended = true;
    for (const stop of this.#streams) stop();
  }

  /**
   * The events from this call on, until the loop is left, `signal` aborts, or there will be no more. Unread events wait
   * in memory.
   */
  stream(signal?: AbortSignal): AsyncGenerator<RuntimeEvent, void, void> {
    const queue: RuntimeEvent[] = [];
    let over = this.#ended || signal?.aborted === true;
    let wake = Promise.withResolvers<void>();
    const off = this.on((event) => {
      queue.push(event);
      wake.resolve();
    });
    const stop = (): void => {
      over = true;
      off();
      this.#streams.delete(stop);
      signal?.removeEventListener('abort', abort);
      wake.resolve();
    };
    const abort = (): void => {
      queue.length = 0;
      stop();
    };
    this.#streams.add(stop);
    signal?.addEventListener('abort', abort, { once: true });
    if (over) stop();
    const done = { done: true, value: undefined } as const;
    const next = async (): Promise<IteratorResult<RuntimeEvent, void>> => {
      for (;;) {
        const event = queue.shift();
        if (event !== undefined) return { done: false, value: event };
        if (over) return done;
        await wake.promise;
        if (!over) wake = Promise.withResolvers<void>();
      }
    };
    const stream: AsyncGenerator<RuntimeEvent, void, void> = {
      next,
      return: () => {
        abort();
        return Promise.resolve(done);
      },
      throw: (error: unknown) => {
        abort();
        return Promise.reject(error);
      },
      [Symbol.asyncIterator]: () => stream,
      [Symbol.asyncDispose]: () => {
        abort();
        return Promise.resolve();
      },
    };
    return stream;
  }
}
