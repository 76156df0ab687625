import type { ParsedFile } from '../syntax/module.ts';

/** Files that stay parsed from one reading to the next. Made by {@link keepFiles}. */
export interface KeptFiles {
  readonly kind: 'kept-files';
  /** By absolute path. What is parsed again is replaced. */
  readonly parsed: Map<string, ParsedFile>;
}

/**
 * A place where parsed files stay, for a program that reads the same systems again and again: only a file whose text has
 * changed is parsed again. It holds the syntax trees in memory as long as it is reachable.
 *
 * @example
 * ```ts
 * import { keepFiles, readSystem } from 'millrace/source';
 *
 * const kept = keepFiles();
 * const first = await readSystem('orders.dsl.ts', { kept });
 * const second = await readSystem('orders.dsl.ts', { kept }); // parses nothing
 * ```
 */
export function keepFiles(): KeptFiles {
  return { kind: 'kept-files', parsed: new Map() };
}
