import { messageOf, type ErrorRecord } from '../core/index.ts';
import type { Money as ModelCost, Usage as ModelUsage } from '../llm/index.ts';
import type { Logger } from '../tasks/index.ts';

/** What is told about a step. */
export interface StepFacts {
  readonly runId: string;
  /** The path of the step in its run. */
  readonly step: string;
  /** The task, flow or event. */
  readonly target: string | null;
  readonly attempt: number;
}

interface RunFacts {
  readonly runId: string;
  /** The flow or task. */
  readonly target: string;
}

interface AttemptFacts {
  readonly runId: string;
  readonly step: string;
  readonly task: string;
  /** The number of the try. */
  readonly attempt: number;
  /** It is one of a tool that the model of this attempt has called. */
  readonly within?: { readonly step: string; readonly attempt: number };
}

interface InstanceFacts {
  readonly machine: string;
  readonly instance: string;
}

interface EventFacts {
  readonly eventId: string;
  readonly event: string;
}

/** What happens to runs. A run ends with exactly one of `completed`, `failed` and `cancelled`; `retried` reopens it. */
type RunTold =
  | ({
      readonly type:
        | 'run.started'
        /** A run that another process had under way, or that was let go of, is in memory again. */
        | 'run.recovered'
        /** Nothing is left to do for it but to wait. */
        | 'run.waiting'
        | 'run.paused'
        | 'run.resumed'
        | 'run.cancelled';
    } & RunFacts)
  | ({ readonly type: 'run.completed'; readonly output: unknown } & RunFacts)
  | ({ readonly type: 'run.failed' | 'run.blocked'; readonly error: ErrorRecord } & RunFacts)
  /** It is about to end badly; what follows are its undos. */
  | {
      readonly type: 'run.stopping';
      readonly runId: string;
      readonly reason: 'error' | 'cancel' | 'timeout';
      readonly error: ErrorRecord;
    }
  /** It goes back to before a step (`''`: to its beginning), also after it had failed. `by`: null for Millrace itself. */
  | {
      readonly type: 'run.retried';
      readonly runId: string;
      readonly step: string;
      readonly reason: string;
      readonly by: string | null;
    }
  | ({ readonly type: 'run.forked'; readonly from: string; readonly checkpoint: number } & RunFacts)
  /** Ended runs were let go of: see `retention`. */
  | { readonly type: 'runs.pruned'; readonly runs: number };

/** What happens to steps, told when it is committed. */
type StepTold =
  | ({ readonly type: 'step.started' | 'step.completed' | 'step.cancelled' | 'step.skipped' } & StepFacts)
  | ({ readonly type: 'step.waiting'; readonly waits: 'sleep' | 'event' | 'approval' } & StepFacts)
  | ({ readonly type: 'step.failed' | 'step.retrying'; readonly error: ErrorRecord } & StepFacts)
  /** The process died in which its attempt was under way, for the `lost`th time in a row. */
  | ({ readonly type: 'step.lost'; readonly lost: number } & StepFacts)
  /** What its evidence says. */
  | { readonly type: 'step.verified'; readonly runId: string; readonly step: string; readonly ok: boolean }
  /** The result of a step is durable. `checkpoint`: the number of its line in the journal. */
  | {
      readonly type: 'checkpoint.created';
      readonly runId: string;
      readonly step: string;
      readonly checkpoint: number;
    }
  /** A repeat let go of its rounds before this one. */
  | { readonly type: 'rounds.compacted'; readonly runId: string; readonly step: string; readonly rounds: number }
  /** A batch of a graph has ended. `results`: a copy, which nobody else sees. */
  | {
      readonly type: 'graph.progress';
      readonly runId: string;
      readonly step: string;
      readonly total: number;
      readonly completed: readonly string[];
      readonly failed: readonly string[];
      readonly skipped: readonly string[];
      readonly results: Readonly<Record<string, unknown>>;
    }
  | { readonly type: 'approval.asked'; readonly runId: string; readonly step: string }
  | {
      readonly type: 'approval.decided';
      readonly runId: string;
      readonly step: string;
      readonly approved: boolean;
      readonly by: string;
    };

/** The tries of a task, told as they happen, before their outcome is committed. */
type AttemptTold =
  | ({ readonly type: 'attempt.started' } & AttemptFacts)
  /** `took`: ms of real time. */
  | ({ readonly type: 'attempt.completed' | 'attempt.cancelled'; readonly took: number } & AttemptFacts)
  | ({ readonly type: 'attempt.failed'; readonly took: number; readonly error: ErrorRecord } & AttemptFacts)
  /** No attempt is made: the result of an earlier one is taken. */
  | ({ readonly type: 'cache.hit' } & Omit<AttemptFacts, 'attempt'>);

