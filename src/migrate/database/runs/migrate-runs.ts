import { RunError } from '../../../runtime/index.ts';
import { rehearsalOf } from '../../../runtime/rehearse.ts';
import { statusBefore } from '../../../runtime/versions.ts';
import { toErrorRecord, type ErrorRecord } from '../../../core/index.ts';
import type { RunRow, RunStatus, Tx } from '../../../store/index.ts';
import type { PlannedStep } from '../../plan/planned-step.ts';
import { decodeJson } from '../../../tasks/index.ts';
import type { Fault } from '../faults.ts';
import type { Tally } from '../report.ts';
import { NotCarried, own, type World } from '../world.ts';
import { cancelLater } from './cancel.ts';
import { carryRun, type CarriedRun, type WholeRun } from './carry.ts';
import { receiveFromLog } from './log.ts';

const page = 200;
/** The states of runs that a migration looks at. */
export const underWay: readonly RunStatus[] = ['pending', 'running', 'waiting', 'paused', 'blocked'];

/** Carries over all runs in flight, and holds each against the new code. */
export async function migrateRuns(world: World, tx: Tx, tally: Tally, done: () => void): Promise<void> {
  const { live } = world;
  const rehearse = live && rehearsalOf(live, { now: () => world.now, at: () => () => {} });
  // What is blocked here is not met again: its version says that it has been looked at.
  const seen = new Set<string>();
  for (const status of underWay) {
    for (let last = ''; ;) {
      const rows = tx.runs.alive(status, last, page);
      for (const { id } of rows) {
        // Its parent may have been carried over meanwhile.
        const row = tx.runs.get(id);
        if (row === undefined || seen.has(id) || row.version === world.target) continue;
        const version = row.version ?? world.from;
        tally.version(version);
        await one(world, tx, row, world.stepsFrom(version), tally, rehearse);
        if (tx.runs.get(id)?.status === 'blocked') seen.add(id);
        done();
      }
      if (rows.length < page) break;
      last = rows.at(-1)?.id ?? '';
    }
  }
}

type Rehearse = ReturnType<typeof rehearsalOf>;

async function one(
  world: World,
  tx: Tx,
  row: RunRow,
  steps: readonly PlannedStep[],
  tally: Tally,
  rehearse: Rehearse | undefined,
): Promise<void> {
  const run: WholeRun = {
    row,
    journal: tx.journal.of(row.id),
    timers: tx.timers.of(row.id),
    waits: tx.waits.of(row.id),
  };
  let carried: CarriedRun;
  let problem: ErrorRecord | undefined;
  let cancel = false;
  let fault: Fault | undefined;
  try {
    cancel = steps.some(({ parts }) => own(parts.runs, row.target) === 'cancel');
    carried = carryRun(world, run, steps);
    cancel = carried.cancel;
    const hash = carried.row.kind === 'flow' ? own(world.live?.flows, carried.row.target)?.hash : undefined;
    if (!row.registered && hash !== undefined) carried = { ...carried, row: { ...carried.row, hash } };
    problem = row.registered ? undefined : await rehearse?.(carried.row, carried.journal);
    if (problem !== undefined) fault = inputFault(world, carried);
  } catch (thrown) {
    if (!(thrown instanceof NotCarried)) throw thrown;
    fault = thrown.fault;
    carried = { ...run, path: (path) => path, cancel };
    problem = toErrorRecord(
      new RunError('MR3501', `Run '${row.id}' was not carried over to version ${world.target}: ${thrown.message}.`, {
        fault: 'user-code',
        details: { run: row.id, version: row.version ?? world.from },
      }),
    );
  }
  if (problem !== undefined) {
    tx.runs.put({ ...row, version: row.version ?? world.from });
    // Whoever carries it over later gives it its status back.
    const details = { ...problem.details, status: statusBefore(row) };
    tx.runs.block(row.id, JSON.stringify({ ...problem, details }), world.now);
  } else write(world, tx, run, carried);
  if (cancel) {
    cancelLater(world, tx, row.id, `Version ${world.target} has no place for it.`);
    tally.flow(row.target, 'cancelled');
  } else if (problem !== undefined) {
    tally.flow(row.target, { id: row.id, reason: problem.message });
    if (fault !== undefined) tally.faults.add('run', row.target, fault, fault.problem ?? problem.message);
  } else tally.flow(row.target, isSame(run, carried) ? 'continuing' : 'mapped');
}

/** Has a step given the run an input that its flow does not take? */
function inputFault({ live }: World, { row, madeBy }: CarriedRun): Fault | undefined {
  const flow = own(live?.flows, row.target);
  if (madeBy === undefined || flow === undefined) return undefined;
  const read = decodeJson(flow.contract.input, row.input ?? undefined);
  return read.ok
    ? undefined
    : { step: madeBy, problem: `the input that the step makes does not fit: ${read.problems}` };
}

function write(world: World, tx: Tx, before: WholeRun, carried: CarriedRun): void {
  const { row, journal, timers, waits, path } = carried;
  const status = statusBefore(row);
  tx.runs.put({ ...row, status, error: null });
  for (const [index, line] of journal.entries()) {
    const old = before.journal[index];
    if (old === undefined || line.path !== old.path || line.name !== old.name || line.data !== old.data)
      tx.journal.put(line);
  }
  for (const { key } of before.timers) tx.timers.remove(key);
  for (const timer of timers) tx.timers.put(timer);
  tx.waits.removeAll(row.id);
  for (const wait of waits) tx.waits.insert(wait);
  if (!carried.cancel && receiveFromLog(world, tx, row) && status === 'waiting')
    tx.runs.status(row.id, 'running', world.now);
  for (const child of tx.runs.list({ parent: row.id })) {
    const to = child.parentPath === null ? null : path(child.parentPath);
    if (to !== child.parentPath) tx.runs.put({ ...child, parentPath: to });
  }
}

/** Is nothing different but the version? */
function isSame(before: WholeRun, after: CarriedRun): boolean {
  const text = ({ row, journal, waits }: WholeRun): string =>
    JSON.stringify([row.target, row.input, row.renamed, journal, waits]);
  return text(before) === text(after);
}
