import type { CompareSchemas } from '../../model/index.ts';
import { covers, keeps } from './covers.ts';
import { shapeOf } from './read-shape.ts';

/** Tells from the texts of two schemas whether the second accepts more or less than the first. */
export const compareSchemas: CompareSchemas = (before, after) => {
  const old = shapeOf(before.schema, before.model);
  const next = shapeOf(after.schema, after.model);
  const wider = covers(next, old);
  const narrower = covers(old, next);
  if (wider && !keeps(next, old)) return 'drops';
  if (wider && narrower) return 'equal';
  return wider ? 'wider' : narrower ? 'narrower' : 'unknown';
};
