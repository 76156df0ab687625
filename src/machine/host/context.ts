import type { MachineModule } from '../module.ts';
import { problemsOf } from '../issues.ts';
import { hostError } from './errors.ts';
import type { MachineWithContext } from './options.ts';

/**
 * The context of an instance: what it is given, and the defaults of the schema, when the host has one.
 *
 * @throws MillraceError MR3381 when it does not fit.
 */
export function contextOf(
  entry: MachineWithContext | { readonly module: MachineModule<unknown> },
  id: string,
  given: unknown = {},
): unknown {
  if (!('context' in entry)) return given;
  const { module, context } = entry;
  const refuse = (problems: string): never => {
    throw hostError(
      'MR3381',
      `The context of instance '${id}' of machine '${module.name}' is not valid: ${problems}.`,
      {
        details: { machine: module.name, instanceId: id },
      },
    );
  };
  const result = context['~standard'].validate(given);
  if ('then' in result) return refuse('its schema cannot say at once if it fits');
  const { issues } = result;
  if (issues !== undefined) return refuse(problemsOf(issues).join('; '));
  return 'value' in result ? result.value : given;
}
