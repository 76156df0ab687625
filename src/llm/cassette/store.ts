/** Where cassettes are kept: texts by name. */
export interface CassetteStore {
  /** The text of that name, or nothing. */
  read(name: string): Promise<string | undefined>;
  write(name: string, text: string): Promise<void>;
}

/** Cassettes in memory. */
export function memoryCassettes(texts: Map<string, string> = new Map()): CassetteStore {
  return {
    read: (name) => Promise.resolve(texts.get(name)),
    write(name, text) {
      texts.set(name, text);
      return Promise.resolve();
    },
  };
}

/** Cassettes as files of a folder, one a request, made to be committed and compared. */
export function directoryCassettes(folder: string): CassetteStore {
  const at = (name: string): string => `${folder}/${name}.json`;
  return {
    async read(name) {
      const { readFile } = await import('node:fs/promises');
      try {
        return await readFile(at(name), 'utf8');
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw thrown;
      }
    },
    async write(name, text) {
      const { mkdir, rename, writeFile } = await import('node:fs/promises');
      await mkdir(folder, { recursive: true });
      // Whole or not at all: a recording may be killed.
      const aside = `${at(name)}.${process.pid}.tmp`;
      await writeFile(aside, text);
      await rename(aside, at(name));
    },
  };
}
