import type { OutputFile } from '../compile.ts';
import { hashText, type Manifest } from '../manifest/manifest.ts';

/** How one file in the output folder stands to what it should be. */
export interface Judged {
  readonly path: string;
  readonly verdict: 'same' | 'missing' | 'changed' | 'edited' | 'in the way' | 'orphan' | 'orphan, edited';
}

/** Compares what was compiled with what lies in the folder and with what the manifest says we left there. */
export function judge(
  files: readonly OutputFile[],
  before: Manifest | undefined,
  read: (path: string) => Uint8Array | undefined,
): readonly Judged[] {
  const isOurs = (path: string, hash: string): boolean =>
    recorded(before?.outputs, path) === hash || recorded(before?.writing, path) === hash;
  const wanted = new Set(files.map((file) => file.path));
  const judged = files.map(({ path, text }): Judged => {
    const bytes = read(path);
    // An empty file is what is left of a write that a power failure cut off, not somebody's work.
    if (bytes === undefined || bytes.length === 0) return { path, verdict: 'missing' };
    const hash = hashText(bytes);
    if (hash === hashText(text)) return { path, verdict: 'same' };
    if (isOurs(path, hash)) return { path, verdict: 'changed' };
    const isKnown = recorded(before?.outputs, path) !== undefined || recorded(before?.writing, path) !== undefined;
    return { path, verdict: isKnown ? 'edited' : 'in the way' };
  });
  const known = new Set([...Object.keys(before?.outputs ?? {}), ...Object.keys(before?.writing ?? {})]);
  const orphans = [...known]
    .filter((path) => !wanted.has(path) && isInside(path))
    .sort()
    .flatMap((path): Judged[] => {
      const bytes = read(path);
      if (bytes === undefined) return [];
      return [{ path, verdict: isOurs(path, hashText(bytes)) ? 'orphan' : 'orphan, edited' }];
    });
  return [...judged, ...orphans];
}

function recorded(record: Readonly<Record<string, string>> | undefined, path: string): string | undefined {
  return record !== undefined && Object.hasOwn(record, path) ? record[path] : undefined;
}

/** A manifest is a file that anybody can edit: it must not make us delete something elsewhere. */
function isInside(path: string): boolean {
  return !path.startsWith('/') && !/^[A-Za-z]:/.test(path) && !path.split(/[\\/]/).includes('..');
}
