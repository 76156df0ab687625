import type { Duration } from '../../core/index.ts';
import type { Metadata } from '../../model/index.ts';
import type { Common } from '../common.ts';

/** The semantic version of a system. */
type Version = `${number}.${number}.${number}`;

/** A declared system. Its members are what its files export. */
export interface System<Name extends string = string> extends SystemOptions<string> {
  readonly kind: 'system';
  readonly name: Name;
}

/** What a definition is known by. */
interface Definition {
  readonly kind: 'event' | 'task' | 'agent' | 'resource' | 'flow' | 'machine';
  readonly name: string;
}

/** A part of the system with a purpose of its own. */
interface BoundedContext<Contexts extends string> {
  readonly description?: string;
  /** Its definitions. Of those declared further down in the same file, give the name. */
  readonly members: readonly (Definition | string)[];
  readonly responsibilities?: readonly string[];
  /** The contexts that it uses. */
  readonly dependencies?: readonly NoInfer<Contexts>[];
}

/** How much is kept: so many of each, and those younger than an age. */
interface Keep {
  readonly keep?: number;
  readonly maxAge?: Duration;
}

/** How much is kept of what is over. What is still needed stays, whatever these say. Without a limit everything stays. */
interface Retention {
  /** Ended runs, with the runs that they started; `maxSize` in bytes, or as a text. */
  readonly runs?: Keep & { readonly maxSize?: number | `${number}${'b' | 'kb' | 'mb' | 'gb' | 'tb'}` };
  /** Events that were handed out and have expired. */
  readonly events?: Keep;
  /** What each machine instance remembers of what it took; under `machines` for one machine. */
  readonly history?: Keep & { readonly machines?: Readonly<Record<string, Keep>> };
  /** Answered requests of other processes. */
  readonly inbox?: Pick<Keep, 'maxAge'>;
  /** Idempotency keys of events that were sent. */
  readonly ledger?: Pick<Keep, 'maxAge'>;
}

/** An amount of money: at most six decimals, a space, the currency. */
type Amount = `${number} ${Uppercase<string>}`;

/** At most so much money for models. What would go above it is not asked; without a limit everything is. */
interface Budget {
  /** Each run, with the runs that it started. */
  readonly run?: Amount;
  /** Each day, in UTC. */
  readonly day?: Amount;
  readonly total?: Amount;
  /** Tasks by name. */
  readonly tasks?: Readonly<Record<string, Amount>>;
  /** Models of the catalogue by id. */
  readonly models?: Readonly<Record<string, Amount>>;
}

export interface SystemOptions<Contexts extends string> extends Common {
  readonly version: Version;
  /** Other files whose exports belong to the system: `import * as billing from './billing.dsl.ts'`. */
  readonly parts?: readonly object[];
  readonly contexts?: { readonly [Name in Contexts]: BoundedContext<Contexts> };
  readonly retention?: Retention;
  readonly budget?: Budget;
  readonly access?: Metadata;
}

/**
 * Names a system. Its members are what the file, and the files in `parts`, export.
 *
 * @example
 * ```ts
 * import { system } from 'millrace';
 *
 * export default system('orders', { version: '1.0.0', description: 'From a placed order to a parcel on its way.' });
 * ```
 */
export function system<const Name extends string, Contexts extends string = never>(
  name: Name,
  definition: SystemOptions<Contexts>,
): System<Name> {
  return Object.freeze({ kind: 'system', name, ...definition });
}
