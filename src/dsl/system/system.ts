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

/** How much is kept: so many of each, or those younger than an age. */
interface Keep {
  readonly count?: number;
  readonly age?: Duration;
}

export interface SystemOptions<Contexts extends string> extends Common {
  readonly version: Version;
  /** Other files whose exports belong to the system: `import * as billing from './billing.dsl.ts'`. */
  readonly parts?: readonly object[];
  readonly contexts?: { readonly [Name in Contexts]: BoundedContext<Contexts> };
  readonly retention?: Readonly<Partial<Record<'runs' | 'instances' | 'history' | 'checkpoints' | 'events', Keep>>>;
  readonly budget?: Metadata;
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
