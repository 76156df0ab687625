import { dirname, join } from 'node:path';
import { kebabCase } from '../../compiler/text/names.ts';

/** The folder with the implementations of a system's tasks: `tasks/` beside its entry file. */
export function tasksFolder(entry: string): string {
  return join(dirname(entry), 'tasks');
}

/** The file of a task's implementation. */
export function taskFile(entry: string, task: string): string {
  return join(tasksFolder(entry), `${kebabCase(task) || 'task'}.ts`);
}
