import { freeId } from '../../../runtime/instances/effects.ts';
import { armedText } from '../../../runtime/instances/history.ts';
import { moreOf } from '../../../runtime/instances/snapshot.ts';
import { machineTarget } from '../../../runtime/timers.ts';
import type { InstanceRow, RunRow, Tx } from '../../../store/index.ts';
import { cancelLater } from '../runs/cancel.ts';
import { NotCarried, own, type World } from '../world.ts';
import type { Carried } from './carry.ts';
import type { NewWork } from './landing.ts';

/** Only its version is new: no step speaks of it, and it stands where it stood. */
export function stamp(world: World, tx: Tx, row: InstanceRow): void {
  tx.instances.put({
    ...row,
    version: world.target,
    hash: own(world.live?.machines, row.machine)?.module.hash ?? row.hash,
  });
}

/**
 * Writes an instance as it was carried over, with a line in its history.
 *
 * @throws NotCarried when there is another one under its new name, or a machine works for it for which nothing is left.
 */
export function writeInstance(world: World, tx: Tx, row: InstanceRow, carried: Carried): void {
  const { machine, snapshot, timers, work, stop, begin } = carried;
  if (machine !== row.machine) {
    if (tx.instances.get(machine, row.id) !== undefined)
      throw new NotCarried(`there is an instance '${row.id}' of machine '${machine}' already`);
    tx.instances.rename(row.machine, row.id, machine);
  }
  const seq = row.seq + 1;
  const isActive = row.status === 'active';
  const next: InstanceRow = {
    ...row,
    machine,
    snapshot: JSON.stringify(snapshot),
    hash: own(world.live?.machines, machine)?.module.hash ?? row.hash,
    seq,
    version: world.target,
    migrated: seq,
    // When one that has ended ended is what its row says.
    updated: isActive ? world.now : row.updated,
  };
  const isArmed = isActive && (row.armed || timers.length + begin.length > 0);
  if (isArmed) {
    tx.timers.removeAll(machineTarget(row.machine), row.id);
    for (const [index, { key, data, ...timer }] of timers.entries()) {
      const step = `${String(seq).padStart(10, '0')}.${String(index).padStart(6, '0')}`;
      tx.timers.put({
        // What is parked has a key of its own.
        key: timer.kind === 'parked' && key !== undefined ? key : `machine ${machine} ${row.id} ${step}`,
        ...timer,
        target: machineTarget(machine),
        part: row.id,
        data: JSON.stringify(data),
      });
    }
    // All are found before any is renamed: two may exchange their names.
    const items = [...work].map(([ref, to]) => ({
      ref,
      to: stop.includes(ref) ? undefined : to,
      run: tx.runs.linked(machine, row.id, ref),
      child: tx.instances.child(machine, row.id, ref),
    }));
    for (const item of items) rename(world, tx, next, item);
    for (const [index, item] of begin.entries()) beginWork(world, tx, next, item, index);
  }
  const armed = isArmed ? armedText(tx, { ...next, armed: true }) : null;
  tx.instances.put({ ...next, armed: armed !== null });
  tx.instances.append({
    machine,
    instance: row.id,
    seq,
    at: world.now,
    kind: 'migration',
    event: 'migration',
    payload: JSON.stringify({ from: row.version ?? world.from, to: world.target, migration: world.id }),
    before: JSON.stringify((JSON.parse(row.snapshot) as { readonly state: readonly string[] }).state),
    after: JSON.stringify(snapshot.state),
    context: JSON.stringify(snapshot.context),
    errors: null,
    more: moreOf(snapshot),
    armed,
    took: null,
  });
}

interface Work {
  readonly ref: string;
  /** Absent where no state has it any more. */
  readonly to: string | undefined;
  readonly run: RunRow | undefined;
  readonly child: InstanceRow | undefined;
}

/** Gives work its new id, or stops it. */
function rename(world: World, tx: Tx, row: InstanceRow, { ref, to, run, child }: Work): void {
  if (run !== undefined) {
    tx.runs.put({ ...run, ref: to ?? null });
    if (to === undefined)
      cancelLater(world, tx, run.id, `Machine '${row.machine}' has no such work in version ${world.target}.`);
  }
  if (child === undefined) return;
  if (to !== undefined) tx.instances.put({ ...child, parentRef: to });
  else
    throw new NotCarried(
      `the machine '${child.machine}' works for it under '${ref}', which version ${world.target} does not have`,
    );
}

function beginWork(world: World, tx: Tx, row: InstanceRow, { ref, kind, name, input }: NewWork, index: number): void {
  const run: RunRow = {
    id: freeId(tx, row, index),
    kind,
    target: name,
    hash: kind === 'flow' ? (own(world.live?.flows, name)?.hash ?? '') : '',
    registered: false,
    status: 'running',
    input: input ?? null,
    output: null,
    error: null,
    errors: null,
    metadata: null,
    parent: null,
    parentPath: null,
    machine: row.machine,
    instance: row.id,
    ref,
    since: tx.events.last(),
    version: world.target,
    renamed: null,
    priority: 0,
    forked: null,
    created: world.now,
    updated: world.now,
    ended: null,
  };
  tx.runs.insert(run);
}
