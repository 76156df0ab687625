import { join } from 'node:path';
import { kebabCase } from '../../core/index.ts';
import { tasksFolder } from './places.ts';

/** The file of a task's implementation. */
export function taskFile(entry: string, task: string): string {
  return join(tasksFolder(entry), `${kebabCase(task) || 'task'}.ts`);
}
