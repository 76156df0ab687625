import type { z } from 'zod';
import type { Duration } from '../../core/index.ts';
import type { Schema } from '../../flow/index.ts';

type Written<S> = S extends Schema ? Constant<S['_zod']['input']> : unknown;
/** What may be a constant of the file, `as const`. */
type Constant<T> = unknown extends T
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Constant<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: Constant<T[K]> }
      : T;
type Read<S> = S extends Schema ? S['_zod']['output'] : unknown;
type Many<T> = T | readonly T[];

/** The definitions of one kind that a source exports, by their names. */
type Named<Source, Kind extends string> = {
  [
    P in keyof Source as Source[P] extends { readonly kind: Kind; readonly name: infer Name extends string }
      ? string extends Name
        ? never
        : Name
      : never
  ]: Source[P];
};
type NameOf<Source, Kind extends string> = keyof Named<Source, Kind> & string;
type Member<Source, Kind extends string, Name, Key extends string> = Name extends keyof Named<Source, Kind>
  ? Named<Source, Kind>[Name] extends { readonly [K in Key]: infer Value }
    ? Value
    : never
  : never;

/** Some of the fields of a value: what is not named may be anything, a list is told whole, `undefined` means absent. */
export type Partly<T> = unknown extends T
  ? unknown
  : T extends string & z.core.$brand
    ? string
    : T extends number & z.core.$brand
      ? number
      : T extends readonly (infer Item)[]
        ? readonly Partly<Item>[]
        : T extends string | number | boolean | bigint | Date | null | undefined
          ? T
          : T extends object
            ? { readonly [K in keyof T]?: Partly<T[K]> | undefined }
            : T;

/** What a task answers, when it is called with an input that `for` describes, or with any. */
export type TaskAnswer<In = unknown, Out = unknown> = { readonly for?: Partly<In> } & (
  | (undefined extends Out ? { readonly gives?: Out } : { readonly gives: Out })
  | { readonly fails: Failing }
);

/** How a try fails: its code, and whether it may be tried again (not, unless it says so). */
export type Failing = string | { readonly code: string; readonly message?: string; readonly retryable?: boolean };

/** The answers of a task, one after the other (the last one stays), a function, or its own code. */
export type TaskAnswers<In = unknown, Out = unknown> =
  | Many<TaskAnswer<In, Out>>
  | ((input: In, attempt: number) => Out)
  | 'real';

type OptionalPayload<Key extends string, Value> = undefined extends Value
  ? { readonly [K in Key]?: Value }
  : { readonly [K in Key]: Value };

type SendStep<Source> = {
  [Name in NameOf<Source, 'event'>]: { readonly send: Name } & OptionalPayload<
    'payload',
    Written<Member<Source, 'event', Name, 'payload'>>
  >;
}[NameOf<Source, 'event'>];
type StartStep<Source> = {
  [Name in NameOf<Source, 'flow'>]: { readonly start: Name; readonly id?: string } & OptionalPayload<
    'input',
    Written<Member<Source, 'flow', Name, 'input'>>
  >;
}[NameOf<Source, 'flow'>];

/** Something that happens, after which everything comes to rest. */
export type When<Source> =
  | SendStep<Source>
  | StartStep<Source>
  /** Time passes; `'end'`: until nothing is left that waits for time. */
  | { readonly advance: Duration | 'end' }
  /** A person decides an `approve`; `run` is needed where several wait. */
  | {
      readonly decide: string;
      readonly run?: string;
      readonly approved: boolean;
      readonly by?: string;
      readonly form?: unknown;
    }
  /** By the id of the run, or the name of its flow. */
  | { readonly cancel: string }
  | { readonly pause: string }
  | { readonly resume: string }
  /** What should be so in between. */
  | { readonly expect: Expected<Source> };

/** How a run should stand. */
export interface RunExpectation<Output = unknown> {
  /** Needed where several runs of the flow are told of in another order than they began. */
  readonly id?: string;
  readonly status?: 'running' | 'waiting' | 'paused' | 'blocked' | 'completed' | 'failed' | 'cancelled';
  readonly output?: Partly<Output>;
  /** Its code, or fields of it. */
  readonly error?: string | { readonly code?: string; readonly message?: string };
  /** The status of steps, by their paths; `null`: it never began. */
  readonly steps?: Readonly<
    Record<string, 'running' | 'waiting' | 'completed' | 'failed' | 'skipped' | 'cancelled' | null>
  >;
}

/** How an instance should stand. */
export interface InstanceExpectation<State extends string = string, Context = unknown> {
  /** The active leaf state, or all of them. */
  readonly state?: Many<State>;
  readonly status?: 'active' | 'done' | 'stopped';
  readonly context?: Partly<Context>;
  readonly output?: unknown;
}

/** What should be so. What is not named may be anything. */
export interface Expected<Source> {
  /** By flow. `null`: no run of it. */
  readonly runs?: {
    readonly [Name in NameOf<Source, 'flow'>]?: Many<RunExpectation<Member<Source, 'flow', Name, '~gives'>>> | null;
  };
  /** By machine and id. `null`: no such instance. */
  readonly instances?: {
    readonly [Name in NameOf<Source, 'machine'>]?: Readonly<
      Record<
        string,
        InstanceExpectation<
          Extract<Member<Source, 'machine', Name, '~state'>, string>,
          Read<Member<Source, 'machine', Name, 'context'>>
        > | null
      >
    >;
  };
  /** All that the system has published so far, in order; what the scenario sends is not in it. */
  readonly emitted?: readonly {
    [Name in NameOf<Source, 'event'>]: {
      readonly event: Name;
      readonly payload?: Partly<Read<Member<Source, 'event', Name, 'payload'>>>;
    };
  }[NameOf<Source, 'event'>][];
  /** How often a task was called so far, retries included, or with what, in order. */
  readonly tasks?: {
    readonly [Name in NameOf<Source, 'task'>]?: number | readonly Partly<Read<Member<Source, 'task', Name, 'input'>>>[];
  };
}

/** What a scenario says. */
export interface ScenarioDefinition<Source> {
  readonly given?: {
    /** When it begins, as ISO text. Default: 2026-01-01T00:00:00Z. */
    readonly at?: string;
    /** What tasks answer. One that is called and has no answer here fails, and the scenario with it. */
    readonly tasks?: {
      readonly [Name in NameOf<Source, 'task'>]?: TaskAnswers<
        Read<Member<Source, 'task', Name, 'input'>>,
        Written<Member<Source, 'task', Name, 'output'>>
      >;
    };
    /** Instances that are there already, by machine and id: their contexts. */
    readonly instances?: {
      readonly [Name in NameOf<Source, 'machine'>]?: Readonly<
        Record<string, { readonly context?: Written<Member<Source, 'machine', Name, 'context'>> }>
      >;
    };
  };
  readonly when: readonly When<Source>[];
  readonly expect: Expected<Source>;
}

/** A story that a system is to follow. */
export interface Scenario {
  readonly kind: 'scenario';
  readonly name: string;
  readonly definition: ScenarioDefinition<unknown>;
}
