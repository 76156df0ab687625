import type { InvocationId } from '@restatedev/restate-sdk';
import type { Clock, ErrorRecord } from '../core/index.ts';
import type { Registry } from '../engine/index.ts';
import type { PartialFailure } from '../runtime/index.ts';
import type { BoundSystem, EvidenceWorld, Logger, WorldPort } from '../tasks/index.ts';
import type { Names } from './names.ts';

/** What all services of an endpoint share. */
export interface Place {
  readonly system: BoundSystem;
  readonly registry: Registry;
  readonly names: Names;
  /** The clock of the system. Times in records and bodies are its. */
  readonly clock: Clock;
  /** How long so many ms of that clock take in truth: what sleeps and delays on Restate are given. */
  readonly real: (ms: number) => number;
  readonly random: () => number;
  readonly logger: Logger;
  /** What evidence is looked up in. */
  readonly world: EvidenceWorld;
  /** What tasks reach through their context. */
  readonly outside: WorldPort;
  readonly ingress: Ingress;
  /** How many flows deep runs may be. Default 100. */
  readonly maxDepth?: number;
}

/** Calls handlers from outside of any handler: from inside an attempt, or from another process. */
export interface Ingress {
  /**
   * Calls a handler and gives what it gives. Tried again while the server cannot be reached, until `signal`.
   *
   * @throws RestateError MR5210 when the server cannot be reached; what the handler failed with, as a RecordedError.
   */
  call(asks: IngressAsks): Promise<unknown>;
  /** Has a handler called, and gives the id of its invocation. With an idempotency key that is known: of the earlier one. */
  send(asks: IngressAsks): Promise<{ readonly invocation: string; readonly already: boolean }>;
}

export interface IngressAsks {
  readonly service: string;
  readonly handler: string;
  /** Of a virtual object. */
  readonly key?: string;
  /** JSON. */
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

/** What a run is asked for with: the body of its invocation, whose idempotency key is `run`. */
export interface RunAsks {
  readonly run: string;
  /** As it was written, not yet parsed. */
  readonly input?: unknown;
  /** When it was asked for: events since then count. */
  readonly at: number;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** The run that runs it, and the path of the step. */
  readonly parent?: { readonly run: string; readonly step: string };
  /** The run that a person has started. Absent: this one. */
  readonly root?: string;
  /** How many runs there are above it. */
  readonly depth?: number;
  /** How often it was begun anew from its beginning. */
  readonly epoch?: number;
  /** The id of the event that started it: it counts as taken. */
  readonly event?: string;
  /** A limit of whoever runs it, besides that of the flow, in ms of the clock. */
  readonly timeoutMs?: number;
  /** The instance that hears of its end, once. */
  readonly owner?: RunOwner;
}

/** The instance that works through a run. */
export interface RunOwner {
  readonly machine: string;
  readonly instance: string;
  /** The id of the run in the machine, such as `fulfilling.fulfilOrder`. */
  readonly ref: string;
  /** Of this one piece of work: an instance may begin the same again. */
  readonly token: string;
}

/** What a run gives that has completed. */
export interface RunGives {
  readonly output?: unknown;
  /** When it ended. */
  readonly at?: number;
  /** Failures that did not end it. */
  readonly errors?: readonly PartialFailure[];
}

/** How a run ended that did not complete: the metadata `millrace` of its TerminalError, as JSON text. */
export interface RunFailed {
  readonly status: 'failed' | 'cancelled';
  readonly error: ErrorRecord;
  readonly errors?: readonly PartialFailure[];
  /** When it ended. */
  readonly at?: number;
}

/** An event that was published. */
export interface Published {
  readonly id: string;
  readonly name: string;
  /** As it was written, JSON. */
  readonly payload?: unknown;
  /** When. */
  readonly at: number;
}

/** A run that waits for an event. */
export interface Waiting {
  readonly run: string;
  readonly invocation: InvocationId | string;
  /** The name of the signal by which it hears of the event. One for each wait. */
  readonly signal: string;
  /** Events that came before do not count. */
  readonly since: number;
  /** The ids of events of this name that the run has taken, those by `after` excepted. */
  readonly taken: readonly string[];
  /** The position of the newest event that the run has taken by the same event and fields. */
  readonly after?: number;
}

/** An event that a waiting run gets: from the buffer at once, or by its signal. */
export interface Came {
  readonly event: Published;
  /** For `after` of the next wait for the same. */
  readonly position: number;
}
