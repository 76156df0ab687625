import type { WorldPort } from '../../tasks/index.ts';
import type { RuntimeOptions } from '../options.ts';
import { nodeWorld } from '../../engine/index.ts';

/** What the tasks of an engine or a worker reach. Its time and ids are those of the engine. */
export function outsideOf({ world, resources }: Pick<RuntimeOptions, 'world' | 'resources'>): WorldPort {
  if (world !== undefined) return { open: (attempt) => world.open(attempt) };
  return nodeWorld(resources === undefined ? {} : { resources });
}
