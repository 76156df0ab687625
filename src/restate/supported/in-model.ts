import type { Location, SystemModel } from '../../model/index.ts';
import { unsupported, type Unsupported } from './table.ts';

/** What a system that was only read says and Restate cannot do: what its endpoint would be refused for. */
export function unsupportedIn({ tasks, retention, location }: SystemModel): readonly Unsupported<Location>[] {
  const runs = retention?.['runs'];
  return unsupported({
    tasks: Object.values(tasks).map(({ name, evidence = [], priority = 0, location: source }) => ({
      name,
      evidence: evidence.map(({ kind }) => kind),
      priority,
      source,
    })),
    runs: typeof runs === 'object' && runs !== null ? runs : {},
    source: location,
  });
}
