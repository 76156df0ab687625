import { dirname, join } from 'node:path';
import { textIfThere } from '../../core/if-there.ts';
import type { Location } from '../../model/index.ts';

/** Reads the texts behind locations of a system; a file that is not there has none. */
export function sourceTexts(sourcePath: string): (location: Location) => string | undefined {
  const lines = new Map<string, readonly string[] | undefined>();
  const read = (file: string): readonly string[] | undefined =>
    textIfThere(join(dirname(sourcePath), file))?.split('\n');
  return ({ file, line, column, endLine, endColumn }) => {
    if (!lines.has(file)) lines.set(file, read(file));
    const all = lines.get(file);
    if (all === undefined || endLine > all.length) return undefined;
    const part = all.slice(line - 1, endLine);
    const last = part.length - 1;
    part[last] = part[last]!.slice(0, endColumn - 1);
    part[0] = part[0]!.slice(column - 1);
    return part.join('\n');
  };
}
