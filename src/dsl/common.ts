import type { Metadata, Tags } from '../model/index.ts';
import type { Extensions } from './extensions.ts';

/** What every definition may carry. */
export interface Common {
  /** A sentence for people and models. A doc comment above the definition says the same. */
  readonly description?: string;
  /** Labels to sort by: `'billing'`, or `{ key: 'team', value: 'payments' }`. */
  readonly tags?: Tags;
  /** Whatever JSON you attach. A key with a slash is the id of an extension. */
  readonly metadata?: Metadata & Readonly<Partial<Extensions>>;
  /** What helps somebody, or a model, to write code for this definition. */
  readonly hints?: Hints;
}

/** What helps somebody to write code for a definition. */
export interface Hints {
  /** Words of the domain. */
  readonly concepts?: readonly string[];
  /** Rules of the business. */
  readonly rules?: readonly string[];
  /** Names of other definitions worth looking at. */
  readonly related?: readonly string[];
}
