import type { AnyTask } from '../../flow/index.ts';
import type { AttemptIds } from '../errors.ts';

/** What of the world a task is given: nothing else is there for code that is written by a model. */
export interface TaskWorld {
  /** Asks a host that the task declares in `needs.net`, or that of a resource. */
  readonly fetch: typeof globalThis.fetch;
  /** Files that match what the task declares in `needs.fs`. */
  readonly fs: TaskFiles;
  /** A variable of the environment that the task declares in `needs.env`. */
  readonly env: (name: string) => string | undefined;
  /** A resource that the task declares in `needs.resources`. */
  readonly resource: (name: string) => TaskResource;
}

/** Whose world is opened. */
export interface WorldAttempt {
  readonly contract: AnyTask;
  readonly ids: AttemptIds;
  /** Of the attempt: what is asked of the net ends with it. Made when it is asked for. */
  readonly signal: () => AbortSignal;
  /** Has it ended? Then what it asks for is refused. */
  readonly over: () => boolean;
}

/** Where the world of an attempt comes from: the real one of an engine, or `fakeWorld()`. */
export interface WorldPort {
  /** Called when a task asks for the first time; most never do. */
  open(attempt: WorldAttempt): TaskWorld;
  /** Goes before the clock of the attempt. */
  now?(): number;
  /** Goes before the ids that come of the idempotency key. */
  newId?(): string;
}

/** Files, by paths that are relative to the working directory. */
export interface TaskFiles {
  readText(path: string): Promise<string>;
  readBytes(path: string): Promise<Uint8Array>;
  /** Whole or not at all. Folders that are missing are made. */
  write(path: string, content: string | Uint8Array): Promise<void>;
  /** Is there such a file? */
  exists(path: string): Promise<boolean>;
  /** The files below a folder that match, sorted. Empty when there is no such folder. */
  list(path: string): Promise<readonly string[]>;
  /** It is no error when there is no such file. */
  remove(path: string): Promise<void>;
}

/** Something outside, as the system declares it. */
export interface TaskResource {
  readonly name: string;
  readonly type: 'http' | 'webhook' | 'database' | 'custom';
  readonly options: Readonly<Record<string, unknown>>;
  /** A secret that the resource declares. */
  env(name: string): string | undefined;
  /** Of an `http` resource: asks a path below its `baseUrl`. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Of a `database` resource that is a SQLite file: the rows of a query, read only. */
  rows(
    sql: string,
    parameters?: readonly (string | number | null)[],
  ): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** What stands in for the world while a task is tried: data, so that a case can be written down and read. */
export interface Fakes {
  /** The time, in ms since 1970. */
  readonly now?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** The content of files by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly fetch?: readonly FakeExchange[];
  readonly resources?: Readonly<
    Record<
      string,
      {
        readonly env?: Readonly<Record<string, string>>;
        readonly fetch?: readonly FakeExchange[];
        readonly rows?: readonly {
          readonly sql: string;
          readonly gives: readonly Readonly<Record<string, unknown>>[];
        }[];
      }
    >
  >;
}

/** A request and what it is answered with. One that no exchange fits is an error. */
export interface FakeExchange {
  /** Default GET. */
  readonly method?: string;
  /** The address; a `*` stands for any text. Of a resource: the path. */
  readonly url: string;
  /** What the body has to be, as JSON. Left out: anything. */
  readonly body?: unknown;
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
}
