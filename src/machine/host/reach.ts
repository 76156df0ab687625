import type { MachineEvent, MachineModule } from '../module.ts';
import { parseTarget } from '../target.ts';
import type { Delivery } from './agenda.ts';
import { hostError } from './errors.ts';
import type { Host } from './host.ts';
import { keyOf, type Hosted } from './instance.ts';

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
  return { to, event: { name: alias, payload } };
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

/** Puts an event before the instance of each machine that lists it and that its payload names. */
export function publish(host: Host, event: string, payload: unknown): readonly Hosted[] {
  const reached: Hosted[] = [];
  for (const { module } of host.machines.values()) {
    const alias = aliasOf(module, event);
    if (alias === undefined) continue;
    try {
      const to = keyed(host, module, event, payload);
      if (to?.status !== 'active') continue;
      host.agenda.event({ to, event: { name: alias, payload } });
      reached.push(to);
    } catch (thrown) {
      host.report(thrown);
    }
  }
  return reached;
}

/** The instance that the key of a payload names, created when the event may do that. */
function keyed(host: Host, module: MachineModule<unknown>, event: string, payload: unknown): Hosted | undefined {
  const key = (payload as Readonly<Record<string, unknown>> | null | undefined)?.[module.key];
  if (typeof key !== 'string' && typeof key !== 'number') return undefined;
  const found = host.instances.get(keyOf(module.name, String(key)));
  if (found !== undefined || !module.creates.includes(aliasOf(module, event) ?? '')) return found;
  return host.create(module.name, String(key), undefined);
}

function aliasOf({ events }: MachineModule<unknown>, event: string): string | undefined {
  return Object.hasOwn(events, event) ? events[event] : undefined;
}
