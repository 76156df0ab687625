import type { MachineModule } from '../module.ts';
import { hostError } from './errors.ts';
import type { MachineWithContext } from './options.ts';

/**
 * The context of a new instance: what it is given, and the defaults of the schema, when the host has one.
 *
 * @throws MillraceError MR3381 when it does not fit.
 */
export function newContext(
  entry: MachineWithContext | { readonly module: MachineModule<unknown> },
  id: string,
  given: unknown = {},
): unknown {
  if (!('context' in entry)) return given;
  const { module, context } = entry;
  const result = context['~standard'].validate(given);
  const refuse = (problems: string): never => {
    throw hostError('MR3381', `The context of instance '${id}' of machine '${module.name}' is not valid: ${problems}`, {
      details: { machine: module.name, instanceId: id },
    });
  };
  if ('then' in result) return refuse('its schema cannot say at once if it fits.');
  if (result.issues === undefined) return 'value' in result ? result.value : given;
  return refuse(
    result.issues
      .map(({ message, path = [] }) => {
        const keys = path.map((part) => String(typeof part === 'object' ? part.key : part));
        return keys.length === 0 ? message : `${keys.join('.')}: ${message}`;
      })
      .join('; '),
  );
}
