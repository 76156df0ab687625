import { endEvent, noInstance, notEnded, wasRemoved, type InstanceName } from '../../engine/index.ts';
import { toErrorRecord } from '../../core/index.ts';
import type { Tx } from '../../store/index.ts';
import { dropAll } from './effects.ts';
import type { Instances } from './instances.ts';

export interface RemoveAsks extends InstanceName {
  /** Also when it has not ended: its timers go, its work is stopped, and the instance that it works for hears of it. */
  readonly force?: boolean;
}

/**
 * Removes an instance with its history. Its key is free then.
 *
 * @throws EventError MR3306 there is none; MR3360 it has not ended.
 */
export function remove(instances: Instances, tx: Tx, { machine, id, force = false }: RemoveAsks): InstanceName {
  const name = { machine, id };
  const row = tx.instances.get(machine, id);
  if (row === undefined) throw noInstance(name);
  if (row.status === 'active' && !force) throw notEnded(name);
  return instances.whole(tx, () => {
    dropAll(instances, tx, row);
    tx.instances.remove(machine, id);
    const { writer, bus } = instances.context;
    writer.afterCommit(() => {
      if (bus.heard) bus.tell({ type: 'instance.removed', machine, instance: id });
    });
    const { parentMachine, parentInstance, parentRef } = row;
    if (parentMachine === null || parentInstance === null || parentRef === null) return name;
    const error = toErrorRecord(wasRemoved(name));
    instances.chain.push({
      name: { machine: parentMachine, id: parentInstance },
      event: endEvent(parentRef, { ok: false, error }, undefined, `machine '${machine}'`),
    });
    return name;
  });
}
