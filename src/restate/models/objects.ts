import type { AnyService } from '../endpoint/serve.ts';
import type { Place } from '../contract.ts';

/** The virtual objects that keep the books of models. */
export function modelServices(_place: Place): readonly AnyService[] {
  return [];
}
