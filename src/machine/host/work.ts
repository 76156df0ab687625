import { hostError } from './errors.ts';
import type { Host } from './host.ts';
import type { WorkContext } from './options.ts';

/**
 * Calls the user's code for a flow or a task: never in the middle of a step.
 *
 * @throws MillraceError MR3378 when the host has none.
 */
export async function perform(host: Host, name: string, input: unknown, context: WorkContext): Promise<unknown> {
  await Promise.resolve();
  const { work = {} } = host.options;
  const code = Object.hasOwn(work, name) ? work[name] : undefined;
  if (code === undefined)
    throw hostError('MR3378', `The host has no code for '${name}'. Name it in 'work'.`, { details: { work: name } });
  return code(input as never, context);
}
