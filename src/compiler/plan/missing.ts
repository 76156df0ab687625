import type { Location } from '../../model/index.ts';
import type { Emission } from './emission.ts';

/** Reports a definition that is named and is not there. */
export function missing(emission: Emission, kind: string, name: string, location: Location): void {
  emission.report(
    {
      code: 'MR1652',
      message: `The system has no ${kind} '${name}'.`,
      hint: 'Export it from the system or one of its parts.',
    },
    location,
  );
}
