import type { z } from 'zod';
import type { Duration, ErrorRecord } from '../core/index.ts';
import type { GraphFailure, GraphNodes, GraphOptions, GraphValue } from './graph.ts';
import type { Call, AnyEvent, AnyFlow, Parsed, RetryPolicy, Schema, Written } from './contract.ts';

/** `line:column` in the flow's `.dsl.ts`, so that a run-time error points there. */
export type At = `${number}:${number}`;

export interface StepOptions {
  readonly at: At;
  readonly retry?: RetryPolicy;
  readonly timeout?: Duration;
}

/** A part of a flow: it gets a host of its own, whose step paths begin with the part's. */
export type Part<Value, Extra extends readonly unknown[] = []> = (host: Host, ...extra: Extra) => Promise<Value>;
type ValuesOf<Parts> = { readonly [K in keyof Parts]: Parts[K] extends Part<infer Value> ? Value : never };
/** Which part won a race, and what it gave. */
export type Winner<Parts> = {
  readonly [K in keyof Parts]: {
    readonly winner: K;
    readonly value: Parts[K] extends Part<infer Value> ? Value : never;
  };
}[keyof Parts];

export interface ApproveOptions<Form extends Schema = Schema> {
  readonly at: At;
  readonly form?: Form;
  /** What the person reads. */
  readonly message?: () => string;
  readonly timeout?: Duration;
  readonly onTimeout?: 'fail' | 'continue';
}

/** What a person decided. */
export type Approval<Form extends Schema = Schema> = Approved<Form> | Rejected<Form>;

interface Decided {
  /** Who decided. */
  readonly by: string;
  /** When, in ms since 1970. */
  readonly at: number;
}

interface Approved<Form extends Schema> extends Decided {
  readonly approved: true;
  /** What was filled in. */
  readonly form: Parsed<Form>;
}

interface Rejected<Form extends Schema> extends Decided {
  readonly approved: false;
  /** What was filled in, if anything was: a rejection needs no form. */
  readonly form: Parsed<Form> | undefined;
}

/** Does what is called for and gives its result, or what `onFailure` puts in its place. */
export interface Perform {
  <Result>(
    id: string,
    call: () => Call<Result>,
    options: StepOptions & { readonly onFailure?: 'stop' },
  ): Promise<Result>;
  <Result>(
    id: string,
    call: () => Call<Result>,
    options: StepOptions & { readonly onFailure: 'continue' },
  ): Promise<Result | undefined>;
  <Result, Fallback>(
    id: string,
    call: () => Call<Result>,
    options: StepOptions & { readonly onFailure: { readonly fallback: () => Fallback } },
  ): Promise<Result | Fallback>;
}

/**
 * What a compiled flow is written against: the one seam between generated code and an engine. Every call has an id
 * that is unique in its part; ids joined with `/` are the path under which the engine records what happened, for
 * example `prepared/stock/held[3]/line`. Lambdas are evaluated by the host, so that a throwing one fails its step.
 */
export interface Host {
  /** The id of the run. */
  readonly runId: string;

  /** Runs one task and gives its result. */
  readonly step: Perform;

  /** Runs another flow as a run of its own and gives its result. */
  readonly child: Perform;

  /** Says how the finished step `id` of this part is undone when something later fails. */
  undo(id: string, call: () => Call<unknown>, options: { readonly at: At }): void;

  /** Picks a part by the value of `on` and records the choice. */
  branch<Parts extends Readonly<Record<string, Part<unknown>>>>(
    id: string,
    on: () => (keyof Parts & string) | boolean,
    parts: Parts,
    options: { readonly at: At },
  ): Promise<Awaited<ReturnType<Parts[keyof Parts]>>>;

  /** Runs all parts at the same time. When one fails the others are cancelled; what finished stays recorded. */
  all<Parts extends Readonly<Record<string, Part<unknown>>>>(
    id: string,
    parts: Parts,
    options: { readonly at: At; readonly concurrency?: number },
  ): Promise<ValuesOf<Parts>>;

  /** Runs a part for each item, at most `concurrency` at a time (default 5) as a sliding window; values in order. */
  map<Item, Value>(
    id: string,
    over: () => readonly Item[],
    part: Part<Value, [item: Item, index: number]>,
    options: { readonly at: At; readonly concurrency?: number },
  ): Promise<readonly Value[]>;

  /** Runs a part until the condition holds, at most `max` times; the value is that of the last round. */
  repeat<Value>(
    id: string,
    part: Part<Value, [index: number]>,
    until: (value: Value, index: number) => boolean,
    options: { readonly at: At; readonly max: number; readonly delay?: Duration },
  ): Promise<Value>;

