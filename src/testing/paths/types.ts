/** How the paths of a machine are searched for. */
export interface PathOptions {
  /** Payloads that you know to be telling, by the event's name in the machine; `done.run.ID` for what work gives. */
  readonly payloads?: Readonly<Record<string, readonly unknown[]>>;
  /** The contexts that an instance may begin with. Default: what the schema makes of `{}`, or samples of the schema. */
  readonly contexts?: readonly unknown[];
  /** Values to try beside those that stand in the lambdas themselves, such as the limits in a function that they call. */
  readonly constants?: readonly (string | number)[];
  /** Which samples are tried where there are too many combinations. Default: 1. */
  readonly seed?: number | string;
  /** How many payloads are tried for one event in one situation. Default: 32, and 400 where that finds too little. */
  readonly candidates?: number;
  /** How many steps the search may take before it gives up. Default: 20 000. */
  readonly limit?: number;
  /** How many steps a path may have. Default: 1000. */
  readonly depth?: number;
}

/** Where a machine stands after a step, and what the step did. */
export interface Expectation {
  /** The active leaf states, in document order. */
  readonly state: readonly string[];
  /** The transitions that were taken, in order: `open.on.orderCancelled[0]`. */
  readonly taken: readonly string[];
  /** The transitions that were not taken because their guards did not hold, if any. */
  readonly refused?: readonly string[];
  /** What the host was asked to do, in order, as `effectText` says it. */
  readonly asked: readonly string[];
  /** The fields of the context that are different now; at the start all of them. */
  readonly changed: Readonly<Record<string, unknown>>;
  /** What guards and actions threw, when they did. */
  readonly errors?: readonly string[];
}

/** One event on a path. */
export interface PathStep {
  /** An event of the log, a timer or delayed send that is due, the end of work, or a message that cannot be delivered. */
  readonly kind: 'event' | 'timer' | 'done' | 'failed' | 'unreachable';
  /** The name by which the machine knows it. */
  readonly event: string;
  /** What the event's schema makes of the payload. */
  readonly payload?: unknown;
  /** How many milliseconds pass before it. */
  readonly wait: number;
  readonly expect: Expectation;
}

/** One life of an instance, from its start. */
export interface TransitionPath {
  /** What its context begins with, before the schema adds its defaults. */
  readonly context: unknown;
  readonly start: Expectation;
  readonly steps: readonly PathStep[];
  /** The transitions that no path before this one has taken. */
  readonly covers: readonly string[];
  /** The transitions whose guards no path before this one has seen not to hold. */
  readonly refuses: readonly string[];
  /** Where it ends. */
  readonly end: { readonly status: 'active' | 'done'; readonly context: unknown; readonly output?: unknown };
}

/** A transition that no path takes, and why. */
export interface UncoveredTransition {
  readonly transition: string;
  readonly why: string;
  /** `line:column` in its source, where that is known. */
  readonly at?: string;
}

/** Paths that together take every transition of a machine that the search could take. */
export interface TransitionPaths {
  readonly machine: string;
  /** The hash of the machine. */
  readonly hash: string;
  /** The key of the instance in all payloads. */
  readonly instanceId: string;
  /** When every path begins, in milliseconds since 1970. */
  readonly now: number;
  readonly paths: readonly TransitionPath[];
  readonly covered: readonly string[];
  readonly uncovered: readonly UncoveredTransition[];
  /** The transitions whose guards held every time. */
  readonly unrefused: readonly string[];
  readonly search: {
    /** How many different situations it has seen. */
    readonly situations: number;
    readonly steps: number;
    /** False: it gave up at its limit, and what is uncovered may still be reachable. */
    readonly complete: boolean;
    /** Inputs after which the machine did not come to rest. */
    readonly restless: readonly string[];
  };
}
