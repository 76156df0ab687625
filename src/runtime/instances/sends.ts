import { EventError, payloadText, type InstanceName, keyOf } from '../../engine/index.ts';
import { toErrorRecord } from '../../core/index.ts';
import { parseTarget, type MachineEvent } from '../../machine/index.ts';
import type { InstanceRow, Tx } from '../../store/index.ts';
import { decodeJson, encodeJson } from '../../tasks/index.ts';
import type { Context } from '../context.ts';
import type { Link } from './chain.ts';

/** A delivery of a machine to itself or to another one. Its payload is JSON. */
export interface Sending {
  readonly id: string | undefined;
  /** Absent: to the sender itself, whose own name the event then has. */
  readonly target?: string;
  readonly event: MachineEvent;
}

/**
 * Makes the payload of an event that is sent the JSON that is stored and that arrives.
 *
 * @throws EventError MR3302 when it is not JSON, or does not fit the event.
 */
export function asJson(context: Context, sender: InstanceRow, sending: Sending): Sending {
  const { target, event } = sending;
  const contract = context.registry.event(target === undefined ? ownName(context, sender, event.name) : event.name);
  const text = contract === undefined ? encoded(event) : payloadText(contract, event.payload);
  return { ...sending, event: { name: event.name, payload: text === undefined ? undefined : JSON.parse(text) } };
}

function encoded({ name, payload }: MachineEvent): string | undefined {
  const text = encodeJson(payload);
  if (text.ok) return text.value;
  throw new EventError('MR3302', `The payload of '${name}' is not JSON: ${text.problems}`, { fault: 'user-code' });
}

/** The name by which the system knows an event that a machine knows by its alias. Internal events have none. */
function ownName(context: Context, { machine }: Pick<InstanceName, 'machine'>, alias: string): string {
  const events = context.registry.machine(machine)?.module.events ?? {};
  return Object.keys(events).find((name) => events[name] === alias) ?? '';
}

/** What the schema of an event makes of a stored payload now. */
export function parsed(context: Context, name: InstanceName, event: MachineEvent): MachineEvent {
  const contract = context.registry.event(ownName(context, name, event.name));
  if (contract === undefined) return event;
  const read = decodeJson(contract.payload, event.payload === undefined ? undefined : JSON.stringify(event.payload));
  if (read.ok) return { name: event.name, payload: read.value };
  throw new EventError('MR3302', `The payload of '${event.name}' does not fit its schema any more: ${read.problems}`);
}

/**
 * Finds out to whom an event goes.
 *
 * @throws EventError MR3357 when nobody can be reached there.
 */
export function addressed(context: Context, tx: Tx, sender: InstanceRow, { id, target, event }: Sending): Link {
  const by: InstanceName = { machine: sender.machine, id: sender.id };
  if (target === undefined) return { name: by, event, sent: { by, id, creates: false } };
  const name = receiver(context, tx, sender, target, event);
  const machine = context.registry.machine(name.machine);
  if (machine === undefined) throw unreachable(by, target, event, `there is no machine '${name.machine}'`);
  const { events, creates } = machine.module;
  const alias = Object.hasOwn(events, event.name) ? events[event.name] : undefined;
  if (alias === undefined)
    throw unreachable(by, target, event, `the machine '${name.machine}' does not know the event`);
  const link = { name, event: { name: alias, payload: event.payload } };
  const mayCreate = parseTarget(target)?.kind === 'machine' && creates.includes(alias);
  const status = tx.instances.get(name.machine, name.id)?.status;
  if (status === 'active' || (status === undefined && mayCreate))
    return { ...link, sent: { by, id, creates: mayCreate } };
  throw gone(by, target, event, name, status);
}

/** Says that the receiver of an event is not there, or not any more. */
export function gone(
  by: InstanceName,
  target: string,
  event: MachineEvent,
  name: InstanceName,
  status: InstanceRow['status'] | undefined,
): EventError {
  const what = `instance '${name.id}' of machine '${name.machine}'`;
  return unreachable(by, target, event, status === undefined ? `there is no ${what}` : `${what} has ended`);
}

function receiver(context: Context, tx: Tx, sender: InstanceRow, text: string, event: MachineEvent): InstanceName {
  const by: InstanceName = { machine: sender.machine, id: sender.id };
  const target = parseTarget(text);
  switch (target?.kind) {
    case undefined:
      throw unreachable(by, text, event, 'it is no target');
    case 'parent': {
      const { parentMachine: machine, parentInstance: id, parentRef } = sender;
      if (machine !== null && id !== null && parentRef !== null) return { machine, id };
      throw unreachable(by, text, event, 'no other instance runs this one');
    }
    case 'run': {
      const child = tx.instances.child(sender.machine, sender.id, target.id);
      if (child !== undefined) return { machine: child.machine, id: child.id };
      throw unreachable(by, text, event, `no machine works for it under '${target.id}'`);
    }
    case 'instance':
      return { machine: target.machine, id: target.id };
    case 'machine': {
      const id = keyOf(context.registry.machine(target.machine), event.payload);
      if (id !== undefined) return { machine: target.machine, id };
      throw unreachable(by, text, event, 'the event does not name an instance, or there is no such machine');
    }
  }
}

function unreachable(by: InstanceName, target: string, event: MachineEvent, why: string): EventError {
  return new EventError(
    'MR3357',
    `Instance '${by.id}' of machine '${by.machine}' could not send '${event.name}' to '${target}': ${why}.`,
    { details: { ...by, target, event: event.name } },
  );
}

/** By which a sender hears that an event could not be delivered. */
export function failedSend(by: InstanceName, thrown: unknown): Link {
  return { name: by, event: { name: 'error.communication', payload: toErrorRecord(thrown) } };
}
