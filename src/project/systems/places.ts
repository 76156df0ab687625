import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder with the implementations of a system's tasks: `tasks/` beside its entry file. */
export function tasksFolder(entry: string): string {
  return join(dirname(entry), 'tasks');
}

/** The folder of the project that a file is in: the nearest one with a `package.json`. */
export function projectRoot(file: string): string | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}
