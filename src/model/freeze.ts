import type { SystemModel } from './nodes/system.ts';

type Optional =
  | 'contexts'
  | 'events'
  | 'tasks'
  | 'agents'
  | 'resources'
  | 'flows'
  | 'machines'
  | 'locals'
  | 'imports'
  | 'files';

/** What a system needs to be told; the maps that it leaves out are empty. */
export type SystemParts = Omit<SystemModel, 'kind' | 'schemaVersion' | Optional> & Partial<Pick<SystemModel, Optional>>;

/** Freezes a system and everything below it. Gives the same object back. */
export function freezeSystem(model: SystemModel): SystemModel {
  freeze(model);
  return model;
}

// Unlike a plain deep freeze this one goes on below what is frozen: zod freezes nodes, but not what they hold.
function freeze(value: unknown): void {
  if (value === null || typeof value !== 'object') return;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
}

/**
 * Makes a frozen system from its parts, its members in the order in which the model lists them. Optional members that
 * are absent or `undefined` are left out.
 *
 * @example
 * ```ts
 * import { createSystem } from 'millrace/model';
 *
 * const location = { file: 'orders.dsl.ts', line: 1, column: 1, endLine: 1, endColumn: 1 };
 * const model = createSystem({ name: 'orders', version: '1.0.0', location });
 * ```
 */
export function createSystem(parts: SystemParts): SystemModel {
  const { name, version, description, tags, metadata, hints, retention, budget, access, location } = parts;
  const model: SystemModel = {
    kind: 'system',
    schemaVersion: 1,
    name,
    version,
    ...(description !== undefined && { description }),
    ...(tags !== undefined && { tags }),
    ...(metadata !== undefined && { metadata }),
    ...(hints !== undefined && { hints }),
    contexts: parts.contexts ?? {},
    events: parts.events ?? {},
    tasks: parts.tasks ?? {},
    agents: parts.agents ?? {},
    resources: parts.resources ?? {},
    flows: parts.flows ?? {},
    machines: parts.machines ?? {},
    locals: parts.locals ?? {},
    imports: parts.imports ?? {},
    ...(retention !== undefined && { retention }),
    ...(budget !== undefined && { budget }),
    ...(access !== undefined && { access }),
    files: parts.files ?? [location.file],
    location,
  };
  return freezeSystem(model);
}
