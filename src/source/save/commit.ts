import { readFileSync } from 'node:fs';
import type { Diagnostic } from '../../model/index.ts';
import { whileLocked } from './lock.ts';

/** What came of saving a system. */
export interface SaveResult {
  /** The absolute paths of the files that were written: none when nothing changed, or when there is an error. */
  readonly written: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The files of a system, as they were when they were first asked for. */
export class Files {
  readonly #read = new Map<string, Buffer>();

  readonly read = (path: string): Buffer => {
    const known = this.#read.get(path) ?? readFileSync(path);
    this.#read.set(path, known);
    return known;
  };

  /** The first file that says something else by now. */
  changed(): string | undefined {
    return [...this.#read].find(([path, before]) => !isSame(path, before))?.[0];
  }
}

function isSame(path: string, before: Buffer): boolean {
  try {
    return before.equals(readFileSync(path));
  } catch {
    return false;
  }
}

/** Writes new texts, unless a file that they were made from was changed since: that change would be lost. */
export async function commit(
  texts: ReadonlyMap<string, string>,
  files: Files,
  shown: string,
  diagnostics: readonly Diagnostic[],
): Promise<SaveResult> {
  if (texts.size === 0) return { written: [], diagnostics };
  const { writeFiles } = await import('../../core/write-files.ts');
  return whileLocked(texts.keys(), () => {
    const other = files.changed();
    if (other !== undefined) return changedMeanwhile(shown, other);
    try {
      writeFiles(texts);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const hint = 'Check the permissions of the file and its folder.';
      return failed('MR1773', shown, `'${shown}' cannot be written: ${reason}.`, hint);
    }
    return { written: [...texts.keys()], diagnostics };
  });
}

/** Nothing was written, for another's change would be gone. */
export function changedMeanwhile(shown: string, file: string): SaveResult {
  const hint = 'Load the system again, and make the change on that.';
  return failed('MR1772', shown, `'${file}' was changed while the system was saved.`, hint);
}

/** Nothing was written, for one reason. */
export function failed(code: string, file: string, message: string, hint: string): SaveResult {
  const place = { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
  return { written: [], diagnostics: [{ code, severity: 'error', message, ...place, hint }] };
}
