import type { AnyService } from '../endpoint/serve.ts';
import type { Place } from '../contract.ts';

/** The virtual objects in which attempts keep what outlives them. */
export function effectServices(_place: Place): readonly AnyService[] {
  return [];
}
