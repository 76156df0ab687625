import { messageOf } from '../../core/index.ts';
import type { BoundSystem } from '../../tasks/index.ts';
import { EventError } from '../errors.ts';
import type { InstanceName } from '../instance-name.ts';
import { isBreaking } from '../versions.ts';

/** How many events may follow from one another at once, of sends, of work that cannot begin, of machines that end. */
export const longestChain = 1000;

/** There is nothing under this name. */
export function noInstance(name: InstanceName): EventError {
  return new EventError('MR3306', `There is no instance '${name.id}' of machine '${name.machine}'.`, {
    details: { ...name },
  });
}

export function noMachine(system: BoundSystem, name: string): EventError {
  return new EventError(
    'MR3304',
    `The system '${system.name}' has no machine '${name}'. It has: ${Object.keys(system.machines).join(', ')}.`,
  );
}

export function instanceExists(name: InstanceName): EventError {
  return new EventError('MR3305', `There is an instance '${name.id}' of machine '${name.machine}' already.`, {
    details: { ...name },
  });
}

export function badContext(name: InstanceName, problems: string): EventError {
  return new EventError(
    'MR3307',
    `The context of the new instance '${name.id}' of machine '${name.machine}' is not valid: ${problems}`,
    { details: { ...name } },
  );
}

export function contextNotJson(name: InstanceName, event: string, problems: string): EventError {
  return new EventError(
    'MR3307',
    `The context of instance '${name.id}' of machine '${name.machine}' is not JSON after '${event}': ${problems}`,
    { fault: 'user-code' },
  );
}

export function machineFailed(name: InstanceName, event: string, thrown: unknown): EventError {
  return new EventError(
    'MR3309',
    `The machine '${name.machine}' failed on '${event}' for instance '${name.id}', which stays as it was: ${messageOf(thrown)}`,
    { fault: 'internal', cause: thrown, details: { ...name, event } },
  );
}

export function endlessChain({ machine, id }: InstanceName, event: string, limit: number): EventError {
  return new EventError(
    'MR3311',
    `Instance '${id}' of machine '${machine}' did not come to rest: one event set off more than ${limit} others, the last of them '${event}'. Look for machines that send one another events at once without end, and for work that cannot begin and whose 'onError' leads back to it.`,
    { fault: 'user-code', details: { machine, id, event } },
  );
}

/** Says that an event could not be sent, and why. */
export function unreachable(by: InstanceName, target: string, event: string, why: string): EventError {
  return new EventError(
    'MR3357',
    `Instance '${by.id}' of machine '${by.machine}' could not send '${event}' to '${target}': ${why}.`,
    { details: { machine: by.machine, id: by.id, target, event } },
  );
}

/** Says that the receiver of an event is not there, or not any more. */
export function goneReceiver(
  by: InstanceName,
  target: string,
  event: string,
  name: InstanceName,
  status: string | undefined,
): EventError {
  const what = `instance '${name.id}' of machine '${name.machine}'`;
  return unreachable(by, target, event, status === undefined ? `there is no ${what}` : `${what} has ended`);
}

/** Why work was stopped: its state was left. */
export function leftState(machine: string, run: string): EventError {
  return new EventError('MR3203', `Machine '${machine}' left the state that run '${run}' worked for.`, {
    details: { run },
  });
}

/** What whoever an instance works for hears of its removal. */
export function wasRemoved(name: InstanceName): EventError {
  return new EventError('MR3203', `Instance '${name.id}' of machine '${name.machine}' was removed.`, {
    details: { machine: name.machine, id: name.id },
  });
}

export function notEnded({ machine, id }: InstanceName): EventError {
  return new EventError(
    'MR3360',
    `Instance '${id}' of machine '${machine}' has not ended. Say { force: true } to remove it all the same.`,
    { details: { machine, id } },
  );
}

export function hasEnded({ machine, id }: InstanceName, status: string): EventError {
  return new EventError(
    'MR3351',
    `Instance '${id}' of machine '${machine}' has ended (${status}). Say { fromFinal: true } to take it back all the same.`,
    { details: { machine, id, status } },
  );
}

export function nothingBefore({ machine, id }: InstanceName): EventError {
  return new EventError(
    'MR3352',
    `Instance '${id}' of machine '${machine}' stands where it began: there is nothing to go back to.`,
    { details: { machine, id } },
  );
}

/** `what`: such as `has no entry 7`. */
export function noEntry({ machine, id }: InstanceName, what: string, oldest: number, newest: number): EventError {
  return new EventError(
    'MR3353',
    `The history of instance '${id}' of machine '${machine}' ${what}. It keeps the entries ${oldest} to ${newest}${oldest > 1 ? '; older ones were dropped' : ''}.`,
    { details: { machine, id, oldest, newest } },
  );
}

export function tooManyTimers({ machine, id }: InstanceName, entry: number): EventError {
  return new EventError(
    'MR3359',
    `At entry ${entry} instance '${id}' of machine '${machine}' had more than 100 timers, which its history does not keep. Choose another entry.`,
    { details: { machine, id, entry } },
  );
}

/** @throws EventError MR3502 when an instance has data of a breaking version. */
export function checkVersion(version: string | null, name: InstanceName, system: BoundSystem): void {
  if (!isBreaking(version, system.version)) return;
  throw new EventError(
    'MR3502',
    `Instance '${name.id}' of machine '${name.machine}' has data of version ${version} of the system '${system.name}', and this is version ${system.version}. No migration has carried it over. It stays as it is, and its timers wait; mend the step and migrate again.`,
    { fault: 'user-code', details: { ...name, version } },
  );
}
