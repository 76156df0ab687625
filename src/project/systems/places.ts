import { dirname, join } from 'node:path';

/** The folder with the implementations of a system's tasks: `tasks/` beside its entry file. */
export function tasksFolder(entry: string): string {
  return join(dirname(entry), 'tasks');
}
