import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { shownPath } from '../../core/shown-path.ts';
import type { SystemModel } from '../../model/index.ts';
import { loadText } from '../files/load-text.ts';
import { changedMeanwhile, commit, failed, Files, type SaveResult } from './commit.ts';

/** Options of {@link saveSystemToDsl}. */
export interface SaveOptions {
  /** The folder that the path, and the files of diagnostics, are relative to. Default: the working directory. */
  readonly cwd?: string;
  /** The model that the change was made on. When the files say something else by now, nothing is written: MR1772. */
  readonly base?: SystemModel;
}

/**
 * Makes the source of a system say what a model says. Only what differs is written anew, in the style of the file:
 * comments, formatting and all else stay as they are, byte for byte; a model that the files say already writes nothing.
 * New definitions go to the file of their location, or to the first. Before anything is written, the new text is read
 * and compared with the model. Where there is no file yet, the whole system is printed.
 *
 * Codes: MR1770 (this file cannot be saved to), MR1771 (the text would be read as something else), MR1772 (the file
 * changed meanwhile), MR1773 (it cannot be written), MR1774 (info: a definition was written anew as a whole), MR1740 and
 * MR1741 (no text says this), and those of reading.
 *
 * @example
 * ```ts
 * import { loadSystemFromDsl, saveSystemToDsl } from 'millrace/source';
 *
 * const model = await loadSystemFromDsl('orders.dsl.ts');
 * const { written, diagnostics } = await saveSystemToDsl({ ...model, version: '2.1.0' }, 'orders.dsl.ts');
 * for (const { code, message } of diagnostics) console.error(`${code} ${message}`);
 * console.log(written.length); // 1
 * ```
 */
export async function saveSystemToDsl(
  model: SystemModel,
  path: string,
  options: SaveOptions = {},
): Promise<SaveResult> {
  const { cwd = process.cwd() } = options;
  const entry = resolve(cwd, path);
  const shown = shownPath(entry, cwd);
  if (!/(?<!\.d)\.m?ts$/.test(entry)) {
    return failed(
      'MR1770',
      shown,
      `'${shown}' is no TypeScript file.`,
      'A system is saved to a file such as orders.dsl.ts.',
    );
  }
  if (statSync(entry, { throwIfNoEntry: false }) === undefined) return create(model, entry, shown);
  const files = new Files();
  const loaded = loadText(entry, shown, files.read);
  if ('problem' in loaded) {
    const { code, message, hint } = loaded.problem;
    return failed(code, shown, message, hint);
  }
  const { textsOf } = await import('./save.ts');
  const { texts, diagnostics, isOlder } = textsOf(model, entry, cwd, files.read, { base: options.base });
  return isOlder === true ? changedMeanwhile(shown, shown) : commit(texts, files, shown, diagnostics);
}

async function create(model: SystemModel, entry: string, shown: string): Promise<SaveResult> {
  const { printSystem } = await import('../print/print-system.ts');
  const { text, diagnostics } = printSystem(model);
  return text === undefined
    ? { written: [], diagnostics }
    : commit(new Map([[entry, text]]), new Files(), shown, diagnostics);
}
