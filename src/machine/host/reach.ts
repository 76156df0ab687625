import { parseTarget } from '../../core/index.ts';
import type { MachineEvent, MachineModule } from '../module.ts';
import type { Delivery } from './agenda.ts';
import { hostError } from './errors.ts';
import type { Host } from './host.ts';
import { keyOf, type Hosted } from './instance.ts';
import type { Unhandled } from './options.ts';
import { eventFor } from './schemas.ts';
import { whyUnhandled, whyUnlisted } from './unhandled.ts';

/**
 * Whom a target means, and the event under the name by which that machine knows it.
 *
 * @throws MillraceError MR3380 when there is nobody; another when who should be there cannot be created.
 */
export function reach(host: Host, from: Hosted, target: string, { name, payload }: MachineEvent): Delivery {
  const refuse = (why: string): never => {
    const sender = `instance '${from.id}' of machine '${from.module.name}'`;
    throw hostError('MR3380', `'${name}' of ${sender} cannot reach '${target}': ${why}.`, {
      fault: 'user-code',
      details: { machine: from.module.name, instanceId: from.id },
    });
  };
  const to = find(host, from, target, name, payload);
  if (to?.status !== 'active') return refuse('there is no such instance, or it has ended');
  const alias = aliasOf(to.module, name);
  if (alias === undefined) return refuse(`machine '${to.module.name}' does not list the event`);
  return { to, event: eventFor(host.entry(to.module.name), { name: alias, payload }) };
}

function find(host: Host, from: Hosted, text: string, event: string, payload: unknown): Hosted | undefined {
  const target = parseTarget(text);
  switch (target?.kind) {
    case undefined:
      return undefined;
    case 'parent':
      return from.parent;
    case 'run':
      return from.runs.get(target.id)?.child;
    case 'instance':
      return host.instances.get(keyOf(target.machine, target.id));
    case 'machine': {
      const module = host.machines.get(target.machine)?.module;
      return module && keyed(host, module, event, payload);
    }
  }
}

/**
 * Puts an event before the instance of each machine that lists it and that its payload names. When that is nobody, it
 * is told as not handled; `told`: also when no machine lists it.
 *
 * @throws MillraceError MR3302 when the payload does not fit: nobody gets it then.
 */
export function publish(host: Host, event: string, payload: unknown, told = false): readonly Hosted[] {
  const listed = [...host.machines.values()].flatMap((entry) => {
    const name = aliasOf(entry.module, event);
    return name === undefined ? [] : [{ module: entry.module, event: eventFor(entry, { name, payload }) }];
  });
  const reached: Hosted[] = [];
  const missed: Unhandled[] = [];
  const available: readonly string[] = [];
  for (const { module, event: own } of listed) {
    try {
      const to = keyed(host, module, event, own.payload);
      if (to?.status === 'active') {
        host.agenda.event({ to, event: own });
        reached.push(to);
        continue;
      }
      const why = to === undefined ? whyNobody(module, own) : { instance: to.face, ...whyUnhandled(to, own.name) };
      missed.push({ machine: module.name, event: own.name, payload, available, ...why });
    } catch (thrown) {
      host.report(thrown);
    }
  }
  if (listed.length === 0 && told) missed.push({ event, payload, available, ...whyUnlisted(host, event) });
  if (reached.length === 0) for (const each of missed) host.agenda.call(() => host.options.onUnhandled?.(each));
  return reached;
}

function whyNobody(
  module: MachineModule<unknown>,
  { payload, name }: MachineEvent,
): Pick<Unhandled, 'reason' | 'message'> {
  const key = keyIn(module, payload);
  return key === undefined
    ? { reason: 'no-key', message: `The payload lacks '${module.key}', which names the instance of '${module.name}'.` }
    : {
        reason: 'no-instance',
        message: `There is no instance '${key}' of '${module.name}', and '${name}' does not create one.`,
      };
}

/** The instance that the key of a payload names, created when the event may do that. */
function keyed(host: Host, module: MachineModule<unknown>, event: string, payload: unknown): Hosted | undefined {
  const key = keyIn(module, payload);
  if (key === undefined) return undefined;
  const found = host.instances.get(keyOf(module.name, key));
  if (found !== undefined || !module.creates.includes(aliasOf(module, event) ?? '')) return found;
  return host.create(module.name, key, undefined);
}

function keyIn(module: MachineModule<unknown>, payload: unknown): string | undefined {
  const key = (payload as Readonly<Record<string, unknown>> | null | undefined)?.[module.key];
  return typeof key === 'string' || typeof key === 'number' ? String(key) : undefined;
}

function aliasOf({ events }: MachineModule<unknown>, event: string): string | undefined {
  return Object.hasOwn(events, event) ? events[event] : undefined;
}
