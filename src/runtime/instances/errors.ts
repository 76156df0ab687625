import { EventError, type InstanceName } from '../../engine/index.ts';

/** There is nothing under this name. */
export function noInstance(name: InstanceName): EventError {
  return new EventError('MR3306', `There is no instance '${name.id}' of machine '${name.machine}'.`, {
    details: { ...name },
  });
}
