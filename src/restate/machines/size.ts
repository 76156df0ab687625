import type { InstanceName } from '../../engine/index.ts';
import { RestateError } from '../errors.ts';

/**
 * How many bytes the contexts may have that one event leaves, in the instance and in its history, and that of the instance
 * before. All of them are in the memory of one invocation, of which a server gives 32 MiB; more would wait for it for ever.
 */
const most = 24 * 1024 * 1024;

/**
 * `bytes`: of the context after a step. `kept`: of those that the history gets of the same event.
 *
 * @throws RestateError MR5250.
 */
export function checkContexts({ machine, id }: InstanceName, event: string, bytes: number, kept: number): void {
  if (2 * bytes + kept <= most) return;
  throw new RestateError(
    'MR5250',
    `The context of instance '${id}' of machine '${machine}' has ${bytes} bytes after '${event}'${kept > bytes ? `, and with all steps that the same event sets off there are ${kept}` : ''}: on Restate there are at most ${most / 3}, or as much less as there are more steps. Put what is large where it belongs, a file or a bucket, and keep its name.`,
    { fault: 'user-code', details: { machine, id, size: bytes, longest: most / 3 } },
  );
}
