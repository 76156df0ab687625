import type { Duration } from '../core/index.ts';
import type { SystemModel } from '../model/index.ts';
import { SourceError } from './errors.ts';
import type { BoundSystem } from '../tasks/index.ts';
import { readSystem } from './read-system.ts';

/** Options of {@link loadSystemFromDsl}. */
export interface LoadOptions {
  /** Also execute the file, and bind its schemas and functions to the model, so that a runtime can run it. */
  readonly live?: boolean;
  /**
   * Live only: may the files of the system, and what they import by a relative path, import Node's own modules? By default
   * not: they declare, and work is for tasks, which may.
   */
  readonly builtins?: boolean;
  /**
   * Live only: how long executing the files may take. With it they are executed in a thread of their own first, which is
   * ended in time, so that not even a loop without an end can hold up the program. By default there is no limit.
   */
  readonly timeLimit?: Duration;
}

/**
 * Loads a system from its source: its model, or with `{ live: true }` a system that can run, whose flows and machines
 * are interpreted and whose tasks come from `tasks/` beside the file. Only that executes the file.
 *
 * @throws SourceError MR1016 with all diagnostics when the source has errors.
 * @throws MillraceError live only: MR1017 when a file cannot be executed, MR1018 when that gives something else than
 * reading, MR1019 when a file in `tasks/` is no implementation of its task, MR1292 when a file that declares imports one of
 * Node's own modules, MR1293 when executing takes longer than the time limit.
 * @example
 * ```ts
 * import { loadSystemFromDsl } from 'millrace/source';
 *
 * const model = await loadSystemFromDsl('orders.dsl.ts');
 * model.version; // '2.0.0'
 * const system = await loadSystemFromDsl('orders.dsl.ts', { live: true });
 * system.events['orderPlaced']?.payload.parse({ orderId: 'o-1' });
 * ```
 */
export async function loadSystemFromDsl(
  path: string,
  options: LoadOptions & { readonly live: true },
): Promise<BoundSystem>;
export async function loadSystemFromDsl(
  path: string,
  options?: LoadOptions & { readonly live?: false },
): Promise<SystemModel>;
export async function loadSystemFromDsl(path: string, options?: LoadOptions): Promise<SystemModel | BoundSystem>;
export async function loadSystemFromDsl(path: string, options: LoadOptions = {}): Promise<SystemModel | BoundSystem> {
  const { system, diagnostics } = await readSystem(path);
  if (system === undefined || diagnostics.some(({ severity }) => severity === 'error'))
    throw new SourceError(path, diagnostics);
  if (options.live !== true) return system;
  const { bindLive } = await import('./bind/load-live.ts');
  return (await bindLive(system, path, options)).system;
}
