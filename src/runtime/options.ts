import { MillraceError, nearest, systemClock, type Clock, type ClockOrigin, type Scheduler } from '../core/index.ts';
import type { Models } from '../llm/index.ts';
import { openSqlite, type Store } from '../store/index.ts';
import type { Logger, Retention, WorldPort } from '../tasks/index.ts';
import type { ProcessLimits } from './attempts/index.ts';
import { RunError, type HistoryLimit, type ResourceOption, inWholeMs } from '../engine/index.ts';
import { readColumn } from './unreadable.ts';
import type { WorkersOption } from './workers/settings.ts';

/** How a runtime is set up. Either `db` or `store` must be given: nothing durable is guessed. */
export interface RuntimeOptions extends ProcessLimits {
  /** The SQLite file. `':memory:'` for one that is gone at the end of the process. */
  readonly db?: string;
  /** An open store instead of a file. */
  readonly store?: Store;
  /**
   * Where time comes from. `{ factor }` speeds it up; the factor and the moment of its start are kept in the database
   * when it is opened for the first time, and every later process goes on with them.
   */
  readonly clock?: Clock | { readonly factor: number };
  /** When callbacks run, and the time by which processes know one another to be alive. Default: the event loop's. */
  readonly scheduler?: Scheduler;
  /** Numbers in [0, 1), for ids and jitter. Default: `Math.random`. */
  readonly random?: () => number;
  /** Default: warnings and errors, as JSON lines on stderr. */
  readonly logger?: Logger;
  /**
   * How long `close()` waits for the attempts of tasks that are under way, in ms of real time, before it aborts them.
   * Default 10,000.
   */
  readonly drainMs?: number;
  /** How many waiting runs stay in memory. Default 10,000. */
  readonly resident?: number;
  /**
   * Lets other processes make attempts of tasks, too: `Worker`, or `dsl work`. Every attempt is then a row in the
   * database until its result is recorded. Default: off, this process makes all of them.
   */
  readonly workers?: boolean | WorkersOption;
  /** After how many deaths in a row of the process that makes a try its run is parked (MR3270). Default 5. */
  readonly maxLost?: number;
  /** How deep flows may run flows, one in the other. Default 100: what goes deeper has most likely no end. */
  readonly maxDepth?: number;
  /**
   * After how many lines of the journal a `repeat` lets go of rounds that are over and that nothing needs any more; the
   * last 10 stay. Default 1000; `Infinity` keeps all of them.
   */
  readonly compactAfter?: number;
  /**
   * How much of the history of machine instances is kept; under `machines` for one machine. What is beyond it goes when
   * its instance changes, and, with this option, at the start and once an hour.
   */
  readonly history?: HistoryLimit & { readonly machines?: Readonly<Record<string, HistoryLimit>> };
  /** Does the engine count what it does from the start? See `engineMetrics()`. */
  readonly metrics?: boolean;
  /**
   * How much is kept of what is over; member by member it goes before what the system says. Looked at when the runtime
   * starts and once an hour.
   */
  readonly retention?: Retention;
  /**
   * Where declared resources are, for tasks and for evidence: `{ books: { file: 'books.db' } }` for a SQLite file, which is
   * opened for reading only, `{ books: { row: (table, where) => …, rows: (sql, parameters) => … } }`, or
   * `{ shop: { baseUrl: 'http://localhost:8080' } }`, which goes before the declared address.
   */
  readonly resources?: Readonly<Record<string, ResourceOption>>;
  /**
   * What tasks reach with `fetch`, `fs`, `env` and `resource` of their context, instead of what is really there:
   * `fakeWorld({ … })` of `millrace/testing`. The time and the ids stay those of the engine.
   */
  readonly world?: WorldPort;
  /**
   * Who performs tasks that are declared with a `model`: `openModels()` of `millrace/llm`. Budgets, usage, answers that
   * were paid before and what tasks note are kept in the database.
   */
  readonly models?: Models;
  /**
   * Milliseconds of real time, from some moment on, by which the steps of machines are measured. Default:
   * `performance.now`.
   */
  readonly stopwatch?: () => number;
}

const fastest = 60_000_000;

interface StoredClock {
  readonly factor: number;
  readonly origin: ClockOrigin;
}

const optionNames: Readonly<Record<keyof RuntimeOptions, true>> = {
  db: true,
  store: true,
  clock: true,
  scheduler: true,
  random: true,
  logger: true,
  drainMs: true,
  resident: true,
  workers: true,
  maxLost: true,
  maxDepth: true,
  compactAfter: true,
  history: true,
  metrics: true,
  retention: true,
  resources: true,
  world: true,
  models: true,
  stopwatch: true,
  concurrency: true,
  rateLimit: true,
  queue: true,
};

/** Refuses what is no option: it would be without effect, and nobody would know. @throws RunError MR3224. */
export function checkOptions(options: RuntimeOptions): void {
  const names = Object.keys(optionNames);
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(optionNames, name)) continue;
    const like = nearest(name, names);
    throw new RunError(
      'MR3224',
      `A runtime has no option '${name}'. ${like === undefined ? '' : `Did you mean '${like}'? `}It has ${names.join(', ')}.`,
      { fault: 'input', details: { option: name } },
    );
  }
}

/** Opens what the options name. */
export function openStore(options: Pick<RuntimeOptions, 'db' | 'store'>): Store {
  if (options.store !== undefined) return options.store;
  if (options.db !== undefined) return openSqlite(options.db);
  throw new MillraceError(
    `Name the database: { db: 'orders.db' }, or { db: ':memory:' } for one that is gone at the end of the process.`,
    {
      code: 'MR3011',
      retryable: false,
      fault: 'input',
    },
  );
}

/** Refuses a clock that could not run: it would be kept in the database, and no later process could undo it. */
export function checkClock(option: RuntimeOptions['clock']): void {
  if (option === undefined || 'now' in option || (option.factor > 0 && option.factor <= fastest)) return;
  throw new MillraceError(
    `The factor of a clock is a number above 0 and at most ${fastest} (a year in half a second), not ${String(option.factor)}.`,
    { code: 'MR3013', retryable: false, fault: 'input' },
  );
}

/** The clock of this database: the one given, or the accelerated one that it remembers. */
export function clockOf(store: Store, option: RuntimeOptions['clock']): Clock {
  if (option !== undefined && 'now' in option) return inWholeMs(option);
  const known = store.tables.meta.get('clock');
  if (known !== undefined) return systemClock(readColumn<StoredClock>('the clock of the database', 'value', known));
  if (option === undefined) return systemClock();
  const real = Date.now();
  const stored: StoredClock = { factor: option.factor, origin: { real, virtual: real } };
  store.transaction((tx) => tx.meta.set('clock', JSON.stringify(stored)));
  return systemClock(stored);
}
