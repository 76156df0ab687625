import type { AnyService } from '../endpoint/serve.ts';
import type { Place } from '../contract.ts';

/** The virtual objects that keep the limits of tasks. */
export function limitServices(_place: Place): readonly AnyService[] {
  return [];
}
