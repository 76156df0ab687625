import { setImmediate as turn } from 'node:timers/promises';
import { systemScheduler, toErrorRecord, type Clock, type ErrorRecord } from '../core/index.ts';
import type { JournalRow, RunRow, Store } from '../store/index.ts';
import { silentLogger, type BoundSystem } from '../tasks/index.ts';
import { Attempts } from './attempts/index.ts';
import { Bus } from './bus.ts';
import type { Context } from './context.ts';
import { never, RunError, Registry, worldOf } from '../engine/index.ts';
import { programFor } from './program-for.ts';
import { LiveRun } from './live-run.ts';
import type { Undo } from './host/undo.ts';
import { Writer } from './writer.ts';

/** A run that is only looked at: it goes through what its journal knows, and rests at whatever would be new. */
class Rehearsal extends LiveRun {
  reason: RunError | undefined;

  override block(error: RunError): Promise<never> {
    if (!this.dead) {
      this.reason ??= error;
      this.abandon(error);
    }
    return never();
  }

  override committed(): Promise<void> {
    return never();
  }

  override wait(): Promise<void> {
    return never();
  }

  // What it has called it may call.
  override get depth(): number {
    return 0;
  }

  override failed(): void {
    // Nothing is written, so nothing can fail to be.
  }
}

/** The undos that a flow has declared, also those that have begun since: their steps by path. */
class Declared extends Array<Undo> {
  readonly paths = new Set<string>();

  override push(...undos: Undo[]): number {
    for (const { path } of undos) this.paths.add(path);
    return super.push(...undos);
  }
}

/** A run that is asked for its undos only: where a step has another input by now, it is passed all the same. */
class Inquiry extends Rehearsal {
  override readonly undos = new Declared();
  /** The steps that the flow has come to. */
  readonly seen = new Set<string>();

  constructor(...of: ConstructorParameters<typeof LiveRun>) {
    super(...of);
    const { records } = this;
    const get = records.get.bind(records);
    records.get = (path) => {
      this.seen.add(path);
      return get(path);
    };
  }

  /** Has it come to something that does not fit? */
  differs = false;

  override block(): Promise<never> {
    this.differs = true;
    return Promise.resolve() as Promise<never>;
  }
}

/** What came of a rehearsal. */
export interface Rehearsed {
  /** Why the run would not go on; undefined when it would. */
  readonly reason: ErrorRecord | undefined;
  /** The paths of the failures that it has passed over. */
  readonly passed: ReadonlySet<string>;
}

/** Replays the journal of a run with the code that there is. Nothing is done and nothing is written. */
export function rehearse(
  { registry, clock }: Pick<Context, 'registry' | 'clock'>,
  row: RunRow,
  journal: readonly JournalRow[],
): Promise<Rehearsed> {
  return play(idle(registry, clock), row, journal);
}

/**
 * The paths of the finished steps of a run that have an undo, whether it has been done or not. Behind a place where the code does
 * not fit the journal nothing is known: `seen` are then the steps that the flow has come to.
 */
export async function undosOf(
  { registry, clock }: Pick<Context, 'registry' | 'clock'>,
  row: RunRow,
  journal: readonly JournalRow[],
): Promise<{ readonly undos: ReadonlySet<string>; readonly seen?: ReadonlySet<string> }> {
  const program = programFor(registry, row);
  if (program instanceof RunError) return { undos: new Set() };
  const run = new Inquiry(idle(registry, clock), row, program, journal, () => {});
  await rest(run);
  return { undos: run.undos.paths, ...(run.differs ? { seen: run.seen } : {}) };
}

async function play(context: Context, row: RunRow, journal: readonly JournalRow[]): Promise<Rehearsed> {
  const refused = (thrown: unknown): Rehearsed => ({ reason: toErrorRecord(thrown), passed: new Set() });
  const program = programFor(context.registry, row);
  if (program instanceof RunError) return refused(program);
  let run: Rehearsal;
  try {
    run = new Rehearsal(context, row, program, journal, () => {});
  } catch (thrown) {
    return refused(thrown);
  }
  await rest(run);
  const { reason, errors } = run;
  return {
    reason: reason === undefined ? undefined : toErrorRecord(reason),
    passed: new Set(errors.map(({ path }) => path)),
  };
}

async function rest(run: Rehearsal): Promise<void> {
  void run.drive().catch(() => {});
  // Replays wait for nothing but for one another: when the event loop comes round, they have come to rest.
  await turn();
  await turn();
  run.abandon();
}

/**
 * Would a run go on under this system? Replays its journal, and gives the reason why it does not fit. Nothing is done and
 * nothing is written.
 */
export function rehearsalOf(
  system: BoundSystem,
  clock: Clock,
): (row: RunRow, journal: readonly JournalRow[]) => Promise<ErrorRecord | undefined> {
  const registry = new Registry(system);
  const context = idle(registry, clock);
  return async (row, journal) => (await play(context, row, journal)).reason;
}

/** An engine without a store, in which nothing happens. */
function idle(registry: Registry, clock: Clock): Context {
  const store = new Proxy({} as Store, {
    get: () => {
      throw new Error('A rehearsal has no store.');
    },
  });
  const nothing = (): void => {};
  const writer = new Writer({
    store,
    epoch: 0,
    logger: silentLogger,
    scheduler: systemScheduler,
    last: () => [],
    after: nothing,
    stopped: nothing,
  });
  writer.stop();
  return {
    clock,
    scheduler: systemScheduler,
    random: () => 0,
    logger: silentLogger,
    store,
    writer,
    registry,
    bus: new Bus(() => clock.now(), silentLogger),
    attempts: new Attempts(),
    sharing: { elsewhere: false, recorded: nothing },
    stopwatch: () => 0,
    maxDepth: Infinity,
    compactAfter: Infinity,
    limits: () => ({ keep: 1, maxAge: undefined }),
    world: worldOf(),
    outside: { open: nothing as never },
    publish: () => '',
    create: nothing,
    record: () => {
      throw new Error('A rehearsal records nothing.');
    },
    stop: () => false,
    end: nothing,
    wake: nothing,
    load: nothing,
    requestStop: nothing,
    indexBy: nothing,
    guard: (work) => work(),
    blocked: nothing,
  };
}
