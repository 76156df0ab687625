import { resolve } from 'node:path';
import { shownPath } from '../../core/shown-path.ts';
import type { Diagnostic, Edit, SystemModel } from '../../model/index.ts';
import { loadText } from '../files/load-text.ts';
import { commit, failed, Files } from '../save/commit.ts';

/** Options of {@link editSystem}. */
export interface EditOptions {
  /** Work out the new texts, and write none. */
  readonly dryRun?: boolean;
  /** The folder that the path, and the files of diagnostics, are relative to. Default: the working directory. */
  readonly cwd?: string;
}

/** What came of editing a system. */
export interface EditResult {
  /** The absolute paths of the files that were written: none in a dry run, or when there is an error. */
  readonly written: readonly string[];
  /** By absolute path, the new texts of the files that change, and what they were. */
  readonly texts: ReadonlyMap<string, { readonly before: string; readonly after: string }>;
  readonly diagnostics: readonly Diagnostic[];
  /** The system after the edits; absent when they were refused. */
  readonly system?: SystemModel;
}

/** How often the edits are made again, when the files are changed by another process each time. */
const attempts = 10;

/**
 * Applies edits to the source of a system, all or none: what is renamed or moved keeps its comments and its formatting,
 * and outside of what the edits touch every byte stays. Before anything is written, the new text is read and compared
 * with what the edits make of the model. When another process writes to the files meanwhile, the edits are made again
 * on what it wrote.
 *
 * Codes: MR1775 (a text is not what stands in its place), MR1776 (this cannot go to that file), those of the edits
 * (MR1780 to MR1788), of saving ({@link saveSystemToDsl}) and of reading.
 *
 * @example
 * ```ts
 * import { editSystem } from 'millrace/source';
 *
 * const { written, diagnostics } = await editSystem('orders.dsl.ts', [
 *   { op: 'rename', path: 'tasks.chargeCard', to: 'takeMoney' },
 *   { op: 'set', path: 'tasks.takeMoney.timeout', text: "'1m'" },
 * ]);
 * for (const { code, message } of diagnostics) console.error(`${code} ${message}`);
 * console.log(written);
 * ```
 */
export async function editSystem(path: string, edits: readonly Edit[], options: EditOptions = {}): Promise<EditResult> {
  const { cwd = process.cwd(), dryRun = false } = options;
  const entry = resolve(cwd, path);
  const shown = shownPath(entry, cwd);
  const nothing = (diagnostics: readonly Diagnostic[]): EditResult => ({ written: [], texts: new Map(), diagnostics });
  if (!/(?<!\.d)\.m?ts$/.test(entry)) {
    const hint = 'Edits change the source of a system, a file such as orders.dsl.ts.';
    return nothing(failed('MR1770', shown, `'${shown}' is no TypeScript file.`, hint).diagnostics);
  }
  for (let attempt = 1; ; attempt++) {
    const files = new Files();
    const loaded = loadText(entry, shown, files.read);
    if ('problem' in loaded) {
      const { code, message, hint } = loaded.problem;
      return nothing(failed(code, shown, message, hint).diagnostics);
    }
    const { editTexts } = await import('./edit-texts.ts');
    const { texts: after, diagnostics, system } = editTexts(edits, entry, cwd, files.read);
    if (system === undefined) return nothing(diagnostics);
    const texts = new Map(
      [...after].map(([file, text]) => [file, { before: files.read(file).toString('utf8'), after: text }]),
    );
    if (dryRun) return { written: [], texts, diagnostics, system };
    const saved = await commit(after, files, shown, diagnostics);
    const isLate = saved.diagnostics.some(({ code }) => code === 'MR1772');
    if (isLate && attempt < attempts) continue;
    if (saved.diagnostics.some(({ severity }) => severity === 'error')) return nothing(saved.diagnostics);
    return { ...saved, texts, system };
  }
}
