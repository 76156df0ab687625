import type { ContextSchema } from '../definition.ts';
import { problemsOf } from '../issues.ts';
import type { MachineEvent } from '../module.ts';
import { hostError } from './errors.ts';
import type { MachineWithSchemas } from './options.ts';

/**
 * The context of an instance: what it is given, and the defaults of the schema, when the host has one.
 *
 * @throws MillraceError MR3381 when it does not fit.
 */
export function contextOf(
  { module, context }: MachineWithSchemas,
  id: string,
  given: unknown = {},
  when = '',
): unknown {
  return read(context, given, (problems) => {
    const message = `The context of instance '${id}' of machine '${module.name}' is not valid${when}: ${problems}.`;
    return hostError('MR3381', message, { details: { machine: module.name, instanceId: id } });
  });
}

/**
 * An event for a machine, under the name by which it knows it, with what the schema makes of the payload.
 *
 * @throws MillraceError MR3302 when it does not fit.
 */
export function eventFor({ module, payloads = {} }: MachineWithSchemas, event: MachineEvent): MachineEvent {
  const own = Object.keys(payloads).find((each) => module.events[each] === event.name);
  if (own === undefined) return event;
  const payload = read(payloads[own], event.payload, (problems) =>
    hostError('MR3302', `The payload of event '${event.name}' of machine '${module.name}' is not valid: ${problems}.`, {
      details: { machine: module.name, event: own },
    }),
  );
  return { name: event.name, payload };
}

function read(schema: ContextSchema | undefined, given: unknown, refused: (problems: string) => Error): unknown {
  if (schema === undefined) return given;
  const result = schema['~standard'].validate(given);
  if ('then' in result) throw refused('its schema cannot say at once if it fits');
  const { issues } = result;
  if (issues !== undefined) throw refused(problemsOf(issues).join('; '));
  return 'value' in result ? result.value : given;
}
