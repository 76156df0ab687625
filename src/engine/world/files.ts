import { randomUUID } from 'node:crypto';
import { constants, type Dirent } from 'node:fs';
import { mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import type { EdgeFiles } from '../../tasks/index.ts';

const nothing = new Set(['ENOENT', 'ENOTDIR']);

function isNothing(error: unknown): boolean {
  return nothing.has((error as NodeJS.ErrnoException).code ?? '');
}

/** The files of this machine. Paths are real ones already: a link that is put in their place meanwhile is refused. */
export function nodeFiles(root: () => string): EdgeFiles {
  return {
    root: () => realpath(root()),
    real,
    read: async (path) => {
      try {
        // A pipe would be waited for without an end.
        const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
        try {
          if (!(await file.stat()).isFile()) return undefined;
          return await file.readFile();
        } finally {
          await file.close();
        }
      } catch (error) {
        if (isNothing(error)) return undefined;
        throw error;
      }
    },
    write: async (path, content) => {
      await mkdir(dirname(path), { recursive: true });
      // Beside it, so that the rename stays within one file system.
      const beside = join(dirname(path), `.${randomUUID()}.tmp`);
      try {
        const file = await open(beside, 'wx');
        try {
          await file.writeFile(content);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(beside, path);
      } catch (error) {
        await rm(beside, { force: true });
        throw error;
      }
    },
    isFile: async (path) => {
      try {
        return (await stat(path)).isFile();
      } catch (error) {
        if (isNothing(error)) return false;
        throw error;
      }
    },
    below: async (path, enter) => {
      const found: string[] = [];
      const look = async (folder: string): Promise<void> => {
        let entries: Dirent[];
        try {
          entries = await readdir(folder, { withFileTypes: true });
        } catch (error) {
          if (isNothing(error)) return;
          throw error;
        }
        for (const entry of entries) {
          const at = posix.join(folder, entry.name);
          if (entry.isFile()) found.push(at);
          else if (entry.isDirectory() && enter(at)) await look(at);
        }
      };
      await look(path);
      return found;
    },
    remove: (path) => rm(path, { force: true }),
  };
}

/** Where a path leads: the real path of what is there, and the rest of it as written. */
async function real(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isNothing(error)) throw error;
    const above = dirname(path);
    return above === path ? path : posix.join(await real(above), posix.basename(path));
  }
}
