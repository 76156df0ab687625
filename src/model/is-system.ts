import type { SystemModel } from './nodes/system.ts';

const maps = ['contexts', 'events', 'tasks', 'agents', 'resources', 'flows', 'machines', 'locals', 'imports'] as const;

/** Has a value the outline of a system? Quicker than `parseSystem`, which looks at all of it. */
export function isSystem(value: unknown): value is SystemModel {
  if (!isObject(value) || value['kind'] !== 'system' || typeof value['name'] !== 'string') return false;
  return maps.every((map) => isObject(value[map])) && isObject(value['location']) && Array.isArray(value['files']);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
