import { readFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { shownPath } from '../core/shown-path.ts';
import type { Diagnostic } from '../model/index.ts';
import { loadText } from './files/load-text.ts';
import type { ReadOptions, ReadResult } from './options.ts';

/**
 * Reads a system from its source. Nothing of the file is executed. Bad input is no error of this function: everything
 * that is wrong stands in the diagnostics, all of it in one pass.
 *
 * @param entryPath The `.ts`, `.mts` or `.json` file, relative to the working directory.
 * @example
 * ```ts
 * import { readSystem } from 'millrace/source';
 *
 * const { system, diagnostics } = await readSystem('orders.dsl.ts');
 * for (const { code, message, file, line, column } of diagnostics) console.error(`${file}:${line}:${column} ${code} ${message}`);
 * console.log(Object.keys(system?.flows ?? {}));
 * ```
 */
export async function readSystem(entryPath: string, options: ReadOptions = {}): Promise<ReadResult> {
  const { cwd = process.cwd(), readFile = readFileSync, kept } = options;
  const path = resolve(cwd, entryPath);
  const shown = shownPath(path, cwd);
  // What cannot be read at all is not worth loading the parser for.
  const loaded = loadText(path, shown, readFile);
  if ('problem' in loaded) return { diagnostics: [wholeFile(shown, loaded.problem)], files: [], missing: [path] };
  if (/(?<!\.d)\.m?ts$/.test(path)) {
    const { readSource } = await import('./read.ts');
    return readSource(path, cwd, (file) => (file === path ? loaded.text : readFile(file)), kept);
  }
  if (path.endsWith('.json')) {
    const { readJson } = await import('./files/read-json.ts');
    return readJson(path, shown, loaded.text);
  }
  const suffix = path.endsWith('.d.ts') ? '.d.ts' : extname(path);
  const what = suffix === '' ? 'A file without a suffix' : `A '${suffix}' file`;
  const problem = {
    code: 'MR1003',
    message: `${what} cannot be read as a system.`,
    hint: 'Supported are .ts, .mts and .json.',
  };
  return { diagnostics: [wholeFile(shown, problem)], files: [] };
}

function wholeFile(
  file: string,
  problem: Pick<Diagnostic, 'code' | 'message'> & { readonly hint: string },
): Diagnostic {
  const { code, message, hint } = problem;
  return { code, severity: 'error', message, file, line: 1, column: 1, endLine: 1, endColumn: 1, hint };
}
