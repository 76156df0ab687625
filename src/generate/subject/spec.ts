import { partText } from '../../model/hash/hash.ts';
import type { SystemModel, TaskNode } from '../../model/index.ts';
import { digest } from '../keep/hash.ts';

/**
 * The hash of what an implementation has to keep to: the declaration of its task and what its schemas reach. How it is
 * formatted and where it stands does not count; nor do its retries and timeouts, which its code does not see.
 */
export function specHash(system: SystemModel, task: TaskNode): string {
  const { kind, name, description, input, output, examples, errors, needs, hints } = task;
  const seen = { kind, name, description, input, output, examples, errors, needs, hints };
  return digest(partText(system, JSON.parse(JSON.stringify(seen)) as object));
}