type WorldTold =
  | ({ readonly type: 'event.published'; readonly runId?: string } & EventFacts)
  /** It was handed out, and somebody or nobody took it. */
  | ({ readonly type: 'event.handled' | 'event.unhandled' } & EventFacts)
  | ({ readonly type: 'instance.created'; readonly event: string; readonly to: readonly string[] } & InstanceFacts)
  | ({
      readonly type: 'instance.transition';
      readonly event: string;
      readonly from: readonly string[];
      readonly to: readonly string[];
    } & InstanceFacts)
  | ({ readonly type: 'instance.ended'; readonly status: 'done' | 'stopped' } & InstanceFacts)
  | ({ readonly type: 'instance.removed' } & InstanceFacts)
  /** A due time (ms since 1970) has started a run. */
  | { readonly type: 'schedule.fired'; readonly flow: string; readonly runId: string; readonly due: number }
  /** An attempt waits for its turn. */
  | ({ readonly type: 'step.throttled'; readonly by: 'concurrency' | 'rateLimit' | 'breaker' } & StepFacts)
  /** The breaker of a task lets nothing through until a time, in ms since 1970; then probes; then all. */
  | { readonly type: 'breaker.opened'; readonly task: string; readonly until: number }
  | { readonly type: 'breaker.halfOpened' | 'breaker.closed'; readonly task: string }
  /** Work of a task has waited for 30 s, and no process does any of that task. Told once of each task. */
  | {
      readonly type: 'work.untaken';
      readonly runId: string;
      readonly step: string;
      readonly task: string;
      /** In ms since 1970. */
      readonly since: number;
    }
  /** Runs that were due were not started: nobody drove the database then, or the run before is not over. */
  | {
      readonly type: 'schedule.missed';
      readonly flow: string;
      /** In ms since 1970. */
      readonly due: readonly number[];
      readonly reason: 'missed' | 'overlap';
    }
  | { readonly type: 'handler.failed'; readonly event: string; readonly error: ErrorRecord }
  /** Another process drives the database now; nothing more is told. */
  | { readonly type: 'owner.lost'; readonly error: ErrorRecord }
  /** The engine has stopped because of a failure; nothing more is told. */
  | { readonly type: 'runtime.stopped'; readonly error: ErrorRecord }
  /** In a stream whose reader is too slow: so many events before this one are missing. */
  | { readonly type: 'stream.lagged'; readonly missed: number };

interface ModelFacts {
  /** Of the call, among all calls. */
  readonly call: string;
  readonly provider: string;
  readonly model: string;
  readonly runId?: string;
  readonly step?: string;
  readonly task?: string;
  readonly agent?: string;
}

/** Calls of models, told as they happen: each `asked` is followed by `answered` or `failed`. Costs are in millionths. */
type ModelTold =
  | ({
      readonly type: 'model.asked';
      readonly maxOutputTokens: number;
      readonly temperature?: number;
    } & ModelFacts)
  | ({
      readonly type: 'model.answered';
      /** ms of real time. */
      readonly took: number;
      readonly usage?: ModelUsage;
      readonly cost?: ModelCost;
      readonly finish?: 'stop' | 'length' | 'toolCalls';
    } & ModelFacts)
  /** It may have used something all the same. */
  | ({
      readonly type: 'model.failed';
      readonly took: number;
      readonly error: { readonly kind: string; readonly code: string; readonly message: string };
      readonly usage?: ModelUsage;
      readonly cost?: ModelCost;
    } & ModelFacts)
  /** No call is made: the answer was paid before, or is that of an equal call under way. */
  | ({ readonly type: 'model.spared'; readonly from: 'cache' | 'shared' } & Omit<ModelFacts, 'call'>)
  /** Its process died while it was under way: what was set aside for it is booked. */
  | { readonly type: 'model.abandoned'; readonly call: string; readonly booked: ModelCost };

type Told = RunTold | StepTold | AttemptTold | WorldTold | ModelTold;

/**
 * What a runtime tells about itself. `seq` rises by one with each event of this runtime; `at` is in ms since 1970, by the
 * clock of the runtime. Attempts are told as they happen, everything else after its commit.
 */
export type RuntimeEvent = Told & { readonly seq: number; readonly at: number };
export type RuntimeEventType = RuntimeEvent['type'];

/** How many events wait for a slow reader of a stream. */
const streamLimit = 10_000;

type Listener = (event: RuntimeEvent) => void;

/** Tells listeners what happens. Nothing depends on somebody listening. */
export class Bus {
  readonly #listeners = new Set<Listener>();
  readonly #now: () => number;
  readonly #logger: Logger;
  #seq = 0;
  /** Within what an attempt is made: a trace, so that spans of the task itself lie below it. */
  around: (<T>(facts: Pick<AttemptFacts, 'runId' | 'step' | 'attempt'>, work: () => T) => T) | undefined;
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
    const event: RuntimeEvent = { ...told, seq: ++this.#seq, at: this.#now() };
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
   * in memory, at most `limit` of them: then the older half goes, and `stream.lagged` stands in its place.
   */
  stream(signal?: AbortSignal, limit = streamLimit): AsyncGenerator<RuntimeEvent, void, void> {
    let queue: RuntimeEvent[] = [];
    let next = 0;
    let over = this.#ended || signal?.aborted === true;
    let wake = Promise.withResolvers<void>();
    const off = this.on((event) => {
      if (queue.length - next >= limit) ({ queue, next } = shortened(queue, next));
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
      queue = [];
      next = 0;
      stop();
    };
    this.#streams.add(stop);
    signal?.addEventListener('abort', abort, { once: true });
    if (over) stop();
    const done = { done: true, value: undefined } as const;
    const read = async (): Promise<IteratorResult<RuntimeEvent, void>> => {
      for (;;) {
        const event = queue[next];
        if (event !== undefined) {
          next++;
          if (next === queue.length) [queue, next] = [[], 0];
          return { done: false, value: event };
        }
        if (over) return done;
        await wake.promise;
        if (!over) wake = Promise.withResolvers<void>();
      }
    };
    const stream: AsyncGenerator<RuntimeEvent, void, void> = {
      next: read,
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

/** The newer half of what waits, after a word about the other half. */
function shortened(queue: readonly RuntimeEvent[], next: number): { queue: RuntimeEvent[]; next: number } {
  const waiting = queue.slice(next);
  const gone = waiting.splice(0, Math.ceil(waiting.length / 2));
  const last = gone.at(-1) as RuntimeEvent;
  const missed = gone.reduce((sum, event) => sum + (event.type === 'stream.lagged' ? event.missed : 1), 0);
  return { queue: [{ type: 'stream.lagged', missed, seq: last.seq, at: last.at }, ...waiting], next: 0 };
}
