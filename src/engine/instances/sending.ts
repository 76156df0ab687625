import { parseTarget, type MachineEvent } from '../../machine/index.ts';
import { decodeJson, encodeJson } from '../../tasks/index.ts';
import { EventError } from '../errors.ts';
import type { InstanceName } from '../instance-name.ts';
import { keyOf } from '../key-of.ts';
import { payloadText } from '../payload.ts';
import type { Registry } from '../registry.ts';
import { unreachable } from './errors.ts';

/** A delivery of a machine to itself or to another one. Its payload is JSON. */
export interface Sending {
  readonly id: string | undefined;
  /** Absent: to the sender itself, whose own name the event then has. */
  readonly target?: string;
  readonly event: MachineEvent;
}

/**
 * Makes the payload of an event that is sent by a machine the JSON that is stored and that arrives.
 *
 * @throws EventError MR3302 when it is not JSON, or does not fit the event.
 */
export function asJson(registry: Registry, machine: string, sending: Sending): Sending {
  const { target, event } = sending;
  const contract = registry.event(target === undefined ? ownName(registry, machine, event.name) : event.name);
  const text = contract === undefined ? encoded(event) : payloadText(contract, event.payload);
  return { ...sending, event: { name: event.name, payload: text === undefined ? undefined : JSON.parse(text) } };
}

function encoded({ name, payload }: MachineEvent): string | undefined {
  const text = encodeJson(payload);
  if (text.ok) return text.value;
  throw new EventError('MR3302', `The payload of '${name}' is not JSON: ${text.problems}`, { fault: 'user-code' });
}

/** The name by which the system knows an event that a machine knows by its alias. Internal events have none. */
function ownName(registry: Registry, machine: string, alias: string): string {
  const events = registry.machine(machine)?.module.events ?? {};
  return Object.keys(events).find((name) => events[name] === alias) ?? '';
}

/**
 * What the schema of an event makes of a stored payload now.
 *
 * @throws EventError MR3302 when it does not fit any more.
 */
export function parsedFor(registry: Registry, machine: string, event: MachineEvent): MachineEvent {
  const contract = registry.event(ownName(registry, machine, event.name));
  if (contract === undefined) return event;
  const read = decodeJson(contract.payload, event.payload === undefined ? undefined : JSON.stringify(event.payload));
  if (read.ok) return { name: event.name, payload: read.value };
  throw new EventError('MR3302', `The payload of '${event.name}' does not fit its schema any more: ${read.problems}`);
}

/** What an instance knows of those around it. */
export interface Around {
  /** The instance that runs it. */
  readonly parent: InstanceName | undefined;
  /** The instance that works for it under an id. */
  readonly child: (ref: string) => InstanceName | undefined;
}

/**
 * Finds out which instance an event goes to, whether or not it is there, and whether the event may create it.
 *
 * @throws EventError MR3357 when there cannot be one.
 */
export function addressee(
  registry: Registry,
  by: InstanceName,
  around: Around,
  target: string,
  event: MachineEvent,
): { readonly name: InstanceName; readonly event: MachineEvent; readonly creates: boolean } {
  const name = receiver(registry, by, around, target, event);
  const machine = registry.machine(name.machine);
  if (machine === undefined) throw unreachable(by, target, event.name, `there is no machine '${name.machine}'`);
  const { events, creates } = machine.module;
  const alias = Object.hasOwn(events, event.name) ? events[event.name] : undefined;
  if (alias === undefined)
    throw unreachable(by, target, event.name, `the machine '${name.machine}' does not know the event`);
  return {
    name,
    event: { name: alias, payload: event.payload },
    creates: parseTarget(target)?.kind === 'machine' && creates.includes(alias),
  };
}

function receiver(
  registry: Registry,
  by: InstanceName,
  around: Around,
  text: string,
  event: MachineEvent,
): InstanceName {
  const target = parseTarget(text);
  switch (target?.kind) {
    case undefined:
      throw unreachable(by, text, event.name, 'it is no target');
    case 'parent':
      if (around.parent !== undefined) return around.parent;
      throw unreachable(by, text, event.name, 'no other instance runs this one');
    case 'run': {
      const child = around.child(target.id);
      if (child !== undefined) return child;
      throw unreachable(by, text, event.name, `no machine works for it under '${target.id}'`);
    }
    case 'instance':
      return { machine: target.machine, id: target.id };
    case 'machine': {
      const id = keyOf(registry.machine(target.machine), event.payload);
      if (id !== undefined) return { machine: target.machine, id };
      throw unreachable(by, text, event.name, 'the event does not name an instance, or there is no such machine');
    }
  }
}
