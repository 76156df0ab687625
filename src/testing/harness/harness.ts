import { MillraceError, type Duration } from '../../core/index.ts';
import { ReactiveSystemRuntime, type FlowResult, type RuntimeOptions, type TaskCode } from '../../runtime/index.ts';
import { openMemory, openSqlite, type Store } from '../../store/index.ts';
import { silentLogger, type BoundSystem } from '../../tasks/index.ts';
import { seededRandom } from '../random.ts';
import { SimulatedClock } from '../simulated-clock.ts';

/** Options of a runtime for tests: those of a runtime, and what stands in for the world. */
export interface TestRuntimeOptions extends Omit<RuntimeOptions, 'clock'> {
  /** Code in place of that of the system. */
  readonly tasks?: Readonly<Record<string, TaskCode>>;
  /** Where time starts, in ms since 1970. Default: 2026-01-01. */
  readonly start?: number;
}

/** A runtime with all that a test needs around it. */
export interface TestRuntime extends AsyncDisposable {
  /** The runtime that drives the database now: another one after `crash` and `restart`. */
  readonly runtime: ReactiveSystemRuntime;
  readonly clock: SimulatedClock;
  readonly store: Store;
  /** Lets time pass; whatever falls due happens at its own time, and comes to rest before time goes on. */
  advance(time: Duration | number): Promise<void>;
  /**
   * Skips time until the run is over, and gives its result.
   *
   * @throws MillraceError MR3553 when it waits for something that time does not bring: an event, a decision, a resume.
   */
  finish(runId: string): Promise<FlowResult>;
  /**
   * Resolves after so many ms of simulated time (`Infinity`: never), or rejects when the signal aborts: for tasks that
   * take time. Whoever waits otherwise, for a real timer or for the clock, holds simulated time up.
   */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
  /** As after `kill -9`: what was not committed is gone, and a new runtime goes on with the database. */
  crash(): void;
  /** Ends in good order, and starts again. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A runtime for tests: in memory unless you give a `db` or a `store`, silent, with a clock that skips time, and ids that are
 * the same in every run.
 *
 * @example
 * ```ts
 * import type { BoundSystem } from 'millrace/tasks';
 * import { scriptedTask, testRuntime } from 'millrace/testing';
 *
 * declare const orders: BoundSystem;
 *
 * const chargeCard = scriptedTask([new Error('The bank is closed.'), { paymentId: 'p-1' }]);
 * await using test = testRuntime(orders, { tasks: { chargeCard } });
 * const { runId } = await test.runtime.start('fulfilOrder', { orderId: 'A1' });
 * test.crash();
 * const { status } = await test.finish(runId); // retries and sleeps take no time
 * console.log(status, chargeCard.calls.length);
 * ```
 */
export function testRuntime(system: BoundSystem, options: TestRuntimeOptions = {}): TestRuntime {
  const { tasks = {}, start, db, store: given, ...rest } = options;
  const store = given ?? (db === undefined ? openMemory() : openSqlite(db));
  const random = seededRandom(system.name);
  const clock = new SimulatedClock({ ...(start === undefined ? {} : { start }), settle });
  let waiting = 0;
  /** For how many turns of the event loop nothing was heard of the runtime. */
  let quiet = 0;
  let runtime = open();

  function open(): ReactiveSystemRuntime {
    const opened = new ReactiveSystemRuntime(system, { logger: silentLogger, random, ...rest, store, clock });
    opened.registerTaskImplementations(tasks);
    opened.on(() => (quiet = 0));
    return opened;
  }

  async function settle(): Promise<void> {
    const rest = { came: false };
    const came = (): void => {
      rest.came = true;
    };
    runtime.idle().then(came, came);
    // An attempt that waits for time is at work, and would hold it up; so would another timer of this moment.
    const free = (): boolean => waiting > 0 || (clock.next ?? Infinity) <= clock.now();
    for (quiet = 0; !rest.came && (quiet < 20 || !free()); quiet++)
      await new Promise((resolve) => setImmediate(resolve));
  }

  const close = async (): Promise<void> => {
    await runtime.close();
    if (given === undefined) store.close();
  };
  return {
    get runtime() {
      return runtime;
    },
    clock,
    store,
    wait(ms, signal) {
      if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
      waiting++;
      const waited = new Promise<void>((resolve, reject) => {
        const off = ms === Infinity ? () => {} : clock.at(clock.now() + ms, resolve);
        signal?.addEventListener('abort', () => {
          off();
          reject(signal.reason as Error);
        });
      });
      return waited.finally(() => waiting--);
    },
    advance: (time) => clock.advance(time),
    async finish(runId) {
      for (;;) {
        await settle();
        const run = runtime.status(runId);
        if (run === undefined || ['completed', 'failed', 'cancelled', 'blocked'].includes(run.status))
          return runtime.result(runId);
        if (await clock.advanceToNext()) continue;
        const waits = store.tables.waits.of(runId).map(({ event, path }) => `'${path}' waits for ${event}`);
        throw new MillraceError(
          `Run '${runId}' is ${run.status}, and no time will end it: ${waits.join(', ') || 'nothing wakes it'}.`,
          { code: 'MR3553', retryable: false, fault: 'user-code', details: { run: runId } },
        );
      }
    },
    crash() {
      runtime.abandon();
      store.transaction((tx) => tx.owner.release());
      runtime = open();
    },
    async restart() {
      await runtime.close();
      runtime = open();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
