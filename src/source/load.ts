import type { SystemModel } from '../model/index.ts';
import { SourceError } from './errors.ts';
import { readSystem } from './read-system.ts';

/** Options of {@link loadSystemFromDsl}. */
export interface LoadOptions {
  /** Also execute the file, and bind its schemas and functions to the model, so that a runtime can run it. */
  readonly live?: boolean;
}

/**
 * Loads a system from its source and gives its model.
 *
 * @throws SourceError MR1016 with all diagnostics when the source has errors.
 * @example
 * ```ts
 * import { loadSystemFromDsl } from 'millrace/source';
 *
 * const model = await loadSystemFromDsl('orders.dsl.ts');
 * model.version; // '2.0.0'
 * ```
 */
export async function loadSystemFromDsl(path: string): Promise<SystemModel> {
  const { system, diagnostics } = await readSystem(path);
  if (system === undefined || diagnostics.some(({ severity }) => severity === 'error')) throw new SourceError(path, diagnostics);
  return system;
}
