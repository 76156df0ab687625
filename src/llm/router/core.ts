import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Provider, Usage } from '../contract.ts';
import type { TokenEstimator } from '../tokens/estimator.ts';
import type { Candidate } from './candidates.ts';
import type { Bus } from './events.ts';
import type { RouteOptions } from './options.ts';
import type { Pool } from './pool.ts';
import type { Time } from './time.ts';

/** What all that is kept in different places has in common. */
export interface Core {
  readonly providers: readonly Provider[];
  readonly catalogue: Catalogue;
  readonly route: RouteOptions;
  readonly pool: Pool;
  readonly bus: Bus;
  readonly time: Time;
  readonly estimator: TokenEstimator;
  readonly learn: (candidate: Candidate, usage: Usage) => void;
}
