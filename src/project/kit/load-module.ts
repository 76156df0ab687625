import { relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The folder of the code of Millrace itself. */
const own = fileURLToPath(new URL('../../', import.meta.url));

/** Where in the user's files something went wrong, as far as the failure tells. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/**
 * Imports a module of the user's: by Node itself, which strips types; by `tsx` when the file uses syntax that cannot be
 * stripped, such as an enum.
 *
 * @param query Makes another module of the same file, such as `?2`: Node loads each address only once.
 */
export async function loadModule(file: string, query = ''): Promise<Readonly<Record<string, unknown>>> {
  const url = `${pathToFileURL(file).href}${query}`;
  try {
    return (await import(url)) as Record<string, unknown>;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException | undefined)?.code !== 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') throw thrown;
    const { tsImport } = await import('tsx/esm/api');
    const loaded = (await tsImport(url, import.meta.url)) as Record<string, unknown>;
    // Without "type": "module" the file became CommonJS, whose exports stand under the default one.
    const inner = loaded['default'] as Readonly<Record<string, unknown>> | undefined;
    return inner?.['__esModule'] === true ? inner : loaded;
  }
}

/** Reads the first place in a user's file from the stack of an error. */
export function placeOf(thrown: unknown): Place | undefined {
  if (!(thrown instanceof Error) || thrown.stack === undefined) return undefined;
  for (const match of thrown.stack.matchAll(/(file:\/\/[^\s:)]+|\/[^\s:()]+|[A-Z]:\\[^\s:()]+):(\d+)/g)) {
    const [, path = '', line = '1'] = match;
    // Neither installed packages nor Node's own modules, which have no root: `node:internal/modules/…`.
    const inside = /node:[\w/]*$/.test(thrown.stack.slice(0, match.index));
    if (inside || path.includes('node_modules')) continue;
    const file = path.startsWith('file:') ? fileURLToPath(path) : path;
    // What loads a module is ours.
    if (!file.startsWith(own)) return { file, line: Number(line) };
  }
  return undefined;
}

/** `file:line`, as seen from the working directory. */
export function showPlace(place: Place, cwd: string): string {
  return `${relative(cwd, place.file)}:${place.line}`;
}
