import type { CompareSchemas } from '../../model/index.ts';
import { covers } from './covers.ts';
import { shapeOf } from './read-shape.ts';

/**
 * Tells from the texts of two zod schemas whether the second accepts more or less than the first. Where the texts do
 * not tell (transforms, custom checks that changed, imported schemas) the answer is `unknown`. For
 * `diffSystems(before, after, { compareSchemas })`.
 *
 * @example
 * ```ts
 * import { diffSystems, type SystemModel } from 'millrace/model';
 * import { compareSchemas } from 'millrace/source';
 *
 * const differences = (before: SystemModel, after: SystemModel) => diffSystems(before, after, { compareSchemas });
 * ```
 */
export const compareSchemas: CompareSchemas = (before, after) => {
  const old = shapeOf(before.schema, before.model);
  const next = shapeOf(after.schema, after.model);
  const wider = covers(next, old);
  const narrower = covers(old, next);
  if (wider && narrower) return 'equal';
  return wider ? 'wider' : narrower ? 'narrower' : 'unknown';
};