  /**
   * Runs all parts at the same time. The first to finish wins: its name is recorded, then the others are cancelled and
   * what they did is undone. A part that fails drops out; when all have, the race fails.
   */
  race<Parts extends Readonly<Record<string, Part<unknown>>>>(
    id: string,
    parts: Parts,
    options: { readonly at: At },
  ): Promise<Winner<Parts>>;

  /**
   * Runs tasks and child flows in batches: all whose needs have ended, in the order declared, then the next ones. The
   * value is an object of their results.
   */
  graph<Done, Failure extends GraphFailure = 'failFast'>(
    id: string,
    nodes: (g: GraphNodes<{}>) => GraphNodes<Done>,
    options: GraphOptions<Failure>,
  ): Promise<GraphValue<Done, Failure>>;

  /** Runs a part; when it fails, undoes what it did and runs the handler. */
  attempt<Value, Handled>(
    id: string,
    part: Part<Value>,
    handler: Part<Handled, [error: ErrorRecord]>,
    options: { readonly at: At },
  ): Promise<Value | Handled>;

  /** Waits for a time. */
  sleep(id: string, time: Duration | (() => Duration), options: { readonly at: At }): Promise<void>;

  /** Waits for an event whose fields equal the given ones. */
  receive<E extends AnyEvent>(
    id: string,
    event: E,
    options: {
      readonly at: At;
      readonly match?: () => Readonly<Record<string, unknown>>;
      readonly timeout?: Duration;
      readonly onTimeout?: 'fail';
    },
  ): Promise<Parsed<E['payload']>>;
  receive<E extends AnyEvent>(
    id: string,
    event: E,
    options: {
      readonly at: At;
      readonly match?: () => Readonly<Record<string, unknown>>;
      readonly timeout?: Duration;
      readonly onTimeout: 'continue';
    },
  ): Promise<Parsed<E['payload']> | undefined>;

  /** Waits until a person has decided, and gives the decision. `form` is what the person fills in. */
  approve<Form extends Schema = z.ZodVoid>(
    id: string,
    options: ApproveOptions<Form> & { readonly onTimeout?: 'fail' },
  ): Promise<Approval<Form>>;
  approve<Form extends Schema = z.ZodVoid>(
    id: string,
    options: ApproveOptions<Form> & { readonly onTimeout: 'continue' },
  ): Promise<Approval<Form> | undefined>;

  /** Publishes an event. */
  emit(id: string, call: () => Call<void>, options: { readonly at: At }): Promise<void>;

  /** The time of the last thing that happened in this part, in ms since 1970; the same in every replay. */
  now(): number;
  /** A number in [0, 1) that is the same in every replay. */
  random(): number;
  /** An id that is the same in every replay. */
  idGen(): string;
}

/** What `onFailure` of a flow can read. */
export interface FailureScope<Input> {
  readonly input: Input;
  readonly error: ErrorRecord;
  /** When the run failed, in ms since 1970. */
  readonly now: number;
  readonly runId: string;
}

/** When runs of a flow start by themselves. */
export interface FlowSchedule<Input = unknown> {
  /** Minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  /** By its IANA name. Default: UTC. */
  readonly timeZone?: string;
  /** What each run gets. */
  readonly input?: Input;
  /** What becomes of due times at which nobody drove the database. Default: `'once'`. */
  readonly missed?: 'skip' | 'once' | 'all';
  /** Whether a run is started while the one before is not over. Default: `'allow'`. */
  readonly overlap?: 'allow' | 'skip';
}

/** A compiled flow: its contract, what an engine must know of it beforehand, and the code. */
export interface FlowModule<C extends AnyFlow = AnyFlow> {
  readonly kind: 'flow';
  readonly contract: C;
  /** The hash of the flow in the model. */
  readonly hash: string;
  /** The event that starts a run. */
  readonly on?: AnyEvent;
  readonly schedule?: FlowSchedule<Written<C['input']>>;
  /** Of a whole run. */
  readonly timeout?: Duration;
  /** Runs when a run of this flow has failed for good. */
  readonly onFailure?: (scope: FailureScope<Parsed<C['input']>>) => Call<unknown>;
  /** The events it waits for and the payload fields it matches on. */
  readonly waits: readonly { readonly event: string; readonly fields: readonly string[] }[];
  /** What people fill in, by the path of the `approve` without the numbers of rounds and items. */
  readonly forms?: Readonly<Record<string, Schema>>;
  readonly run: (host: Host, input: Parsed<C['input']>) => Promise<unknown>;
}
