import { addressee, goneReceiver, type InstanceName, type Sending } from '../../engine/index.ts';
import { toErrorRecord } from '../../core/index.ts';
import type { InstanceRow, Tx } from '../../store/index.ts';
import type { Context } from '../context.ts';
import type { Link } from './chain.ts';

/**
 * Finds out to whom an event goes.
 *
 * @throws EventError MR3357 when nobody can be reached there.
 */
export function addressed(context: Context, tx: Tx, sender: InstanceRow, { id, target, event }: Sending): Link {
  const by: InstanceName = { machine: sender.machine, id: sender.id };
  if (target === undefined) return { name: by, event, sent: { by, id, creates: false } };
  const { parentMachine, parentInstance, parentRef } = sender;
  const found = addressee(
    context.registry,
    by,
    {
      parent:
        parentMachine === null || parentInstance === null || parentRef === null
          ? undefined
          : { machine: parentMachine, id: parentInstance },
      child: (ref) => tx.instances.child(by.machine, by.id, ref),
    },
    target,
    event,
  );
  const { name, creates } = found;
  const status = tx.instances.get(name.machine, name.id)?.status;
  if (status === 'active' || (status === undefined && creates))
    return { name, event: found.event, sent: { by, id, creates } };
  throw goneReceiver(by, target, event.name, name, status);
}

/** By which a sender hears that an event could not be delivered. */
export function failedSend(by: InstanceName, thrown: unknown): Link {
  return { name: by, event: { name: 'error.communication', payload: toErrorRecord(thrown) } };
}
