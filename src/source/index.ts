/**
 * From a `.dsl.ts` file to the model, without running it; and from the model to live functions and schemas. The parser
 * is loaded when something is read, not before.
 *
 * @module
 */
import type { ReadOptions, ReadResult } from './options.ts';

export type { ReadOptions, ReadResult } from './options.ts';

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
  const { readSource } = await import('./read.ts');
  return readSource(entryPath, options);
}
