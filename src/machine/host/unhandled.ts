import type { Host } from './host.ts';
import type { Hosted } from './instance.ts';
import type { Unhandled } from './options.ts';

type Why = Pick<Unhandled, 'reason' | 'message'>;

/** Why an instance did not take an event. */
export function whyUnhandled({ module, id, status, snapshot }: Hosted, event: string): Why {
  const who = `Instance '${id}' of '${module.name}'`;
  if (status !== 'active') return { reason: 'ended', message: `${who} has ended.` };
  if (Object.values(module.events).includes(event)) {
    return { reason: 'no-transition', message: `${who} does not take '${event}' in ${snapshot.state.join(' + ')}.` };
  }
  const alias = Object.hasOwn(module.events, event) ? ` Here it is called '${module.events[event]}'.` : '';
  return { reason: 'unknown-event', message: `'${module.name}' does not list the event '${event}'.${alias}` };
}

/** Why a published event went to nobody: the system's name is asked for, not the one that a machine has for it. */
export function whyUnlisted(host: Host, event: string): Why {
  const meant = [...host.machines.values()].flatMap(({ module: { events } }) =>
    Object.keys(events).filter((own) => events[own] === event),
  );
  const hint = meant.length === 0 ? '' : ` The system calls it '${meant.join("' or '")}'.`;
  return { reason: 'unknown-event', message: `No machine of the host lists the event '${event}'.${hint}` };
}
