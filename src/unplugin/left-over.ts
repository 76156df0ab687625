import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readManifest } from '../compiler/manifest/manifest.ts';
import { namesIn } from '../core/if-there.ts';
import { shownPath } from '../core/shown-path.ts';
import type { Problem } from './problem.ts';

/**
 * Folders of generated code whose source is gone, or makes another system now. What imports from them would go on with
 * what nobody sees in the source any more. They are told and not deleted: the source may be on another branch.
 *
 * @param folders The output folder of each entry file that was compiled.
 */
export function leftOver(out: string, folders: ReadonlyMap<string, string>): readonly Problem[] {
  return namesIn(out).flatMap((name): Problem[] => {
    const folder = join(out, name);
    const source = readManifest(folder)?.source;
    if (source === undefined) return [];
    const entry = resolve(folder, source);
    const now = folders.get(entry);
    const isThere = existsSync(entry);
    if (isThere && (now === undefined || now === folder)) return [];
    const shown = (path: string): string => shownPath(path, process.cwd());
    const why = isThere ? `makes ${shown(now ?? '')} now` : 'is no longer there';
    const text = `MR5103: ${shown(folder)} is left over: it was generated from ${shown(entry)}, which ${why}.`;
    const hint = isThere ? 'Delete the folder.' : 'Delete the folder, or put the file back.';
    return [{ code: 'MR5103', severity: 'error', text: `${text}\nhint: ${hint}` }];
  });
}
