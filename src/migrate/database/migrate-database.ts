import { isDeepStrictEqual } from 'node:util';
import { snapshotOf } from '../../runtime/instances/snapshot.ts';
import { versionsKey } from '../../runtime/versions.ts';
import type { InstanceRow, Store, TimerRow, Tx } from '../../store/index.ts';
import { renameSchedules } from '../../runtime/schedules/schedules.ts';
import { eventsKey, eventsVersion, migrateEvents } from './events.ts';
import { carryInstance, type Carried } from './instances/carry.ts';
import { StepsFailed } from './faults.ts';
import { flowName } from './instances/names.ts';
import { machineOrder } from './instances/order.ts';
import { stamp, writeInstance } from './instances/write.ts';
import { Tally, type DatabaseReport } from './report.ts';
import { migrateRuns } from './runs/migrate-runs.ts';
import { NotCarried, own, type World } from './world.ts';

/** How many instances are read at a time. */
const page = 500;

/** How far a migration is. */
export interface DatabaseProgress {
  readonly what: 'runs' | 'instances';
  /** How many of them have been looked at. */
  readonly count: number;
}

/** What may be said besides. */
export interface DatabaseOptions {
  readonly progress?: (progress: DatabaseProgress) => void;
  /** Looks at the transaction before anything else, and throws when it must not be. */
  readonly check?: (tx: Tx) => void;
  /** Do rows stay as they are for which a function of a step fails, and the rest goes on? Default: true. */
  readonly leave?: boolean;
  /** Does what belongs into the same transaction, at its end. */
  readonly also?: (tx: Tx, report: DatabaseReport) => void;
}

/**
 * Brings everything in a database that is alive to another version of its system, in one transaction: instances with
 * their timers and work, runs in flight with their journals, events that nobody has taken. What cannot be carried over
 * stays as it was, and is in the report; the rest goes on. Rows are read a page at a time, so that there may be more of
 * them than fit into memory.
 *
 * @throws MigrationError MR3505 when no steps lead from the version of some row, MR3506 when machines change names in a
 * circle, MR3518 when a function of a step failed and `leave` is false; whatever a failing database throws. Nothing was written.
 */
export function migrateDatabase(store: Store, world: World, options: DatabaseOptions = {}): Promise<DatabaseReport> {
  const { progress = () => {}, check, also, leave = true } = options;
  return store.longTransaction(async (tx) => {
    check?.(tx);
    const tally = new Tally();
    let count = 0;
    // Neither events nor schedules say of which version they are.
    const steps = world.stepsFrom(eventsVersion(world, tx));
    migrateEvents(world, tx, steps, tally);
    renameSchedules(tx, (flow) => steps.reduce((name, step) => flowName(step, name), flow));
    await migrateRuns(world, tx, tally, () => progress({ what: 'runs', count: ++count }));
    count = 0;
    for (const machine of machineOrder(world, tx.instances.machines())) {
      for (let last = ''; ;) {
        const rows = tx.instances.after(machine, last, page);
        for (const row of rows) {
          // What works for another one may have been changed together with that one, since the page was read.
          const now = row.parentRef === null ? row : tx.instances.get(row.machine, row.id);
          if (now !== undefined) migrateInstance(world, tx, now, tally);
        }
        count += rows.length;
        progress({ what: 'instances', count });
        if (rows.length < page) break;
        last = rows.at(-1)?.id ?? '';
        // Whoever waits for a key to be pressed, or for a heartbeat, is heard.
        await new Promise(setImmediate);
      }
    }
    tx.meta.set(versionsKey(world.system), JSON.stringify([world.target]));
    tx.meta.set(eventsKey(world.system), world.target);
    const faults = tally.faults.list();
    if (!leave && faults.length > 0) throw new StepsFailed(faults);
    const report = tally.report();
    tx.migrations.insert({
      id: world.id,
      system: world.system,
      target: world.target,
      at: world.now,
      report: JSON.stringify(report),
    });
    also?.(tx, report);
    return report;
  });
}

function migrateInstance(world: World, tx: Tx, row: InstanceRow, tally: Tally): void {
  if (row.version === world.target) return;
  const version = row.version ?? world.from;
  tally.version(version);
  try {
    const steps = world.stepsFrom(version);
    if (isUntouched(world, row, steps)) {
      stamp(world, tx, row);
      return tally.machine(row.machine, 'unchanged');
    }
    // Most have neither timers nor work, and say so; only what is parked for them they do not know.
    const isArmed = row.status === 'active' && (row.armed || tx.timers.upTo(1, `machine ${row.machine}`, row.id) > 0);
    const timers = isArmed ? tx.timers.of(`machine ${row.machine}`, row.id) : [];
    const refs = isArmed
      ? [
          ...tx.runs.working(row.machine, row.id).map(({ ref }) => ref ?? ''),
          ...tx.instances.children(row.machine, row.id).map(({ parentRef }) => parentRef ?? ''),
        ]
      : [];
    const carried = carryInstance(world, row, steps, { timers, refs });
    const isSame = isAsBefore(row, timers, carried);
    if (isSame && !carried.mentioned) stamp(world, tx, row);
    else tx.savepoint(() => writeInstance(world, tx, row, carried));
    tally.machine(row.machine, isSame ? 'unchanged' : 'mapped', carried.dropped);
  } catch (thrown) {
    if (!(thrown instanceof NotCarried)) throw thrown;
    // What it is of is known from now on, also where the row did not say it.
    if (row.version === null) tx.instances.put({ ...row, version });
    const { state } = JSON.parse(row.snapshot) as { readonly state: readonly string[] };
    tally.machine(row.machine, { id: row.id, state: state.join(', '), reason: thrown.message });
    if (thrown.fault !== undefined) tally.faults.add('instance', row.machine, thrown.fault, thrown.message);
  }
}

/** Is nothing different but the version? */
function isAsBefore(row: InstanceRow, timers: readonly TimerRow[], carried: Carried): boolean {
  const waiting = (list: readonly Pick<TimerRow, 'due' | 'name' | 'data'>[]): string =>
    JSON.stringify(list.map(({ due, name, data }) => [due, name, data]));
  return (
    carried.machine === row.machine &&
    isDeepStrictEqual(carried.snapshot, snapshotOf(row)) &&
    carried.stop.length + carried.begin.length === 0 &&
    [...carried.work].every(([old, ref]) => old === ref) &&
    waiting(timers) === waiting(carried.timers.map((timer) => ({ ...timer, data: JSON.stringify(timer.data) })))
  );
}

/** Is the machine the same in the target, and does no step speak of it or of what waits for its instances? */
function isUntouched(world: World, row: InstanceRow, steps: ReturnType<World['stepsFrom']>): boolean {
  const module = own(world.live?.machines, row.machine)?.module;
  return (
    module?.hash === row.hash &&
    steps.every(
      ({ parts }) =>
        own(parts.instances, row.machine) === undefined &&
        (row.status !== 'active' ||
          (parts.events === undefined && parts.tasks === undefined && parts.runs === undefined)),
    ) &&
    !steps.some(({ parts }) => Object.values(parts.instances ?? {}).some(({ machine }) => machine !== undefined))
  );
}
