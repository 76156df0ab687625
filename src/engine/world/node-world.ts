import { resolve } from 'node:path';
import { openWorld, type EdgeResource, type WorldEdge, type WorldPort } from '../../tasks/index.ts';
import type { ResourceOption } from './evidence-world.ts';
import { nodeFiles } from './files.ts';
import { rowsIn } from './rows.ts';

/** How the world is reached. */
export interface NodeWorldOptions {
  /** Where the declared resources are. */
  readonly resources?: Readonly<Record<string, ResourceOption>>;
  /** What paths are relative to. Default: the working directory. */
  readonly root?: string;
  /** Default: `fetch`. Redirects are followed by the world itself. */
  readonly fetch?: (request: Request) => Promise<Response>;
  /** Default: the environment of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * The world as this process reaches it, for the context of tasks. An engine opens it by itself; for an attempt that is
 * made by hand it is handed to `runAttempt`. What a task does not declare in `needs` is refused (MR3150).
 *
 * @example
 * ```ts
 * import { systemClock } from 'millrace/core';
 * import { nodeWorld } from 'millrace/runtime';
 * import { taskContract } from 'millrace/flow';
 * import { implement, runAttempt, silentLogger } from 'millrace/tasks';
 * import { z } from 'zod';
 *
 * const home = taskContract('home', {
 *   input: z.void(),
 *   output: z.string(),
 *   policy: {},
 *   needs: { env: ['HOME'] },
 *   source: 'a.dsl.ts:1:1',
 * });
 * const outcome = await runAttempt({
 *   contract: home,
 *   implementation: implement(home, (_, { env }) => env('HOME') ?? 'nowhere'),
 *   input: undefined,
 *   attempt: 1,
 *   runId: 'test',
 *   step: 'home',
 *   idempotencyKey: 'test',
 *   clock: systemClock(),
 *   logger: silentLogger,
 *   world: nodeWorld(),
 * });
 * outcome.ok; // true
 * ```
 */
export function nodeWorld(options: NodeWorldOptions = {}): WorldPort {
  const { resources = {}, root, fetch = globalThis.fetch, env = process.env } = options;
  const edge: WorldEdge = {
    fetch: (request) => fetch(request),
    env: (name) => (Object.hasOwn(env, name) ? env[name] : undefined),
    files: nodeFiles(() => resolve(root ?? '.')),
    resource: (name) => (Object.hasOwn(resources, name) ? resourceOf(resources[name]!) : undefined),
  };
  return { open: (attempt) => openWorld(attempt, edge) };
}

function resourceOf(option: ResourceOption): EdgeResource {
  if ('baseUrl' in option) return { baseUrl: option.baseUrl };
  if ('row' in option) return option.rows === undefined ? {} : { rows: option.rows };
  const file = resolve(option.file);
  return { rows: async (sql, parameters = []) => rowsIn(file, sql, parameters) };
}
