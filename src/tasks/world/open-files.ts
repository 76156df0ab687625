import type { TaskNeeds } from '../../flow/index.ts';
import { AttemptOverError } from '../errors.ts';
import { absolute, allowsBelow, allowsPath } from './allow.ts';
import type { WorldEdge } from './edge.ts';
import { undeclared, WorldError } from './errors.ts';
import type { TaskFiles, WorldAttempt } from './world.ts';

/** The files that match what a task declares, by where they really are. */
export function openFiles(needs: TaskNeeds, { files }: WorldEdge, { ids, over }: WorldAttempt): TaskFiles {
  const patterns = needs.fs ?? [];
  const decoder = new TextDecoder();
  const allowed = async (path: string, may: (pattern: string, path: string) => boolean): Promise<string> => {
    if (over()) throw new AttemptOverError(`asked for the path '${path}'`, ids);
    const root = await files.root();
    const fits = (asked: string): boolean => patterns.some((pattern) => may(absolute(root, pattern), asked));
    const asked = absolute(root, path);
    if (path.includes('\0')) throw new WorldError('MR3153', 'asked for a path with a NUL in it.', ids);
    const shown = asked.startsWith(`${root}/`) ? asked.slice(root.length + 1) : asked;
    if (!fits(asked)) throw undeclared(`asked for the path '${path}'`, `fs: ['${shown}']`, ids);
    // A link may lead out of what is declared.
    const real = await files.real(asked);
    if (real !== asked && !fits(real))
      throw undeclared(
        `asked for the path '${path}', which is '${real}'`,
        `fs: ['${real}']`,
        ids,
        'and that it does not declare',
      );
    return real;
  };
  const read = async (path: string): Promise<Uint8Array> => {
    const bytes = await files.read(await allowed(path, allowsPath));
    if (bytes === undefined) throw new WorldError('MR3155', `reads '${path}', and there is no such file.`, ids);
    return bytes;
  };
  return Object.freeze({
    readText: async (path) => decoder.decode(await read(path)),
    readBytes: read,
    write: async (path, content) =>
      files.write(
        await allowed(path, allowsPath),
        typeof content === 'string' ? new TextEncoder().encode(content) : content,
      ),
    exists: async (path) => files.isFile(await allowed(path, allowsPath)),
    list: async (path) => {
      const folder = await allowed(path, (pattern, asked) => allowsBelow(pattern, asked));
      const root = await files.root();
      const fits = (may: (pattern: string, path: string) => boolean) => (at: string) =>
        patterns.some((pattern) => may(absolute(root, pattern), at));
      const found = (await files.below(folder, fits(allowsBelow))).filter(fits(allowsPath));
      return found.map((file) => (file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file)).sort();
    },
    remove: async (path) => files.remove(await allowed(path, allowsPath)),
  } satisfies TaskFiles);
}
